// Contract: intents, certificates, status.
#include <gmock/gmock.h>

#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StoreIssuance : public StoreContract {};
FOR_EVERY_STORE(StoreIssuance);

TEST_P(StoreIssuance, KeepsEveryMemberOfAnIntent) {
  Intent intent = make_intent(1);
  intent.token_hash = digest_of(50);
  intent.idempotency_key = "key-1";
  EXPECT_OK(add(make_token(50)));
  EXPECT_OK(begin(intent));

  const std::vector<Intent> open = store_->open_intents().value();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].serial, intent.serial);
  EXPECT_EQ(open[0].tbs_hash, intent.tbs_hash);
  EXPECT_EQ(open[0].request_hash, intent.request_hash);
  EXPECT_EQ(open[0].spki_hash, intent.spki_hash);
  EXPECT_EQ(open[0].identity, intent.identity);
  EXPECT_EQ(open[0].profile, intent.profile);
  EXPECT_EQ(open[0].request_id, intent.request_id);
  EXPECT_EQ(open[0].created_at, intent.created_at);
  EXPECT_EQ(open[0].token_hash, intent.token_hash);
  EXPECT_EQ(open[0].idempotency_key, "key-1");
}

TEST_P(StoreIssuance, KeepsEveryMemberOfACertificate) {
  CertificateRecord issued = make_certificate(1);
  issued.renewed_from = serial_of(90);
  issued.lineage = serial_of(89);
  issued.idempotency_key = "key-1";
  issued.names = {"dns:b.example", "dns:a.example", "uri:x,5:y,"};
  issue(issued);

  const CertificateRow row = store_->find_certificate(issued.serial).value().value();
  const CertificateRecord& found = row.certificate;
  EXPECT_EQ(found.serial, issued.serial);
  EXPECT_EQ(found.der, issued.der);
  EXPECT_EQ(found.fingerprint, issued.fingerprint);
  EXPECT_EQ(found.spki_hash, issued.spki_hash);
  EXPECT_EQ(found.request_hash, issued.request_hash);
  EXPECT_EQ(found.not_before, issued.not_before);
  EXPECT_EQ(found.not_after, issued.not_after);
  EXPECT_EQ(found.renew_after, issued.renew_after);
  EXPECT_EQ(found.issued_at, issued.issued_at);
  EXPECT_EQ(found.identity, issued.identity);
  EXPECT_EQ(found.profile, issued.profile);
  EXPECT_EQ(found.profile_hash, issued.profile_hash);
  EXPECT_EQ(found.subject, issued.subject);
  EXPECT_EQ(found.names, issued.names);
  EXPECT_EQ(found.renewed_from, issued.renewed_from);
  EXPECT_EQ(found.lineage, issued.lineage);
  EXPECT_EQ(found.idempotency_key, issued.idempotency_key);
  EXPECT_EQ(found.request_id, issued.request_id);
  EXPECT_EQ(row.status.serial, issued.serial);
  EXPECT_EQ(row.status.status, Status::valid);
  EXPECT_FALSE(row.status.revoked_at.has_value());
  EXPECT_EQ(row.status.reason, 0);
}

TEST_P(StoreIssuance, AcceptsEmptyTextsAndANameTwice) {
  CertificateRecord issued = make_certificate(1);
  issued.der.clear();
  issued.subject.clear();
  issued.names = {"dns:a.example", "dns:a.example"};
  issue(issued);
  const CertificateRow row = store_->find_certificate(issued.serial).value().value();
  EXPECT_TRUE(row.certificate.der.empty());
  EXPECT_EQ(row.certificate.names, issued.names);
}

TEST_P(StoreIssuance, ASerialIsUnrecordedUntilItsCertificateIs) {
  EXPECT_OK(begin(make_intent(1)));
  EXPECT_EQ(store_->find_status(serial_of(1)).value().value().status, Status::unrecorded);
  EXPECT_FALSE(store_->find_certificate(serial_of(1)).value().has_value());
  EXPECT_OK(complete(make_certificate(1)));
  EXPECT_EQ(store_->find_status(serial_of(1)).value().value().status, Status::valid);
  EXPECT_THAT(store_->open_intents().value(), IsEmpty());
}

TEST_P(StoreIssuance, AnAbandonedSerialStaysUnrecordedAndCanBeRevoked) {
  EXPECT_OK(begin(make_intent(1)));
  EXPECT_OK(abandon(serial_of(1)));
  EXPECT_THAT(store_->open_intents().value(), IsEmpty());
  EXPECT_EQ(store_->find_status(serial_of(1)).value().value().status, Status::unrecorded);
  EXPECT_OK(revoke(serial_of(1)));
  EXPECT_EQ(store_->find_status(serial_of(1)).value().value().status, Status::revoked);
}

TEST_P(StoreIssuance, RefusesAKnownSerial) {
  issue(1);
  EXPECT_CODE(begin(make_intent(1)), conflict);
  EXPECT_OK(begin(make_intent(2)));
  EXPECT_CODE(begin(make_intent(2)), conflict);
  EXPECT_OK(abandon(serial_of(2)));
  EXPECT_CODE(begin(make_intent(2)), conflict);
}

TEST_P(StoreIssuance, RefusesToEndWhatIsNotOpen) {
  EXPECT_CODE(complete(make_certificate(1)), conflict);
  EXPECT_CODE(abandon(serial_of(1)), conflict);
  issue(2);
  EXPECT_CODE(complete(make_certificate(2)), conflict);
  EXPECT_CODE(abandon(serial_of(2)), conflict);
  EXPECT_OK(begin(make_intent(3)));
  EXPECT_OK(abandon(serial_of(3)));
  EXPECT_CODE(complete(make_certificate(3)), conflict);
}

