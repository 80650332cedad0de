#include "ca/ceremony/run/run.h"

#include "ca/ceremony/run/steps.h"
#include "ca/keys/file_key_store.h"
#include "ca/x509/chain.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using ::testing::Key;
using testing::root_script;
using ::testing::UnorderedElementsAre;
using testing::with;
using RunTest = testing::CeremonyTest;

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777U;
}

SecretBytes secret(std::string_view text) {
  return SecretBytes::copy_of(as_bytes(text));
}

TEST_F(RunTest, MakesARootOfTenYears) {
  const Result<Outcome> outcome = hold_root();
  ASSERT_TRUE(outcome) << outcome.error().message << outcome.error().internal;
  const x509::ParsedTbs& fields = outcome->certificate.fields();
  EXPECT_EQ(outcome->certificate.subject_text(), "CN=Test Root,O=Example,C=CH");
  EXPECT_EQ(fields.issuer, fields.subject);
  EXPECT_EQ(fields.validity.not_before(), clock.now());
  EXPECT_EQ(fields.validity.not_after() - fields.validity.not_before(), Seconds(3650LL * 86400 - 1));
  EXPECT_EQ(outcome->certificate.signature_algorithm(), crypto::SignatureAlgorithm::ecdsa_sha384);
  EXPECT_EQ(fields.extensions.basic_constraints, (x509::BasicConstraints{.ca = true, .path_len = {}}));
  EXPECT_TRUE(fields.extensions.extended_key_usage.empty());
  EXPECT_TRUE(fields.extensions.crl_distribution_points.empty());
  EXPECT_EQ(fields.serial.bytes().size(), 17U);
  EXPECT_TRUE(x509::verify_issued_by(outcome->certificate, outcome->certificate));
}

TEST_F(RunTest, WritesTheRootsFilesOnly) {
  const Result<Outcome> outcome = hold_root();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_THAT(contents(), UnorderedElementsAre(Key("root.pem"), Key("root.key.pem")));
  EXPECT_EQ(mode_of(out("root.key.pem")), 0600U);
  EXPECT_EQ(mode_of(out("root.pem")), 0644U);
  EXPECT_EQ(read(out("root.pem")), outcome->certificate.to_pem());
  EXPECT_THAT(read(out("root.key.pem")), HasSubstr("BEGIN ENCRYPTED PRIVATE KEY"));
  EXPECT_EQ(outcome->files.back().path, out("root.pem"));
  for (const WrittenFile& file : outcome->files)
    EXPECT_EQ(file.hash, crypto::sha256(as_bytes(read(file.path))));
}

TEST_F(RunTest, MakesAnIntermediateOfFiveYearsUnderTheRoot) {
  const Result<Outcome> root = hold_root();
  ASSERT_TRUE(root) << root.error().message;
  clock.advance(Seconds(3600));
  const Result<Outcome> outcome = hold_intermediate();
  ASSERT_TRUE(outcome) << outcome.error().message << outcome.error().internal;
  const x509::ParsedTbs& fields = outcome->certificate.fields();
  EXPECT_EQ(fields.issuer, root->certificate.fields().subject);
  EXPECT_EQ(fields.validity.lifetime(), Seconds(1826LL * 86400));
  EXPECT_EQ(fields.extensions.basic_constraints, (x509::BasicConstraints{.ca = true, .path_len = 0}));
  EXPECT_EQ(fields.extensions.extended_key_usage,
            (std::vector{x509::KeyPurpose::server_auth, x509::KeyPurpose::client_auth}));
  EXPECT_EQ(fields.extensions.key_usage, (x509::KeyUsage{.key_cert_sign = true, .crl_sign = true}));
  EXPECT_EQ(fields.extensions.authority_key_identifier,
            root->certificate.fields().extensions.subject_key_identifier);
  EXPECT_EQ(fields.extensions.crl_distribution_points,
            std::vector<std::string>{"http://pki.example/root.crl"});
  EXPECT_EQ(fields.extensions.ca_issuers, std::vector<std::string>{"http://pki.example/root.pem"});
  EXPECT_EQ(outcome->certificate.signature_algorithm(), crypto::SignatureAlgorithm::ecdsa_sha384);
  EXPECT_EQ(read(out("chain.pem")), outcome->certificate.to_pem() + root->certificate.to_pem());
}

