#include "ca/ceremony/script/script.h"

#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using testing::intermediate_script;
using testing::root_script;
using testing::with;

TEST(Script, ReadsARoot) {
  const Result<Script> script = parse_script(root_script, "root.yaml");
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(script->kind, Kind::root);
  EXPECT_EQ(script->title, "Test root");
  EXPECT_EQ(script->subject.to_string(), "CN=Test Root,O=Example,C=CH");
  EXPECT_EQ(script->key.algorithm, crypto::KeyAlgorithm::ec_p384);
  EXPECT_EQ(script->lifetime, Seconds(3650LL * 86400));
  EXPECT_FALSE(script->not_before);
  EXPECT_FALSE(script->issuer);
  EXPECT_EQ(script->outputs.key, "root.key.pem");
  EXPECT_EQ(script->hash, crypto::sha256(as_bytes(root_script)));
}

TEST(Script, ReadsAnIntermediate) {
  const Result<Script> script = parse_script(
      with(intermediate_script, "lifetime: 1826d", "lifetime: 1826d\n  not_before: 2026-03-01T00:00:00Z"),
      "i.yaml");
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(script->kind, Kind::intermediate);
  EXPECT_EQ(script->not_before, parse_rfc3339("2026-03-01T00:00:00Z"));
  EXPECT_EQ(script->issuer->key, "root.key.pem");
  EXPECT_EQ(script->path_length, 0U);
  EXPECT_EQ(script->crl_distribution_points, std::vector<std::string>{"http://pki.example/root.crl"});
  EXPECT_EQ(script->ca_issuers, std::vector<std::string>{"http://pki.example/root.pem"});
  EXPECT_EQ(script->outputs.chain, "chain.pem");
}

struct Fault {
  const char* name;
  const std::string& script;
  std::string from, to;
  std::string said;  // part of the message
};

void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

class ScriptFault : public ::testing::TestWithParam<Fault> {};

