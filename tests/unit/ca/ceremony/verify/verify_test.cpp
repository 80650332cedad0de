#include "ca/ceremony/verify/verify.h"

#include "ca/ceremony/cli/certificate_facts.h"
#include "ca/ceremony/cli/results.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::root_script;
using testing::with;

class VerifyTest : public testing::CeremonyTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    ASSERT_TRUE(hold_intermediate());
  }
  CertificateFiles load(const std::optional<std::string>& root, const std::vector<std::string>& paths) {
    Result<CertificateFiles> files = load_certificate_files(root, paths);
    EXPECT_TRUE(files) << files.error().message;
    return files.value();
  }
  std::vector<std::string> failures(const CertificateFiles& files) const {
    std::vector<std::string> names;
    for (const CertificateReport& report : verify(files, clock.now()).certificates) {
      for (const Check& check : report.checks) {
        if (!check.passed) names.push_back(check.name);
      }
    }
    return names;
  }
  void make_other_root() { ASSERT_TRUE(hold_root(root_script, "other")); }
};

TEST_F(VerifyTest, AcceptsWhatTheCeremonyMade) {
  for (const CertificateFiles& files :
       {load({}, {out("intermediate/bundle")}),
        load(bundle("root", "root.pem"), {bundle("intermediate", "intermediate.pem")}),
        load(bundle("root", "root.pem"), {bundle("intermediate", "chain.pem")})}) {
    const Verification verification = verify(files, clock.now());
    EXPECT_TRUE(verification.passed());
    ASSERT_EQ(verification.certificates.size(), 2U);
    EXPECT_EQ(verification.certificates[0].kind, lint::Kind::root);
    EXPECT_EQ(verification.certificates[1].kind, lint::Kind::intermediate);
    EXPECT_EQ(verification.certificates[0].checks.size(), 5U);
    EXPECT_EQ(verification.certificates[1].checks.size(), 7U);
  }
}

TEST_F(VerifyTest, WhatOnlyWarnsIsSaid) {
  const std::string lint_files = CHANCERY_SOURCE_DIR "/tests/testdata/lint/";
  for (const auto& [file, warned] : {std::pair<std::string, bool>{"fail.pem", true}, {"pass.pem", false}}) {
    const CertificateFiles files =
        load(lint_files + "root.pem",
             {lint_files + "intermediate.pem", lint_files + "house.lifetime_schedule/" + file});
    const Verification seen = verify(files, clock.now());
    const auto& checks = seen.certificates.back().checks;
    const auto lints =
        std::find_if(checks.begin(), checks.end(), [](const Check& check) { return check.name == "lints"; });
    EXPECT_TRUE(lints->passed) << lints->message;
    EXPECT_EQ(lints->message.find("; warning house.lifetime_schedule: ") != std::string::npos, warned)
        << lints->message;
  }
}

TEST_F(VerifyTest, RootAloneIsEnough) {
  EXPECT_THAT(failures(load(bundle("root", "root.pem"), {})), IsEmpty());
}

TEST_F(VerifyTest, RefusesAnotherRootOfTheSameName) {
  make_other_root();
  const std::vector<std::string> failed =
      failures(load(bundle("other", "root.pem"), {bundle("intermediate", "intermediate.pem")}));
  EXPECT_THAT(failed, ::testing::Contains("issuer"));
  EXPECT_THAT(failed, ::testing::Contains("path to the root"));
}

TEST_F(VerifyTest, RefusesAForgedSignature) {
  std::string pem = read(bundle("intermediate", "intermediate.pem"));
  const std::size_t at = pem.rfind("\n-----END") - 8;  // inside the signature
  pem[at] = pem[at] == 'A' ? 'B' : 'A';
  const std::string forged = write("forged.pem", pem);
  const Result<CertificateFiles> files = load_certificate_files(bundle("root", "root.pem"), {forged});
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_THAT(failures(*files), ::testing::Contains("issuer"));
  EXPECT_THAT(failures(*files), ::testing::Contains("second implementation"));
}

TEST_F(VerifyTest, JudgesTheTime) {
  const CertificateFiles files = load({}, {out("intermediate/bundle")});
  const TimePoint end = files.others.at(0).certificate.validity().not_after();
  clock.set(end);
  EXPECT_THAT(failures(files), IsEmpty());
  clock.set(end + Seconds(1));
  EXPECT_THAT(failures(files), ::testing::UnorderedElementsAre("in force", "path to the root"));
  clock.set(files.root.certificate.validity().not_before() - Seconds(1));
  EXPECT_THAT(failures(files), ::testing::Contains("in force"));
}

TEST_F(VerifyTest, ChoosesNoRootByItself) {
  make_other_root();
  const Result<CertificateFiles> several =
      load_certificate_files({}, {out("intermediate/bundle"), out("other/bundle")});
  ASSERT_FALSE(several);
  EXPECT_THAT(several.error().message, HasSubstr("--root"));
  const Result<CertificateFiles> none =
      load_certificate_files({}, {bundle("intermediate", "intermediate.pem")});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("--root"));
}

TEST_F(VerifyTest, MissingAndBrokenFilesAreErrors) {
  EXPECT_EQ(load_certificate_files({}, {folder + "/none"}).error().code, ErrorCode::not_found);
  EXPECT_EQ(load_certificate_files(folder + "/none", {}).error().code, ErrorCode::not_found);
  EXPECT_EQ(load_certificate_files({}, {out("root/custody/root.key.pem")}).error().code,
            ErrorCode::validation);
  EXPECT_EQ(load_certificate_files({}, {}).error().code, ErrorCode::validation);
  const std::string two =
      write("two.pem", read(bundle("root", "root.pem")) + read(bundle("root", "root.pem")));
  EXPECT_EQ(load_certificate_files(two, {}).error().code, ErrorCode::validation);
}

TEST_F(VerifyTest, EachCertificateCountsOnce) {
  EXPECT_EQ(
      load({}, {out("intermediate/bundle"), bundle("intermediate", "chain.pem"), bundle("root", "root.pem")})
          .others.size(),
      1U);
}

TEST_F(VerifyTest, TextNamesWhatFailed) {
  const CertificateFiles files = load({}, {out("intermediate/bundle")});
  clock.advance(Seconds(2000LL * 86400));
  std::ostringstream plain, coloured;
  print_verification(plain, verify(files, clock.now()), false);
  print_verification(coloured, verify(files, clock.now()), true);
  EXPECT_THAT(plain.str(), HasSubstr("NOT verified: 2 of 12 checks failed"));
  EXPECT_THAT(plain.str(), Not(HasSubstr("\033")));
  EXPECT_THAT(coloured.str(), HasSubstr("\033["));
}

TEST(Fingerprint, IsShownAsOthersShowIt) {
  EXPECT_EQ(fingerprint_text(crypto::sha256(as_bytes("abc")), 2),
            "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:\n"
            "  B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD");
}

}  // namespace
}  // namespace chancery::ceremony
