// Whom this root certifies, and for how long.
#include "tests/unit/ca/ceremony/replay/rechained.h"
#include "tests/unit/ca/ceremony/replay/scripts.h"

namespace chancery::ceremony {
namespace {

using ::testing::Contains;
using testing::failures;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::with;

class CrossTargetTest : public testing::RechainTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    people.answers["secret.issuer_key"] = testing::root_passphrase;
  }
  // A root of `name` that lives `lifetime`, and its request.
  void make_partner(const std::string& name, const std::string& lifetime) {
    ASSERT_TRUE(hold_root(with(with(testing::root_script, "Test Root", name), "3650d", lifetime), "partner"));
    std::string request =
        testing::script_of("cross-csr", "outputs:\n  request: partner.csr.pem\n", "authority");
    for (const std::string part : {"root/bundle\n", "root/bundle/root.pem", "root/custody/"})
      request = with(request, part, "partner" + part.substr(4));
    const Result<Outcome> held = hold(request, "partner-csr");
    ASSERT_TRUE(held) << held.error().message;
  }
  Result<Outcome> certify() {
    people.asked.clear();
    return hold(testing::script_of("cross-certificate", testing::cross_parts), "cross");
  }
  void expect_refused_at_once(const std::string& said) {
    const Result<Outcome> held = certify();
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().code, ErrorCode::validation);
    EXPECT_THAT(held.error().message, HasSubstr(said));
    EXPECT_THAT(people.asked, IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(out("cross.unfinished")));
  }
};

TEST_F(CrossTargetTest, OneInTheIssuersNameIsRefused) {
  make_partner("\"TEST  Root \"", "3650d");
  expect_refused_at_once("the target is CN=TEST  Root\\ ,O=Example,C=CH, the issuer's own name");
}

TEST_F(CrossTargetTest, OneThatHasEndedIsRefused) {
  make_partner("Partner Root", "2d");
  clock.advance(Seconds(2 * 86400));
  expect_refused_at_once("ask its owner for the one that is in force");
}

TEST_F(CrossTargetTest, OneThatEndsEarlierIsConfirmedByTheWitness) {
  make_partner("Partner Root", "1825d");
  const Result<Outcome> held = certify();
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(people.asked, Contains("lint.warnings"));
  EXPECT_THAT(people.shown, HasSubstr("WARNING cross.not_after: notAfter 2031-03-01T"));
  EXPECT_THAT(failures(out("cross/bundle"), out("root/bundle")), IsEmpty());
  EXPECT_THAT(failures(changed("cross", [](testing::Lines& lines) { testing::drop(lines, "lint.warning"); })),
              Contains(HasSubstr("nobody was told of the warning cross.not_after")));
}

TEST_F(CrossTargetTest, WithoutConfirmationItIsNotSigned) {
  make_partner("Partner Root", "1825d");
  people.answers["lint.warnings"] = "no";
  const Result<Outcome> held = certify();
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().message, HasSubstr("lint.warnings"));
  EXPECT_THAT(people.asked, Not(Contains(HasSubstr("point_of_no_return"))));
  EXPECT_FALSE(std::filesystem::exists(out("cross")));
}

TEST_F(CrossTargetTest, OneThatLivesAsLongNeedsNoWord) {
  make_partner("Partner Root", "1826d");
  const Result<Outcome> held = certify();
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(people.asked, Not(Contains("lint.warnings")));
}

}  // namespace
}  // namespace chancery::ceremony
