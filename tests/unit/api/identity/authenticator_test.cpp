#include "api/identity/authenticator.h"

#include <gtest/gtest.h>

#include "ca/audit/entry.h"
#include "tests/support/profiles.h"
#include "tests/support/voucher.h"
#include "tests/support/x509_builder.h"

namespace chancery::identity {
namespace {

using test::must;

class SilentObserver final : public authority::StepObserver {
 public:
  void finished(authority::Step) override {}
};

class AuthenticatorTest : public testing::Test {
 protected:
  AuthenticatorTest() {
    auto issuer = must(
        issuance::Issuer::create(intermediate.certificate, intermediate.signer(), {.cross_check = false}));
    authority.emplace(
        authority::AuthorityOptions{.profiles = test::caller_profiles(), .issuer = std::move(issuer)}, *store,
        clock, random, observer);
    authenticator.emplace(*authority, *store, std::vector{root.certificate}, std::vector<x509::Certificate>(),
                          clock);
  }

  store::CertificateRecord issue(const std::string& identity, const std::string& profile,
                                 const std::string& dns) {
    return must(authority->issue(
                    test::Voucher::for_other(identity, profile, test::make_request(test::make_key(), {dns}))))
        .record();
  }
  static std::string pem(const store::CertificateRecord& record) { return to_pem("CERTIFICATE", record.der); }

  // Puts a record into the store without the authority.
  void record(const x509::Certificate& certificate, const store::Digest& fingerprint) {
    const std::string serial = certificate.serial().to_string();
    const store::AuditDraft audit{
        .at = clock.now(), .event_type = "test", .actor = Identity("t"), .subject = serial, .fields = "{}"};
    must_do(store->begin_issuance({.serial = serial,
                                   .identity = Identity("web-01"),
                                   .profile = ProfileName("service"),
                                   .created_at = clock.now()},
                                  audit));
    must_do(store->complete_issuance({.serial = serial,
                                      .der = to_bytes(certificate.der()),
                                      .fingerprint = fingerprint,
                                      .not_before = certificate.validity().not_before(),
                                      .not_after = certificate.validity().not_after(),
                                      .identity = Identity("web-01"),
                                      .profile = ProfileName("service"),
                                      .lineage = serial},
                                     audit, {.type = "test", .payload = "{}", .at = clock.now()}));
  }
  static void must_do(const Result<void>& result) { ASSERT_TRUE(result) << result.error().message; }

  Result<Caller> by_certificate(const std::string& text) {
    return authenticator->authenticate({.authorization = "", .certificate_pem = text});
  }
  Result<Caller> by_token(const std::string& header) {
    return authenticator->authenticate({.authorization = header, .certificate_pem = ""});
  }
  // The rule that refused.
  static std::string refusal(const Result<Caller>& result) {
    if (result) return "accepted";
    EXPECT_EQ(result.error().code, ErrorCode::unauthorized);
    return result.error().details.empty() ? "" : result.error().details.front().rule;
  }