TEST_P(ScriptFault, IsRefusedWithItsPlace) {
  const Fault& fault = GetParam();
  const Result<Script> script = parse_script(with(fault.script, fault.from, fault.to), "faulty.yaml");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().code, ErrorCode::validation);
  EXPECT_THAT(script.error().message, HasSubstr(fault.said));
  EXPECT_THAT(script.error().message, HasSubstr("faulty.yaml:"));
  EXPECT_FALSE(script.error().details.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Root, ScriptFault,
    ::testing::Values(
        Fault{"unknown_kind", root_script, "ceremony: root", "ceremony: party",
              "root or intermediate, not party"},
        Fault{"kind_missing", root_script, "ceremony: root\n", "", "ceremony"},
        Fault{"kind_not_text", root_script, "ceremony: root", "ceremony: [root]", "ceremony"},
        Fault{"unknown_key", root_script, "key: P-384", "key: P-384\ncolour: red", "colour"},
        Fault{"duplicate_key", root_script, "key: P-384", "key: P-384\nkey: P-384", "key"},
        Fault{"title_missing", root_script, "title: \"Test root\"\n", "", "title"},
        Fault{"title_too_long", root_script, "Test root", std::string(201, 'x'), "title"},
        Fault{"subject_missing", root_script,
              "subject:\n  country: CH\n  organization: Example\n  common_name: Test Root\n", "", "subject"},
        Fault{"common_name_missing", root_script, "  common_name: Test Root\n", "", "common_name"},
        Fault{"common_name_too_long", root_script, "Test Root", std::string(65, 'x'), "64"},
        Fault{"country_three_letters", root_script, "country: CH", "country: CHE", "two letters"},
        Fault{"subject_unknown_key", root_script, "country: CH", "state: Bern", "state"},
        Fault{"key_missing", root_script, "key: P-384\n", "", "key"},
        Fault{"key_weak", root_script, "P-384", "RSA-1024", "P-256, P-384 or P-521, not RSA-1024"},
        Fault{"key_wrong_type", root_script, "key: P-384", "key: {curve: P-384}", "key"},
        Fault{"validity_missing", root_script, "validity:\n  lifetime: 3650d\n", "", "validity"},
        Fault{"lifetime_missing", root_script, "lifetime: 3650d", "not_before: 2026-01-01T00:00:00Z",
              "lifetime"},
        Fault{"lifetime_zero", root_script, "3650d", "0d", "lifetime"},
        Fault{"lifetime_past_the_limit", root_script, "3650d", "3654d", "lifetime"},
        Fault{"lifetime_words", root_script, "3650d", "ten years", "lifetime"},
        Fault{"not_before_local", root_script, "lifetime: 3650d",
              "lifetime: 3650d\n  not_before: 2026-01-01T00:00:00+01:00", "not_before"},
        Fault{"outputs_missing", root_script, "outputs:\n  certificate: root.pem\n  key: root.key.pem\n", "",
              "outputs"},
        Fault{"output_key_missing", root_script, "  key: root.key.pem\n", "", "key"},
        Fault{"output_climbs", root_script, "key: root.key.pem", "key: ../root.key.pem", "plain file name"},
        Fault{"output_absolute", root_script, "key: root.key.pem", "key: /etc/root.key.pem",
              "plain file name"},
        Fault{"output_hidden", root_script, "key: root.key.pem", "key: .root", "plain file name"},
        Fault{"output_twice", root_script, "key: root.key.pem", "key: root.pem", "named twice"},
        Fault{"root_with_issuer", root_script,
              "outputs:", "issuer: {certificate: a, key: b}\noutputs:", "issuer"},
        Fault{"root_with_chain", root_script, "key: root.key.pem", "key: root.key.pem\n  chain: chain.pem",
              "chain"},
        Fault{"root_with_crl", root_script,
              "outputs:", "crl_distribution_points: [\"http://a/\"]\noutputs:", "crl_distribution_points"},
        Fault{"root_with_path_length", root_script, "outputs:", "path_length: 1\noutputs:", "path_length"}),
    [](const auto& fault) { return std::string(fault.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Intermediate, ScriptFault,
    ::testing::Values(
        Fault{"issuer_missing", intermediate_script,
              "issuer:\n  certificate: root.pem\n  key: root.key.pem\n", "", "issuer"},
        Fault{"issuer_key_missing", intermediate_script, "  key: root.key.pem\n", "", "key"},
        Fault{"lifetime_past_the_limit", intermediate_script, "1826d", "1828d", "lifetime"},
        Fault{"path_length_one", intermediate_script, "path_length: 0", "path_length: 1", "path_length"},
        Fault{"path_length_octal", intermediate_script, "path_length: 0", "path_length: 00", "path_length"},
        Fault{"crl_missing", intermediate_script,
              "crl_distribution_points: [\"http://pki.example/root.crl\"]\n", "", "crl_distribution_points"},
        Fault{"crl_none", intermediate_script, "[\"http://pki.example/root.crl\"]", "[]",
              "crl_distribution_points"},
        Fault{"crl_five", intermediate_script, "[\"http://pki.example/root.crl\"]",
              "[\"http://a/\", \"http://b/\", \"http://c/\", \"http://d/\", \"http://e/\"]",
              "crl_distribution_points"},
        Fault{"crl_https", intermediate_script, "http://pki.example/root.crl", "https://pki.example/root.crl",
              "http://"},
        Fault{"crl_relative", intermediate_script, "http://pki.example/root.crl", "/root.crl", "/root.crl"},
        Fault{"ca_issuers_missing", intermediate_script, "ca_issuers: [\"http://pki.example/root.pem\"]\n",
              "", "ca_issuers"},
        Fault{"ca_issuers_ldap", intermediate_script, "http://pki.example/root.pem", "ldap://pki.example/x",
              "http://"},
        Fault{"chain_missing", intermediate_script, "  chain: chain.pem\n", "", "chain"},
        Fault{"chain_over_issuer", intermediate_script, "chain: chain.pem", "chain: root.pem",
              "named twice"}),
    [](const auto& fault) { return std::string(fault.param.name); });

TEST(Script, TakesValuesAtTheirLimits) {
  EXPECT_TRUE(parse_script(with(root_script, "3650d", "3653d"), "r.yaml"));
  EXPECT_TRUE(parse_script(with(root_script, "3650d", "1s"), "r.yaml"));
  EXPECT_TRUE(parse_script(with(root_script, "Test root", std::string(200, 'x')), "r.yaml"));
  EXPECT_TRUE(parse_script(with(root_script, "Test Root", std::string(64, 'x')), "r.yaml"));
  EXPECT_TRUE(parse_script(with(intermediate_script, "1826d", "1827d"), "i.yaml"));
  EXPECT_TRUE(parse_script(with(intermediate_script, "[\"http://pki.example/root.crl\"]",
                                "[\"http://a.example/\", \"http://b.example/\", \"http://c.example/\", "
                                "\"http://d.example/\"]"),
                           "i.yaml"));
}

TEST(Script, ReportsEveryFaultAtOnce) {
  const std::string text = with(with(root_script, "P-384", "P-1"), "3650d", "0d");
  const Result<Script> script = parse_script(text, "two.yaml");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().details.size(), 2U);
}

using ScriptFile = testing::CeremonyTest;

TEST_F(ScriptFile, IsLoadedWithItsHash) {
  const Result<Script> script = load_script(write("root.yaml", root_script));
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(script->hash, crypto::sha256(as_bytes(root_script)));
}

TEST_F(ScriptFile, MissingIsNotFound) {
  const Result<Script> script = load_script(folder + "/none.yaml");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().code, ErrorCode::not_found);
  EXPECT_THAT(script.error().message, HasSubstr("none.yaml"));
}

TEST_F(ScriptFile, HasALimit) {
  const std::string comment = "\n#";
  std::string text = root_script + comment;
  text.resize(script_limit, '#');
  EXPECT_TRUE(load_script(write("full.yaml", text)));
  const Result<Script> script = load_script(write("over.yaml", text + "#"));
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().code, ErrorCode::payload_too_large);
}

TEST_F(ScriptFile, ThoseOfThePoliciesFolderAreValid) {
  for (const std::string name : {"root", "intermediate", "demo-root", "demo-intermediate"}) {
    const Result<Script> script = load_script(CHANCERY_SOURCE_DIR "/policies/ceremonies/" + name + ".yaml");
    EXPECT_TRUE(script) << script.error().message;
  }
}

}  // namespace
}  // namespace chancery::ceremony
