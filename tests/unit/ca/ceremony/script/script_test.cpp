#include "ca/ceremony/script/script.h"

#include "ca/ceremony/script/describe.h"
#include "ca/ceremony/script/schema.h"
#include "ca/lint/crl_lint.h"
#include "tests/unit/ca/ceremony/script/examples.h"

namespace chancery::ceremony {
namespace {

using testing::example;
using ::testing::HasSubstr;
using testing::intermediate_script;
using testing::root_script;
using testing::with;

// A reviewed script must not fail its lint when everybody has typed a passphrase.
static_assert(schema::longest_crl == lint::longest_ca_crl);

TEST(Script, ReadsARoot) {
  const Result<Script> script = parse_script(root_script, "root.yaml");
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(script->kind(), Kind::root);
  EXPECT_EQ(script->title, "Test root");
  EXPECT_EQ(script->hash, crypto::sha256(as_bytes(root_script)));
  EXPECT_EQ(script->roles.external_witness, "Cy Clark");
  EXPECT_EQ(script->roles.crypto_officers, (std::vector<std::string>{"Flo Ford", "Gil Gray"}));
  EXPECT_EQ(script->preflight.clock_tolerance, Seconds(120));
  const auto& plan = std::get<RootPlan>(script->plan);
  EXPECT_EQ(plan.subject.to_string(), "CN=Test Root,O=Example,C=CH");
  EXPECT_EQ(plan.key, (crypto::KeyType{crypto::KeyAlgorithm::ec_p384, 384}));
  EXPECT_EQ(plan.validity.lifetime, Seconds(3650LL * 86400));
  EXPECT_FALSE(plan.validity.not_before);
  EXPECT_EQ(std::get<FileCustody>(plan.custody).file, "root.key.pem");
}

TEST(Script, ReadsSharesAndNameConstraintsOfTheExamples) {
  const Result<Script> root = parse_script(example("root"), "root.yaml");
  ASSERT_TRUE(root) << root.error().message;
  const auto& shares = std::get<ShareCustody>(std::get<RootPlan>(root->plan).custody);
  EXPECT_EQ(shares.threshold, 2U);
  EXPECT_EQ(shares.officers, 3U);
  const Result<Script> script = parse_script(example("intermediate"), "intermediate.yaml");
  ASSERT_TRUE(script) << script.error().message;
  const auto& plan = std::get<IntermediatePlan>(script->plan);
  EXPECT_EQ(std::get<ShareCustody>(plan.issuer.custody).files.size(), 2U);
  ASSERT_TRUE(plan.name_constraints);
  EXPECT_EQ(plan.name_constraints->permitted.size(), 2U);
  EXPECT_TRUE(x509::unconstrained_types(*plan.name_constraints).empty());
}

TEST(Script, ReadsACrl) {
  const Result<Script> script = parse_script(example("crl"), "crl.yaml");
  ASSERT_TRUE(script) << script.error().message;
  const auto& plan = std::get<CrlPlan>(script->plan);
  EXPECT_EQ(plan.number, 2U);
  EXPECT_EQ(plan.next_update, Seconds(180LL * 86400));
  ASSERT_EQ(plan.revoke.size(), 1U);
  EXPECT_EQ(plan.revoke[0].reason, x509::RevocationReason::key_compromise);
}

TEST(Script, TakesNamesAndTitlesOfEveryScript) {
  for (const std::string name : {"Zoë Müller", "山田 太郎", "שרה לוי", "فاطمة علي", "Анна", "E\xcc\x81va"}) {
    const Result<Script> script =
        parse_script(with(with(root_script, "Bob Brown", name), "Test root", name), "x.yaml");
    ASSERT_TRUE(script) << script.error().message;
    EXPECT_EQ(script->roles.internal_witness, name);
    EXPECT_EQ(script->title, name);
  }
}

TEST(Script, TakesValuesAtTheirLimits) {
  EXPECT_TRUE(parse_script(with(root_script, "3650d", "3653d"), "r.yaml"));
  EXPECT_TRUE(parse_script(with(root_script, "3650d", "1s"), "r.yaml"));
  EXPECT_TRUE(parse_script(with(root_script, "Test root", std::string(200, 'x')), "r.yaml"));
  EXPECT_TRUE(parse_script(with(root_script, "Test Root", std::string(64, 'x')), "r.yaml"));
  EXPECT_TRUE(parse_script(with(root_script, "Gil Gray", std::string(100, 'x')), "r.yaml"));
  EXPECT_TRUE(parse_script(with(intermediate_script, "1826d", "1827d"), "i.yaml"));
  EXPECT_TRUE(parse_script(with(example("crl"), "180d", "365d"), "c.yaml"));
  EXPECT_TRUE(parse_script(with(example("last-crl"), "1830d", "3653d"), "c.yaml"));
  EXPECT_TRUE(parse_script(with(example("root"), "120s", "3600s"), "c.yaml"));
  EXPECT_TRUE(
      parse_script(with(example("crl"), "previous: crl-1/bundle/root.crl.pem", "first: true"), "c.yaml"));
  EXPECT_TRUE(
      parse_script(with(example("crl"), "reason: keyC", "serial: \"40ab\"\n      reason: keyC"), "c.yaml"));
  EXPECT_TRUE(parse_script(with(example("crl"), "2026-11-19T22:00:00Z", "2026-11-20T09:00:00Z"), "c.yaml"));
  EXPECT_TRUE(parse_script(with(intermediate_script, "bundle: root/bundle",
                                "bundle: root/bundle\n  transcript: " + std::string(64, 'a')),
                           "i.yaml"));
}

TEST(Script, ACopyMayBeInTheHandsOfAnybodyWhoIsThere) {
  EXPECT_TRUE(
      parse_script(with(example("destroy"), "holder: Grace Hopper", "holder: Emmy Noether"), "d.yaml"));
  EXPECT_TRUE(
      parse_script(with(example("destroy"), "holder: Dorothy Vaughan", "holder: Ida Rhodes"), "d.yaml"));
}

TEST(Script, WhoDestroyedACopyInAnAbortedAttemptNeedNotBeThere) {
  const std::string gone = with(example("destroy"), "holder: Dorothy Vaughan",
                                "holder: Tom Kilburn\n    destroyed_in: aborted-9999");
  const Result<Script> script = parse_script(gone, "d.yaml");
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(copies_of(script->plan).copies.back().destroyed_in, 9999);
  EXPECT_EQ(copies_of(script->plan).copies.front().destroyed_in, 0);
}

TEST(Script, AShareIsItsOfficersWhoeverBringsIt) {
  const Result<Script> script = parse_script(example("recover"), "r.yaml");
  ASSERT_TRUE(script) << script.error().message;
  const Enumeration& retire = copies_of(script->plan);
  ASSERT_EQ(retire.copies.size(), 3U);
  EXPECT_EQ(retire.copies[0].officer, "Frances Allen");
  EXPECT_EQ(retire.copies[2].officer, "Hedy Lamarr");
  EXPECT_EQ(retire.copies[2].holder, "Emmy Noether");
}

TEST(Script, ACopyThatNobodyCanBringNeedsAReasonOfTwentyOctets) {
  const std::string lost =
      with(example("destroy"), "reason: R1",
           "outstanding: [{form: share, where: a train, holder: Hedy Lamarr, reason: it was lost by "
           "her..}]\ncomplete_reason: there are no others.\nreason: R1");
  const Result<Script> script = parse_script(lost, "d.yaml");
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(copies_of(script->plan).outstanding.at(0).reason.size(), 20U);
}

// Scripts of ceremonies that were held before this was demanded.
TEST(Script, LooksBackOnRecoveriesThatRetiredNothing) {
  const std::string recover = example("recover");
  const std::string old = recover.substr(0, recover.find("retire:"));
  EXPECT_FALSE(parse_script(old, "r.yaml"));
  EXPECT_TRUE(parse_script(old, "r.yaml", ScriptUse::look_back));
}

TEST(Script, ExcusesTheClockForAReasonOfTwentyOctets) {
  const std::string excused =
      testing::with(example("demo-root"), "check: swap\n      reason: the demo leaves the machine as it is",
                    "check: clock\n      reason: the clock is wrong..");
  const Result<Script> script = parse_script(excused, "x.yaml");
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(script->preflight.exceptions[2].check, "clock");
  EXPECT_EQ(script->preflight.exceptions[2].reason.size(), 20U);
}

TEST(Script, ReportsEveryFaultAtOnce) {
  const std::string text =
      with(with(with(root_script, "P-384", "P-1"), "3650d", "0d"), "Bob Brown", "Cy Clark");
  const Result<Script> script = parse_script(text, "two.yaml");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().details.size(), 3U) << script.error().message;
}

TEST(Script, IsDescribedWithItsDefaults) {
  const Result<Script> script = parse_script(root_script, "root.yaml");
  ASSERT_TRUE(script);
  std::map<std::string, std::string> facts;
  for (const Fact& fact : describe(*script)) facts[fact.name] = fact.value;
  EXPECT_EQ(facts["ceremony"], "root");
  EXPECT_EQ(facts["roles.crypto_officers.2"], "Gil Gray");
  EXPECT_EQ(facts["preflight.clock_tolerance"], "2m");
  EXPECT_EQ(facts["validity.not_before"], "the moment of the ceremony");
  EXPECT_EQ(facts["custody"], "encrypted file root.key.pem, because only a test");
}

using ScriptFile = testing::CeremonyTest;

TEST_F(ScriptFile, IsLoadedWithItsHash) {
  const Result<Script> script = load_script(write("root.yaml", root_script));
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(script->hash, crypto::sha256(as_bytes(root_script)));
  EXPECT_EQ(script->text, root_script);
}

TEST_F(ScriptFile, MissingIsNotFound) {
  const Result<Script> script = load_script(folder + "/none.yaml");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().code, ErrorCode::not_found);
  EXPECT_THAT(script.error().message, HasSubstr("none.yaml"));
}

TEST_F(ScriptFile, HasALimit) {
  std::string text = root_script + "\n#";
  text.resize(script_limit, '#');
  EXPECT_TRUE(load_script(write("full.yaml", text)));
  const Result<Script> script = load_script(write("over.yaml", text + "#"));
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().code, ErrorCode::payload_too_large);
}

}  // namespace
}  // namespace chancery::ceremony