  test::CertifiedKey root = test::make_root();
  test::CertifiedKey intermediate = test::make_intermediate(root);
  FixedClock clock{test::test_time()};
  SystemRandom random;
  SilentObserver observer;
  std::unique_ptr<store::Store> store = store::make_memory_store(audit::log_hashing());
  std::optional<authority::Authority> authority;
  std::optional<Authenticator> authenticator;
};

TEST_F(AuthenticatorTest, NoCredentialIsAnonymous) {
  const auto caller = authenticator->authenticate({});
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->kind(), CallerKind::anonymous);
  EXPECT_FALSE(caller->is_operator());
}

TEST_F(AuthenticatorTest, ARecordedCertificateIsItsIdentity) {
  const auto issued = issue("web-01", "service", "web.svc.test");
  const auto caller = by_certificate(pem(issued));
  ASSERT_TRUE(caller) << caller.error().message;
  EXPECT_EQ(caller->kind(), CallerKind::certificate);
  EXPECT_EQ(caller->identity(), Identity("web-01"));
  EXPECT_FALSE(caller->is_operator());
  EXPECT_EQ(caller->certificate()->certificate.serial, issued.serial);
}

TEST_F(AuthenticatorTest, TheProfileGrantsTheRole) {
  EXPECT_TRUE(by_certificate(pem(issue("alice", "operator", "alice.ops.test")))->is_operator());
}

TEST_F(AuthenticatorTest, Garbage) {
  const std::string good = pem(issue("web-01", "service", "web.svc.test"));
  for (const std::string& text :
       {std::string("garbage"), std::string(1, '\0'), good + good, good.substr(0, good.size() / 2),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + std::string(),
        test::make_request_pem(test::make_key(), {"web.svc.test"})}) {
    EXPECT_EQ(refusal(by_certificate(text)), "client_certificate.malformed");
  }
}

TEST_F(AuthenticatorTest, ValidityIsInclusiveAtBothEnds) {
  const auto issued = issue("web-01", "service", "web.svc.test");
  clock.set(issued.not_after);
  EXPECT_TRUE(by_certificate(pem(issued)));
  clock.set(issued.not_after + Seconds(1));
  EXPECT_EQ(refusal(by_certificate(pem(issued))), "client_certificate.expired");
  clock.set(issued.not_before);
  EXPECT_TRUE(by_certificate(pem(issued)));
  clock.set(issued.not_before - Seconds(1));
  EXPECT_EQ(refusal(by_certificate(pem(issued))), "client_certificate.not_yet_valid");
}

TEST_F(AuthenticatorTest, ExpiryIsNotRemembered) {
  const auto issued = issue("web-01", "service", "web.svc.test");
  ASSERT_TRUE(by_certificate(pem(issued)));  // now its chain is remembered
  clock.set(issued.not_after + Seconds(1));
  EXPECT_EQ(refusal(by_certificate(pem(issued))), "client_certificate.expired");
}

TEST_F(AuthenticatorTest, RevocationTakesEffectAtOnce) {
  const auto issued = issue("web-01", "service", "web.svc.test");
  ASSERT_TRUE(by_certificate(pem(issued)));
  ASSERT_TRUE(authority->revoke(issued.serial, 1, Identity("alice"), RequestId("r")));
  EXPECT_EQ(refusal(by_certificate(pem(issued))), "client_certificate.revoked");
}

TEST_F(AuthenticatorTest, AnotherCaOfTheSameName) {
  const auto other_root = test::make_root();
  const auto other = test::make_intermediate(other_root);
  ASSERT_EQ(other.certificate.subject_text(), intermediate.certificate.subject_text());
  const auto leaf = test::make_leaf(other, {.names = {"web.svc.test"}});
  EXPECT_EQ(refusal(by_certificate(leaf.certificate.to_pem())), "client_certificate.other_ca");
}

TEST_F(AuthenticatorTest, AnotherCaOfAnotherName) {
  const auto other = test::make_intermediate(root, test::test_time(), "Other Intermediate");
  const auto leaf = test::make_leaf(other, {.names = {"web.svc.test"}});
  EXPECT_EQ(refusal(by_certificate(leaf.certificate.to_pem())), "client_certificate.other_ca");
}

TEST_F(AuthenticatorTest, TheCasOwnCertificatesAreNoClients) {
  EXPECT_EQ(refusal(by_certificate(intermediate.certificate.to_pem())), "client_certificate.other_ca");
  EXPECT_EQ(refusal(by_certificate(root.certificate.to_pem())), "client_certificate.other_ca");
}

TEST_F(AuthenticatorTest, SignedByThisCaButNeverRecorded) {
  const auto leaf = test::make_leaf(intermediate, {.names = {"web.svc.test"}});
  EXPECT_EQ(refusal(by_certificate(leaf.certificate.to_pem())), "client_certificate.unknown");
}

TEST_F(AuthenticatorTest, TheRecordIsOfAnotherCertificateWithThisSerial) {
  const auto leaf = test::make_leaf(intermediate, {.names = {"web.svc.test"}});
  record(leaf.certificate, store::Digest{1, 2, 3});
  EXPECT_EQ(refusal(by_certificate(leaf.certificate.to_pem())), "client_certificate.fingerprint");
}

TEST_F(AuthenticatorTest, TheRecordIsTheCertificate) {
  const auto leaf = test::make_leaf(intermediate, {.names = {"web.svc.test"}});
  record(leaf.certificate, leaf.certificate.fingerprint());
  EXPECT_EQ(refusal(by_certificate(leaf.certificate.to_pem())), "accepted");
}

TEST_F(AuthenticatorTest, AnIssuanceThatNeverCompletedIsUnknown) {
  const auto leaf = test::make_leaf(intermediate, {.names = {"web.svc.test"}});
  const std::string serial = leaf.certificate.serial().to_string();
  const store::AuditDraft audit{
      .at = clock.now(), .event_type = "test", .actor = Identity("t"), .subject = serial, .fields = "{}"};
  must_do(store->begin_issuance({.serial = serial, .identity = Identity("web-01"), .created_at = clock.now()},
                                audit));
  EXPECT_EQ(refusal(by_certificate(leaf.certificate.to_pem())), "client_certificate.unknown");
  must_do(store->abandon_issuance(serial, audit));
  EXPECT_EQ(refusal(by_certificate(leaf.certificate.to_pem())), "client_certificate.unknown");
}

TEST_F(AuthenticatorTest, AServerCertificateIsNoClientCertificate) {
  EXPECT_EQ(refusal(by_certificate(pem(issue("front", "front", "a.front.test")))),
            "client_certificate.chain");
}

TEST_F(AuthenticatorTest, AnIntermediateUnderAnotherRootIsNotTrusted) {
  const Authenticator elsewhere(*authority, *store, {test::make_root().certificate}, {}, clock);
  const auto issued = issue("web-01", "service", "web.svc.test");
  EXPECT_EQ(refusal(elsewhere.authenticate({.authorization = "", .certificate_pem = pem(issued)})),
            "client_certificate.chain");
}

TEST_F(AuthenticatorTest, AfterARolloverLeavesOfThePreviousIssuerStillAuthenticate) {
  const std::string before = pem(issue("web-01", "service", "web.svc.test"));
  const test::CertifiedKey next = test::make_intermediate(root);
  authority::Authority successor(
      {.profiles = authority->profiles(),
       .issuer = must(issuance::Issuer::create(next.certificate, next.signer(), {.cross_check = false}))},
      *store, clock, random, observer);
  const Authenticator forgetful(successor, *store, {root.certificate}, {}, clock);
  const Authenticator knowing(successor, *store, {root.certificate}, {intermediate.certificate}, clock);
  const Credentials credentials{.authorization = "", .certificate_pem = before};
  EXPECT_EQ(refusal(forgetful.authenticate(credentials)), "client_certificate.other_ca");
  const auto caller = knowing.authenticate(credentials);
  ASSERT_TRUE(caller) << caller.error().message;
  EXPECT_EQ(caller->identity(), Identity("web-01"));
}

TEST_F(AuthenticatorTest, ASiblingOfACertificateWithACompromisedKeyIsRefused) {
  const crypto::PrivateKey key = test::make_key();
  const auto issue_with_key = [&] {
    return must(authority->issue(
                    test::Voucher::for_other("web-01", "service", test::make_request(key, {"web.svc.test"}))))
        .record();
  };
  const auto first = issue_with_key();
  const auto second = issue_with_key();
  EXPECT_TRUE(by_certificate(pem(second)));
  ASSERT_TRUE(authority->revoke(first.serial, store::key_compromise, Identity("alice"), RequestId("r")));
  EXPECT_EQ(refusal(by_certificate(pem(second))), "client_certificate.key_compromised");
}

TEST_F(AuthenticatorTest, AnIssuerThatHasEndedEndsWhatItIssuedEvenOnceVerified) {
  const auto outliving = test::make_leaf(intermediate, {.lifetime = Seconds(6LL * 366 * 86400)}).certificate;
  record(outliving, outliving.fingerprint());
  const auto before = by_certificate(outliving.to_pem());
  ASSERT_TRUE(before) << before.error().message;
  clock.advance(Seconds(5LL * 366 * 86400));
  EXPECT_EQ(refusal(by_certificate(outliving.to_pem())), "client_certificate.issuer_ended");
}

TEST_F(AuthenticatorTest, ATokenIsItsIdentityButNeverARole) {
  const auto enrollment = must(authority->enroll({.actor = Identity("alice"),
                                                  .identity = Identity("bob"),
                                                  .profile = ProfileName("operator"),
                                                  .names = test::dns_names({"bob.ops.test"}),
                                                  .uses = 1,
                                                  .lifetime = Seconds(60),
                                                  .request_id = RequestId("r")}));
  const std::string header = "Bearer " + std::string(as_text(enrollment.token.reveal()));
  const auto caller = by_token(header);
  ASSERT_TRUE(caller) << caller.error().message;
  EXPECT_EQ(caller->kind(), CallerKind::token);
  EXPECT_EQ(caller->identity(), Identity("bob"));
  EXPECT_FALSE(caller->is_operator());
  clock.advance(Seconds(60));
  EXPECT_EQ(refusal(by_token(header)), "token.expired");
}

TEST_F(AuthenticatorTest, WrongTokensAndSchemes) {
  for (const std::string& header :
       {std::string("Bearer "), std::string("Bearer chet_x"), "Bearer " + std::string(257, 'a')}) {
    EXPECT_EQ(refusal(by_token(header)), "token.unknown") << header;
  }
  for (const char* header : {"Basic dTpw", "bearer x", "Bearer", "chet_x"}) {
    EXPECT_EQ(refusal(by_token(header)), "authorization.scheme") << header;
  }
}

TEST_F(AuthenticatorTest, ABadTokenIsNotRescuedByAGoodCertificate) {
  const auto issued = issue("alice", "operator", "alice.ops.test");
  const std::string text = pem(issued);
  EXPECT_EQ(refusal(authenticator->authenticate({.authorization = "Bearer wrong", .certificate_pem = text})),
            "token.unknown");
}

TEST(VerifiedCertificatesTest, HoldsAtMostItsCapacity) {
  const VerifiedChain chain{test::make_root().certificate, test::test_time()};
  VerifiedCertificates verified(2);
  const auto key = [](std::uint8_t n) { return crypto::Sha256Digest{n}; };
  verified.add(key(1), chain);
  verified.add(key(2), chain);
  verified.add(key(2), chain);
  EXPECT_TRUE(verified.find(key(1)));
  EXPECT_TRUE(verified.find(key(2)));
  verified.add(key(3), chain);
  EXPECT_EQ(verified.size(), 2U);
  EXPECT_TRUE(verified.find(key(3)));
  EXPECT_FALSE(verified.find(key(4)));
}

}  // namespace
}  // namespace chancery::identity
