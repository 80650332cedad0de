// What is weak in profiles that are sound one by one.
#include "ca/policy/advice.h"

#include "tests/unit/ca/policy/fixture.h"

namespace chancery::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string yaml(const std::string& name, const std::string& more) {
  return "name: " + name +
         "\nlifetime: 7d\nrenew_after: 5d\nkeys: [{algorithm: P-256}]\n"
         "names: {dns: [\"*.svc.test\"]}\nextended_key_usage: [clientAuth]\n" +
         more;
}

std::vector<std::string> weak(const std::string& makes_operators, const std::string& guarded) {
  return weaknesses(must(parse_profiles({{"op.yaml", yaml("op", makes_operators)},
                                         {"guarded.yaml", yaml("guarded", guarded)},
                                         {"free.yaml", yaml("free", "")}})));
}

TEST(Weaknesses, OperatorsMadeWithFewerApprovalsThanTheyGiveAreNamed) {
  for (const auto& [makes, gives] : {std::pair{0, 1}, std::pair{0, 2}, std::pair{1, 2}}) {
    const auto of = [](int count) { return "approvals: {required: " + std::to_string(count) + "}\n"; };
    EXPECT_THAT(weak("grants: operator\n" + of(makes), of(gives)),
                ElementsAre(testing::AllOf(
                    testing::StartsWith("op.yaml:1:1: profile op grants operator with " +
                                        std::to_string(makes) + " approvals, but profile guarded needs " +
                                        std::to_string(gives) + " (guarded.yaml:7:"),
                    HasSubstr("give op approvals: {required: " + std::to_string(gives) + "} as well"))));
  }
}

TEST(Weaknesses, AsManyOrNoneAnywhereOrNoOperatorsAreFine) {
  EXPECT_THAT(weak("grants: operator\n", ""), IsEmpty());
  EXPECT_THAT(weak("grants: operator\napprovals: {required: 2}\n", "approvals: {required: 2}\n"), IsEmpty());
  EXPECT_THAT(weak("grants: operator\napprovals: {required: 2}\n", "approvals: {required: 1}\n"), IsEmpty());
  EXPECT_THAT(weak("", "approvals: {required: 2}\n"), IsEmpty());
  EXPECT_THAT(weaknesses(ProfileSet()), IsEmpty());
}

}  // namespace
}  // namespace chancery::policy
