// Contract: whose key it is, and who may ask, is decided when an issuance begins.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

class StoreKeys : public StoreContract {
 protected:
  // A second issuance with the key of number 1.
  static Intent same_key(int number) {
    Intent intent = make_intent(number);
    intent.spki_hash = digest_of(1);
    intent.identity = make_intent(1).identity;
    return intent;
  }
};
FOR_EVERY_STORE(StoreKeys);

TEST_P(StoreKeys, AnIdentityMayUseItsKeyAgainUnlessAFreshOneIsDemanded) {
  issue(1);
  Intent again = same_key(2);
  EXPECT_OK(begin(again));
  again.serial = serial_of(3);
  again.fresh_key = true;
  EXPECT_CODE(begin(again), conflict);
  EXPECT_FALSE(store_->find_status(serial_of(3)).value().has_value());
}

TEST_P(StoreKeys, AnotherIdentitysKeyIsRefusedOnceCertifiedAndWhileOpen) {
  issue(1);
  Intent stolen = same_key(2);
  stolen.identity = Identity("thief");
  EXPECT_CODE(begin(stolen), conflict);

  EXPECT_OK(begin(make_intent(5)));
  Intent raced = make_intent(6);
  raced.spki_hash = digest_of(5);
  EXPECT_CODE(begin(raced), conflict);
  EXPECT_OK(abandon(serial_of(5)));
  EXPECT_OK(begin(raced));
}

TEST_P(StoreKeys, AFreshKeyIsNotFreshWhileAnotherIssuanceHasIt) {
  EXPECT_OK(begin(make_intent(1)));
  Intent twin = same_key(2);
  twin.fresh_key = true;
  EXPECT_CODE(begin(twin), conflict);
}

TEST_P(StoreKeys, OfManyAtOnceWithOneFreshKeyExactlyOneBegins) {
  constexpr int many = 16;
  std::atomic<int> begun{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 1; i <= many; ++i) {
      threads.emplace_back([&, i] {
        Intent intent = same_key(i);
        intent.fresh_key = true;
        if (begin(intent)) ++begun;
      });
    }
  }
  EXPECT_EQ(begun, 1);
}

TEST_P(StoreKeys, AKeyRevokedForCompromiseIsNeverCertifiedAgain) {
  issue(1);
  issue(2);
  EXPECT_OK(revoke(serial_of(1), key_compromise));
  EXPECT_OK(revoke(serial_of(2), 4));
  EXPECT_CODE(begin(same_key(3)), forbidden);
  EXPECT_CODE(store_->check_key(digest_of(1), make_intent(1).identity, false), forbidden);
  Intent superseded = make_intent(4);
  superseded.spki_hash = digest_of(2);
  superseded.identity = make_intent(2).identity;
  EXPECT_OK(begin(superseded));
}

// Its signature may exist, though nobody has ever seen it.
TEST_P(StoreKeys, TheKeyOfAnAbandonedSerialIsBarredToo) {
  EXPECT_OK(begin(make_intent(1)));
  EXPECT_OK(abandon(serial_of(1)));
  EXPECT_OK(begin(same_key(2)));
  EXPECT_OK(abandon(serial_of(2)));
  EXPECT_OK(revoke(serial_of(1), 4));
  EXPECT_OK(store_->check_key(digest_of(1), make_intent(1).identity, false));
  EXPECT_OK(store_->revoke(serial_of(1), start, key_compromise, event("certificate.revoked", serial_of(1)),
                           message("certificate.revoked")));
  EXPECT_CODE(store_->check_key(digest_of(1), make_intent(1).identity, false), forbidden);
  EXPECT_CODE(begin(same_key(3)), forbidden);
}