TEST_F(RunTest, KeysOpenWithTheirOwnPassphraseOnly) {
  ASSERT_TRUE(hold_root());
  ASSERT_TRUE(hold_intermediate());
  EXPECT_TRUE(keys::open_key_file(out("root.key.pem"), secret(testing::root_passphrase)));
  EXPECT_TRUE(keys::open_key_file(out("intermediate.key.pem"), secret(testing::intermediate_passphrase)));
  EXPECT_FALSE(keys::open_key_file(out("intermediate.key.pem"), secret(testing::root_passphrase)));
}

TEST_F(RunTest, ReportsEveryStepByNumber) {
  ASSERT_TRUE(hold_root());
  const std::vector<std::string_view> names = step_names(Kind::root);
  ASSERT_EQ(progress.lines.size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string begin =
        std::to_string(i + 1) + "/" + std::to_string(names.size()) + " " + std::string(names[i]);
    EXPECT_THAT(progress.lines[i], ::testing::StartsWith(begin + " ok ")) << progress.lines[i];
  }
}

TEST_F(RunTest, TakesNotBeforeFromTheScript) {
  const Result<Outcome> outcome =
      hold_root(with(root_script, "3650d", "3650d\n  not_before: 2026-03-01T00:00:00Z"));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(to_rfc3339(outcome->certificate.validity().not_before()), "2026-03-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(outcome->certificate.validity().not_after()), "2036-02-26T23:59:59Z");
}

TEST_F(RunTest, RootBackdatedByMoreThanADayIsRefused) {
  const Result<Outcome> outcome =
      hold_root(with(root_script, "3650d", "3650d\n  not_before: 2026-02-28T11:59:59Z"));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::validation);
  EXPECT_TRUE(contents().empty());
}

TEST_F(RunTest, EachOutputThatExistsIsLeftAlone) {
  ASSERT_TRUE(hold_root());
  for (const std::string name : {"intermediate.pem", "intermediate.key.pem", "chain.pem"}) {
    write("out/" + name, "here before");
    const auto before = contents();
    const Result<Outcome> outcome = hold_intermediate();
    ASSERT_FALSE(outcome) << name;
    EXPECT_EQ(outcome.error().code, ErrorCode::conflict);
    EXPECT_THAT(outcome.error().message, HasSubstr(name));
    EXPECT_EQ(contents(), before);
    std::filesystem::remove(out(name));
  }
}

TEST_F(RunTest, DanglingLinkCountsAsExisting) {
  std::filesystem::create_symlink(folder + "/elsewhere", out("root.key.pem"));
  const Result<Outcome> outcome = hold_root();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::conflict);
  EXPECT_FALSE(std::filesystem::exists(folder + "/elsewhere"));
}

TEST_F(RunTest, SecondRunIsRefusedAndKeepsTheFirst) {
  ASSERT_TRUE(hold_root());
  const auto before = contents();
  EXPECT_FALSE(hold_root());
  EXPECT_EQ(contents(), before);
}

TEST_F(RunTest, KeyThatIsTheIssuersIsRefused) {
  const Result<crypto::PrivateKey> one = crypto::PrivateKey::generate({});
  const Result<crypto::PrivateKey> other = crypto::PrivateKey::generate({});
  ASSERT_TRUE(one && other);
  EXPECT_FALSE(check_distinct_keys(one->public_key(), one->public_key()));
  EXPECT_TRUE(check_distinct_keys(one->public_key(), other->public_key()));
}

}  // namespace
}  // namespace chancery::ceremony
