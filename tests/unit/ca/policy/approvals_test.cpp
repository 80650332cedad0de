// The profile's key `approvals`.
#include <gmock/gmock.h>

#include "ca/policy/load_yaml.h"

namespace chancery::policy {
namespace {

using testing::HasSubstr;

Result<std::shared_ptr<const Profile>> with(const std::string& approvals) {
  return parse_profile(
      "name: guarded\n"
      "lifetime: 90d\n"
      "renew_after: 60d\n"
      "keys: [{algorithm: P-256}]\n"
      "names: {dns: [\"*.svc.internal\"]}\n"
      "extended_key_usage: [clientAuth]\n" +
          approvals,
      "guarded.yaml");
}

TEST(ApprovalsKey, NoneAreNeededWithoutIt) {
  const auto profile = with("");
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ((*profile)->approvals.required, 0);
}

TEST(ApprovalsKey, IsReadWithItsPlace) {
  const auto profile = with("approvals:\n  required: 2\n  expires_after: 1d\n  renewals: true\n");
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ((*profile)->approvals.required, 2);
  EXPECT_EQ((*profile)->approvals.expires_after, Seconds(86400));
  EXPECT_TRUE((*profile)->approvals.renewals);
  EXPECT_EQ((*profile)->approvals.location, "guarded.yaml:8:13");
}

TEST(ApprovalsKey, OneApprovalWithinAWeekIsMeantWhenNothingElseIsSaid) {
  const auto profile = with("approvals: {}\n");
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ((*profile)->approvals.required, 1);
  EXPECT_EQ((*profile)->approvals.expires_after, Seconds(7 * 86400));
  EXPECT_FALSE((*profile)->approvals.renewals);
}

TEST(ApprovalsKey, ReachesBothEndsAndNotBeyond) {
  for (const char* good : {"{required: 0}", "{required: 2}", "{expires_after: 60s}", "{expires_after: 30d}"})
    EXPECT_TRUE(with(std::string("approvals: ") + good + "\n")) << good;
  for (const char* bad : {"{required: 3}", "{required: -1}", "{expires_after: 59s}", "{expires_after: 31d}",
                          "{renewals: 1}", "{approvers: 2}", "2", "[]"}) {
    const auto refused = with(std::string("approvals: ") + bad + "\n");
    ASSERT_FALSE(refused) << bad;
    EXPECT_THAT(refused.error().message, HasSubstr("guarded.yaml:7:")) << bad;
  }
}

}  // namespace
}  // namespace chancery::policy
