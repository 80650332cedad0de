// Weak and lost keys, asked for online.
#include <gmock/gmock.h>

#include "tests/support/testdata.h"
#include "tests/unit/ca/authority/fixture.h"

namespace chancery::authority {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;

class KeyQuality : public AuthorityTest {
 protected:
  // The same authority with a block-list.
  void block(const std::string& list) {
    blocked_ = std::make_shared<const crypto::KeyBlocklist>(crypto::KeyBlocklist::parse(list).value());
    authority = std::make_unique<Authority>(
        AuthorityOptions{
            .profiles = authority->profiles(), .issuer = authority->issuer(), .blocked_keys = blocked_},
        *store, clock, random, observer);
  }
  std::shared_ptr<const crypto::KeyBlocklist> blocked_;
};

TEST_F(KeyQuality, AKeyOnTheBlocklistIsNeverCertified) {
  const x509::CertificateRequest lost = csr_for({"dns:web.svc.internal"});
  block(to_hex(crypto::sha256(lost.public_key().spki())) + "\n");
  const Result<RecordedCertificate> refused = issue(request_for(lost));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::validation);
  EXPECT_THAT(refused.error().details,
              Contains(AllOf(Field(&ErrorDetail::rule, "house.public_key"),
                             Field(&ErrorDetail::message, HasSubstr("block-list")))));
  EXPECT_THAT(observer.steps, testing::Not(Contains(Step::intent))) << "no intent, so no signature";
  EXPECT_TRUE(explain(request_for(lost)).error);
  EXPECT_TRUE(issue(request_for(csr_for({"dns:web.svc.internal"}))));
}

// Requests that another implementation signed: tests/testdata/crypto/generate_weak_rsa.py
TEST_F(KeyQuality, KeysOfFullSizeThatCanBeFactoredAreRefused) {
  for (const auto& [file, words] :
       {std::pair{"crypto/rsa2048-roca.csr.pem", "ROCA"}, {"crypto/rsa2048-close100.csr.pem", "Fermat"}}) {
    const auto csr = x509::CertificateRequest::parse_pem(test::testdata(file));
    ASSERT_TRUE(csr) << csr.error().message;
    const Explanation explained = explain(request_for(*csr));
    EXPECT_FALSE(explained.decision.allowed);
    EXPECT_THAT(
        explained.decision.reasons,
        Contains(AllOf(Field(&policy::Reason::passed, false), Field(&policy::Reason::rule, "key.quality"),
                       Field(&policy::Reason::message, HasSubstr(words)))));
    EXPECT_FALSE(issue(request_for(*csr)));
  }
  const auto sound = x509::CertificateRequest::parse_pem(test::testdata("crypto/rsa2048-close101.csr.pem"));
  EXPECT_THAT(explain(request_for(*sound)).decision.reasons,
              testing::Not(Contains(Field(&policy::Reason::rule, "key.quality"))));
}

TEST_F(KeyQuality, ExplainShowsTheLintsThatOnlyWarn) {
  const Explanation explained = explain(request_for(csr_for({"dns:web.svc.internal"})));
  EXPECT_FALSE(explained.error);
  EXPECT_THAT(explained.warnings.list(),
              testing::ElementsAre(AllOf(Field(&Finding::id, "house.revocation_pointer"),
                                         Field(&Finding::severity, Severity::warning),
                                         Field(&Finding::quote, HasSubstr("CRL Distribution Points")))));
}

}  // namespace
}  // namespace chancery::authority