TEST_P(StoreKeys, TheKeyOfAnAbandonedSerialIsBarredWithItsLineage) {
  EXPECT_OK(begin(make_intent(1)));
  EXPECT_OK(abandon(serial_of(1)));
  const auto notice = [](const std::string& serial) {
    return RevocationNotice{event("certificate.revoked", serial), message("certificate.revoked")};
  };
  EXPECT_OK(store_->revoke_lineage(serial_of(1), start, key_compromise, notice));
  EXPECT_CODE(begin(same_key(2)), forbidden);
}

TEST_P(StoreKeys, WhoeverRevokesFirstDoesNotKeepTheKeyFromBeingBarred) {
  issue(1);
  EXPECT_OK(revoke(serial_of(1), 4));
  EXPECT_OK(store_->revoke(serial_of(1), start + Seconds(50), key_compromise,
                           event("certificate.revoked", serial_of(1)), message("certificate.revoked")));
  EXPECT_CODE(begin(same_key(2)), forbidden);
  const StatusRecord status = store_->find_status(serial_of(1)).value().value();
  EXPECT_EQ(status.reason, key_compromise);
  EXPECT_EQ(status.revoked_at, start + Seconds(9));
  EXPECT_THAT(audit_types(), testing::ElementsAre("issuance.intent", "certificate.issued",
                                                  "certificate.revoked", "certificate.revoked"));
  EXPECT_EQ(store_->count_expiring(start, {Seconds(1'000'000'000)}).value().at(0), 0);
  EXPECT_CODE(revoke(serial_of(1), key_compromise), conflict);
  EXPECT_CODE(revoke(serial_of(1), 4), conflict);
}

TEST_P(StoreKeys, ACertificateWhoseKeyWasCompromisedUnderAnotherSerialMayNotAsk) {
  issue(1);
  EXPECT_OK(begin(same_key(2)));
  CertificateRecord sibling = make_certificate(2);
  sibling.identity = make_intent(1).identity;
  sibling.spki_hash = digest_of(1);
  EXPECT_OK(complete(sibling));
  EXPECT_OK(revoke(serial_of(1), key_compromise));
  Intent fresh = make_intent(3);
  fresh.authorised_by = serial_of(2);
  EXPECT_CODE(begin(fresh), forbidden);
}

TEST_P(StoreKeys, AKeyCompromisedWhileItIsBeingCertifiedIsNotRecorded) {
  EXPECT_OK(begin(make_intent(1)));
  EXPECT_OK(begin(same_key(2)));
  EXPECT_OK(revoke(serial_of(1), key_compromise));  // an open intent's key is barred too
  CertificateRecord second = make_certificate(2);
  second.identity = make_intent(1).identity;
  second.spki_hash = digest_of(1);
  EXPECT_CODE(complete(second), forbidden);
  EXPECT_EQ(store_->find_status(serial_of(2)).value().value().status, Status::unrecorded);
}

TEST_P(StoreKeys, TheCertificateThatAsksMustBeValid) {
  issue(1);
  Intent intent = make_intent(2);
  intent.authorised_by = serial_of(1);
  EXPECT_OK(begin(intent));
  EXPECT_OK(revoke(serial_of(1), 4));
  intent = make_intent(3);
  intent.authorised_by = serial_of(1);
  EXPECT_CODE(begin(intent), forbidden);
  intent.authorised_by = serial_of(9);
  EXPECT_CODE(begin(intent), forbidden);
  intent.authorised_by = serial_of(2);  // an intent is no certificate
  EXPECT_CODE(begin(intent), forbidden);
  EXPECT_FALSE(store_->find_status(serial_of(3)).value().has_value());
}

TEST_P(StoreKeys, AdviceSaysWhatTheCommitWouldSay) {
  EXPECT_OK(store_->check_key(digest_of(1), Identity("node-1"), true));
  issue(1);
  EXPECT_OK(store_->check_key(digest_of(1), Identity("node-1"), false));
  EXPECT_CODE(store_->check_key(digest_of(1), Identity("node-1"), true), conflict);
  EXPECT_CODE(store_->check_key(digest_of(1), Identity("node-2"), false), conflict);
}

}  // namespace
}  // namespace chancery::store::test