TEST_P(StoreIssuance, RefusesACertificateThatIsNotTheIntents) {
  EXPECT_OK(begin(make_intent(1)));
  CertificateRecord other_identity = make_certificate(1);
  other_identity.identity = Identity("mallory");
  EXPECT_CODE(complete(other_identity), conflict);
  CertificateRecord other_key = make_certificate(1);
  other_key.idempotency_key = "another";
  EXPECT_CODE(complete(other_key), conflict);
  EXPECT_OK(complete(make_certificate(1)));
}

TEST_P(StoreIssuance, WhatIsRevokedBeforeItIsRecordedNeverBecomesValid) {
  EXPECT_OK(begin(make_intent(1)));
  EXPECT_OK(revoke(serial_of(1)));
  EXPECT_CODE(complete(make_certificate(1)), conflict);
  EXPECT_OK(abandon(serial_of(1)));
  EXPECT_EQ(store_->find_status(serial_of(1)).value().value().status, Status::revoked);
  EXPECT_FALSE(store_->find_certificate(serial_of(1)).value().has_value());
}

TEST_P(StoreIssuance, ARefusalLeavesNoTrace) {
  issue(1);
  const std::size_t entries = audit_types().size();
  EXPECT_CODE(begin(make_intent(1)), conflict);
  EXPECT_CODE(complete(make_certificate(1)), conflict);
  EXPECT_CODE(abandon(serial_of(1)), conflict);
  EXPECT_CODE(revoke(serial_of(9)), not_found);
  EXPECT_EQ(audit_types().size(), entries);
  EXPECT_EQ(store_->read_outbox(100).value().size(), 1U);
}

TEST_P(StoreIssuance, RevokesOnce) {
  issue(1);
  EXPECT_OK(revoke(serial_of(1), 4));
  const StatusRecord status = store_->find_status(serial_of(1)).value().value();
  EXPECT_EQ(status.status, Status::revoked);
  EXPECT_EQ(status.revoked_at, start + Seconds(9));
  EXPECT_EQ(status.reason, 4);
  EXPECT_CODE(revoke(serial_of(1), 5), conflict);
  EXPECT_CODE(revoke(serial_of(2)), not_found);
  EXPECT_EQ(store_->find_certificate(serial_of(1)).value().value().status.status, Status::revoked);
}

// Vault CVE-2021-29653: whatever else is asked of the store, what is revoked stays revoked, as it was.
TEST_P(StoreIssuance, NothingTakesARevocationBack) {
  issue(1);
  EXPECT_OK(revoke(serial_of(1), 4));
  EXPECT_CODE(revoke(serial_of(1), 0), conflict);
  EXPECT_CODE(begin(make_intent(1)), conflict);
  EXPECT_CODE(complete(make_certificate(1)), conflict);
  EXPECT_CODE(abandon(serial_of(1)), conflict);
  issue(2);
  EXPECT_OK(store_->acknowledge_outbox(1000));
  const CertificateRow row = store_->find_certificate(serial_of(1)).value().value();
  EXPECT_EQ(row.status.status, Status::revoked);
  EXPECT_EQ(row.status.reason, 4);
  EXPECT_EQ(row.status.revoked_at, start + Seconds(9));
  EXPECT_EQ(store_->list_certificates({.status = Status::revoked}, "", 10).value().rows.size(), 1U);
}

TEST_P(StoreIssuance, FindsByIdempotencyKeyOfTheSameIdentityOnly) {
  CertificateRecord issued = make_certificate(1);
  issued.idempotency_key = "key-1";
  issue(issued);
  issue(2);
  const auto found = store_->find_by_idempotency_key(issued.identity, "key-1").value();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->certificate.serial, issued.serial);
  EXPECT_FALSE(store_->find_by_idempotency_key(Identity("node-2"), "key-1").value().has_value());
  EXPECT_FALSE(store_->find_by_idempotency_key(issued.identity, "key-2").value().has_value());
  EXPECT_FALSE(store_->find_by_idempotency_key(Identity("node-2"), "").value().has_value());
}

TEST_P(StoreIssuance, AnIdempotencyKeyIsTakenWhileOpenAndOnceRecordedAndFreeWhenAbandoned) {
  Intent intent = make_intent(1);
  intent.idempotency_key = "key-1";
  EXPECT_OK(begin(intent));
  intent.serial = serial_of(2);
  EXPECT_CODE(begin(intent), unavailable);
  Intent another = intent;
  another.request_hash = digest_of(77);
  EXPECT_CODE(begin(another), conflict);
  EXPECT_OK(abandon(serial_of(1)));
  EXPECT_OK(begin(intent));
  CertificateRecord issued = make_certificate(2);
  issued.identity = intent.identity;
  issued.idempotency_key = "key-1";
  EXPECT_OK(complete(issued));
  intent.serial = serial_of(3);
  EXPECT_CODE(begin(intent), conflict);
  intent.identity = Identity("someone-else");
  intent.spki_hash = digest_of(3);
  EXPECT_OK(begin(intent));
}

TEST_P(StoreIssuance, KnowsNothingOfOtherSerials) {
  EXPECT_FALSE(store_->find_certificate("").value().has_value());
  EXPECT_FALSE(store_->find_certificate("4f' OR 1=1 --").value().has_value());
  EXPECT_FALSE(store_->find_status(serial_of(1)).value().has_value());
}

TEST_P(StoreIssuance, CanBeWritten) {
  EXPECT_OK(store_->check_writable());
  EXPECT_OK(store_->check_writable());
  EXPECT_THAT(audit_types(), IsEmpty());
}

}  // namespace
}  // namespace chancery::store::test
