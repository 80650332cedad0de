// Another self-signed certificate of the root's own key under issuer.certificate.
#include "tests/support/x509_builder.h"
#include "tests/unit/ca/ceremony/replay/bundles.h"

namespace chancery::ceremony {
namespace {

using ::testing::Contains;
using testing::failures;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::with;

class IssuerCertificateTest : public testing::CeremonyTest {
 protected:
  void SetUp() override { ASSERT_TRUE(hold_root()); }

  // twin.pem: the root's certificate again, signed by its key, but for serial number and end.
  void make_twin(const std::string& not_after) {
    const x509::Certificate root = test::must(x509::Certificate::parse_pem(read(bundle("root", "root.pem"))));
    const crypto::PrivateKey key = test::must(crypto::PrivateKey::from_encrypted_pem(
        read(out("root/custody/root.key.pem")), SecretBytes::copy_of(as_bytes(testing::root_passphrase))));
    x509::CertificateFields fields{
        .serial =
            test::must(x509::SerialNumber::from_bytes(*parse_hex("015bd9027ce8a4f36118cb3d90e7742fa6"))),
        .signature = crypto::default_signature(key.public_key().type()),
        .issuer = root.fields().issuer,
        .validity = x509::Validity::from_bounds(root.validity().not_before(), *parse_rfc3339(not_after)),
        .subject = {},
        .spki = root.fields().spki,
        .extensions = root.fields().extensions,
        .exact_subject = root.fields().subject};
    write("out/twin.pem", test::sign_fields(fields, key).to_pem());
  }
  [[nodiscard]] static std::string under_the_twin(const std::string& script) {
    return with(script, "certificate: root/bundle/root.pem", "certificate: twin.pem");
  }
  [[nodiscard]] std::string after_the_hash(const std::string& script) const {
    const Transcript root = read_transcript(bundle("root", "transcript.jsonl"), {}).value();
    return with(script, "bundle: root/bundle", "transcript: " + to_hex(root.head()));
  }
  Result<Outcome> hold_under_the_twin(const std::string& script) {
    people.asked.clear();
    return hold_intermediate(under_the_twin(script));
  }
};

TEST_F(IssuerCertificateTest, OneThatBreaksTheRulesIsRefusedBeforeItsKeyIsOpened) {
  make_twin("2060-01-01T00:00:00Z");
  const Result<Outcome> held = hold_under_the_twin(after_the_hash(testing::intermediate_script));
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::validation);
  EXPECT_THAT(held.error().message, HasSubstr("house.ca_lifetime"));
  EXPECT_THAT(people.asked, ::testing::Not(Contains("secret.issuer_key")));
}

TEST_F(IssuerCertificateTest, AnotherThanTheCeremonyBeforeUsedIsRefused) {
  make_twin("2036-02-01T00:00:00Z");
  const Result<Outcome> held = hold_under_the_twin(testing::intermediate_script);
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::validation);
  EXPECT_THAT(held.error().message,
              HasSubstr("twin.pem is another certificate of the key than root/bundle/root.pem"));
  EXPECT_THAT(people.asked, IsEmpty());
}

TEST_F(IssuerCertificateTest, ReplayHoldsItAgainstTheCeremonyBefore) {
  make_twin("2036-02-01T00:00:00Z");
  const Result<Outcome> held = hold_under_the_twin(after_the_hash(testing::intermediate_script));
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(failures(out("intermediate/bundle")), IsEmpty());
  EXPECT_THAT(failures(out("intermediate/bundle"), out("root/bundle")),
              ::testing::ElementsAre(HasSubstr("it is another certificate of the key than that of ")));
}

}  // namespace
}  // namespace chancery::ceremony
