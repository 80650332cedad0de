// What a list's script gets wrong is found before anybody is asked, and a root is never revoked by itself.
#include "tests/unit/ca/ceremony/replay/scripts.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CrlInputsTest : public testing::CeremonyTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    ASSERT_TRUE(hold_root(testing::partner_script, "partner"));
    ASSERT_TRUE(hold_intermediate());
    people.answers["secret.issuer_key"] = testing::root_passphrase;
  }
  static std::string script(const std::string& crl, int number = 1,
                            const std::string& before = "intermediate") {
    return "ceremony: crl\ntitle: \"Test of crl\"\n" + testing::people_part +
           "previous:\n  bundle: " + before +
           "/bundle\nissuer:\n  certificate: root/bundle/root.pem\n  custody:\n    file: "
           "root/custody/root.key.pem\noutputs:\n  crl: root.crl.pem\ncrl:\n  number: " +
           std::to_string(number) + "\n  next_update: 180d\n" + crl;
  }
  static std::string revoking(const std::string& what) {
    return script("  first: true\n  revoke:\n    - {" + what +
                  ", reason: superseded, at: 2026-03-01T12:00:00Z}\n");
  }
  void expect_refused(const std::string& yaml, const ::testing::Matcher<std::string>& said) {
    clock.advance(Seconds(60));
    people.asked.clear();
    const auto before = contents();
    const Result<Outcome> held = hold(yaml, "refused");
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().code, ErrorCode::validation);
    EXPECT_THAT(held.error().message, said);
    EXPECT_THAT(people.asked, IsEmpty());
    EXPECT_EQ(contents(), before);
    EXPECT_FALSE(std::filesystem::exists(out("refused.unfinished")));
  }
  [[nodiscard]] x509::Certificate certificate(const std::string& of, const std::string& name) const {
    return x509::Certificate::parse_pem(read(bundle(of, name))).value();
  }
};

TEST_F(CrlInputsTest, ARootDoesNotRevokeItself) {
  const auto never = AllOf(HasSubstr("Test Root"), HasSubstr("a root cannot revoke itself"));
  expect_refused(revoking("certificate: root/bundle/root.pem"), never);
  expect_refused(revoking("serial: \"" + certificate("root", "root.pem").serial().to_string() + "\""), never);
}

TEST_F(CrlInputsTest, ACertificateOfAnotherIsNotRevoked) {
  expect_refused(revoking("certificate: partner/bundle/root.pem"), HasSubstr("was not issued by"));
}

TEST_F(CrlInputsTest, ASerialIsThatOfItsCertificate) {
  expect_refused(revoking("certificate: intermediate/bundle/intermediate.pem, serial: \"4001\""),
                 HasSubstr("the script says 4001"));
}

TEST_F(CrlInputsTest, ANumberThatIsNotGreaterIsSeenFirst) {
  clock.advance(Seconds(60));
  ASSERT_TRUE(hold(script("  first: true\n", 7), "crl-7"));
  const std::string next = "  previous: crl-7/bundle/root.crl.pem\n";
  expect_refused(script(next, 7, "crl-7"), HasSubstr("crl.number is 7"));
  expect_refused(script("  first: true\n", 8, "crl-7"), HasSubstr("crl.first is true"));
  const Result<Outcome> held = hold(script(next, 8, "crl-7"), "crl-8");
  EXPECT_TRUE(held) << held.error().message;
}

TEST_F(CrlInputsTest, TheInvalidityDateIsSignedAndShown) {
  clock.advance(Seconds(60));
  const Result<Outcome> held =
      hold(revoking("certificate: intermediate/bundle/intermediate.pem, invalidity_date: "
                    "2026-03-01T11:00:00Z"),
           "crl-1");
  ASSERT_TRUE(held) << held.error().message;
  ASSERT_EQ(held->crl->fields().revoked.size(), 1U);
  EXPECT_EQ(held->crl->fields().revoked[0].invalidity_date, parse_rfc3339("2026-03-01T11:00:00Z"));
  EXPECT_THAT(people.shown, HasSubstr("superseded, invalid since 2026-03-01T11:00:00Z"));
}

TEST_F(CrlInputsTest, ASerialAloneIsSaidToBeOne) {
  clock.advance(Seconds(60));
  const Result<Outcome> held = hold(
      revoking("serial: \"" + certificate("intermediate", "intermediate.pem").serial().to_string() + "\""),
      "crl-1");
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(people.shown, HasSubstr("no certificate is named: compare every digit of the serial"));
}

}  // namespace
}  // namespace chancery::ceremony
