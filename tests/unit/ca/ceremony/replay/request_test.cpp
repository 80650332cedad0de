// Requests are read in two implementations, by the ceremonies that make and take them and by replay.
#include "ca/keys/file_key_store.h"
#include "tests/support/x509_builder.h"
#include "tests/unit/ca/ceremony/replay/bundles.h"
#include "tests/unit/ca/ceremony/replay/rechained.h"
#include "tests/unit/ca/ceremony/replay/scripts.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RequestTest : public testing::CeremonyTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    ASSERT_TRUE(hold_root(testing::partner_script, "partner"));
    people.answers["secret.issuer_key"] = testing::root_passphrase;
    ASSERT_TRUE(hold(testing::partner_request_script(), "partner-csr"));
  }
  Result<Outcome> certify_partner() {
    return hold(testing::script_of("cross-certificate", testing::cross_parts), "cross");
  }
  // The partner's own key signs it, for the partner's own name. 020101 is an INTEGER where a text belongs:
  // our reader, which ignores challengePassword, takes it, and Botan does not.
  [[nodiscard]] std::string partner_request(std::string_view challenge) const {
    const auto key = keys::open_key_file(out("partner/custody/root.key.pem"),
                                         SecretBytes::copy_of(as_bytes(testing::root_passphrase)));
    const auto partner = x509::Certificate::parse_pem(read(bundle("partner", "root.pem")));
    const x509::CertificateRequest request = test::make_challenge_request(
        *key.value(), partner.value().fields().subject, parse_hex(challenge).value());
    return to_pem("CERTIFICATE REQUEST", request.der());
  }
  [[nodiscard]] std::vector<std::string> second_readings(const std::string& of) const {
    std::vector<std::string> found;
    const Replay seen = replay({out(of + "/bundle"), {}, {}}).value();
    for (const Check& check : seen.checks) {
      if (check.passed && check.name.find("csr.pem: second implementation") != std::string::npos)
        found.push_back(check.name + ": " + check.message);
    }
    return found;
  }
};

TEST_F(RequestTest, BothImplementationsRead) {
  ASSERT_TRUE(certify_partner());
  EXPECT_THAT(second_readings("partner-csr"),
              ElementsAre("partner.csr.pem: second implementation: agrees, and verifies the signature"));
  EXPECT_THAT(second_readings("cross"),
              ElementsAre("target.csr.pem: second implementation: agrees, and verifies the signature"));
  testing::Bundles::put(bundle("partner-csr", "partner.csr.pem"), partner_request("0c026869"));
  const Result<Outcome> again =
      hold(testing::script_of("cross-certificate", testing::cross_parts), "cross-again");
  EXPECT_TRUE(again) << again.error().message;
}

TEST_F(RequestTest, ItsHashIsReadAloud) {
  EXPECT_THAT(people.asked, Contains("words.request"));
  const x509::CertificateRequest request =
      x509::CertificateRequest::parse_pem(read(bundle("partner-csr", "partner.csr.pem"))).value();
  const std::string hash = to_hex(crypto::sha256(request.der()));
  EXPECT_THAT(read(bundle("partner-csr", "transcript.jsonl")), HasSubstr(hash));
  const auto words_of_another = [&](testing::Lines& lines) {
    for (TranscriptLine& line : lines) {
      if (line.event == "words" && std::get<std::string>(line.data["id"]) == "words.request")
        line.data["sha256"] = std::string(64, 'a');
    }
  };
  testing::rechain(out("partner-csr/bundle"), out("partner/custody/root.key.pem"), words_of_another);
  EXPECT_THAT(
      testing::but_for_the_serial(testing::failures(out("partner-csr/bundle"), out("partner/bundle"))),
      Contains(HasSubstr("words of the request: ")));
}

TEST_F(RequestTest, OneThatOnlyOneImplementationReadsIsNotTaken) {
  testing::Bundles::put(bundle("partner-csr", "partner.csr.pem"), partner_request("020101"));
  people.asked.clear();
  const Result<Outcome> held = certify_partner();
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().message, AllOf(HasSubstr("partner.csr.pem"), HasSubstr("second implementation"),
                                          HasSubstr("cannot read it")));
  EXPECT_THAT(people.asked, IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(out("cross")));
}

TEST_F(RequestTest, ReplaySeesOneThatOnlyOneImplementationReads) {
  ASSERT_TRUE(certify_partner());
  testing::Bundles::put(bundle("cross", "target.csr.pem"), partner_request("020101"));
  testing::Bundles::put(bundle("partner-csr", "partner.csr.pem"), partner_request("020101"));
  for (const auto& [of, name] :
       {std::pair<std::string, std::string>{"cross", "target.csr.pem"}, {"partner-csr", "partner.csr.pem"}}) {
    EXPECT_THAT(testing::failures(out(of + "/bundle")),
                Contains(AllOf(HasSubstr(name + ": second implementation: "), HasSubstr("cannot read it"))));
  }
}

}  // namespace
}  // namespace chancery::ceremony
