#include "api/server/own_certificates.h"

#include <gmock/gmock.h>

#include "tests/support/x509_builder.h"

namespace chancery::server {
namespace {

using testing::HasSubstr;

class OwnCertificates : public testing::Test {
 protected:
  std::string said(const x509::Certificate& issuer) {
    testing::internal::CaptureStderr();
    const auto logger = log::make_json_logger("chancery-ca", log::Level::info, clock);
    found = judge_own_certificates(issuer, {root.certificate}, *logger);
    return testing::internal::GetCapturedStderr();
  }
  FixedClock clock{test::test_time()};
  test::CertifiedKey root = test::make_root();
  int found = 0;
};

TEST_F(OwnCertificates, ThatKeepTheRulesAreNotSpokenOf) {
  EXPECT_EQ(said(test::make_intermediate(root).certificate), "");
  EXPECT_EQ(found, 0);
}

TEST_F(OwnCertificates, AreJudgedByTheRulesOfToday) {
  // Self-signed and without a limit to its path.
  const std::string lines = said(test::make_root(test::test_time(), "Another Root").certificate);
  EXPECT_GT(found, 0);
  EXPECT_THAT(lines, HasSubstr("\"event_type\":\"issuer.finding\""));
  EXPECT_THAT(lines, HasSubstr("\"advice\":"));
  EXPECT_THAT(lines, HasSubstr("Another Root"));
}

}  // namespace
}  // namespace chancery::server
