// Contract: records, log and signature counter are joined both ways, over every store; and SQLite's can be
// edited.
#include "ca/audit/reconcile.h"

#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>

#include "ca/base/bytes.h"
#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

using audit::CountedSignatures;
using audit::Reconciliation;
using testing::ElementsAre;
using testing::IsEmpty;

AuditDraft issued(const CertificateRecord& certificate) {
  AuditDraft draft = event("certificate.issued", certificate.serial);
  draft.fields = R"({"fingerprint":")" + to_hex(certificate.fingerprint) + R"("})";
  return draft;
}

AuditDraft revoked(const std::string& serial, int reason) {
  AuditDraft draft = event("certificate.revoked", serial);
  draft.fields = R"({"reason":)" + std::to_string(reason) + "}";
  return draft;
}

// Four serials: certified, certified and revoked, abandoned, open.
void fill(Store& store) {
  for (const int number : {1, 2}) {
    EXPECT_OK(store.begin_issuance(make_intent(number), event("issuance.intent", serial_of(number))));
    EXPECT_OK(
        store.complete_issuance(make_certificate(number), issued(make_certificate(number)), message("m")));
  }
  EXPECT_OK(store.revoke(serial_of(2), start, 4, revoked(serial_of(2), 4), message("m")));
  EXPECT_OK(store.begin_issuance(make_intent(3), event("issuance.intent", serial_of(3))));
  EXPECT_OK(store.abandon_issuance(serial_of(3), event("issuance.abandoned", serial_of(3))));
  EXPECT_OK(store.begin_issuance(make_intent(4), event("issuance.intent", serial_of(4))));
}

std::vector<std::string> kinds(const Reconciliation& result) {
  std::vector<std::string> list;
  for (const audit::Difference& difference : result.differences)
    list.push_back(std::string(audit::to_string(difference.kind)) + " " +
                   std::to_string(difference.sequence));
  return list;
}

Reconciliation reconcile(Store& store, const std::optional<CountedSignatures>& counted = std::nullopt,
                         Seconds later = Seconds(600)) {
  return audit::reconcile(store, counted, start + later, {}).value();
}

class Reconcile : public StoreContract {};
FOR_EVERY_STORE(Reconcile);

TEST_P(Reconcile, WhatBelongsTogetherAgrees) {
  fill(*store_);
  const Reconciliation result = reconcile(*store_, CountedSignatures{0, 3});
  EXPECT_THAT(kinds(result), IsEmpty());
  EXPECT_EQ(result.certificates, 2);
  EXPECT_EQ(result.entries, 8);
  EXPECT_EQ(result.intents, 4);
  EXPECT_EQ(result.abandoned, 1);
  EXPECT_EQ(result.open, 1);
  EXPECT_EQ(result.signatures, 3);
}

TEST_P(Reconcile, AnIntentThatNeverEndsIsNamedAfterTenMinutes) {
  fill(*store_);
  EXPECT_THAT(kinds(reconcile(*store_, {}, Seconds(601))), ElementsAre("intent_without_end 8"));
}

TEST_P(Reconcile, SignaturesThatNobodyAnnouncedAreNamed) {
  fill(*store_);
  EXPECT_THAT(kinds(reconcile(*store_, CountedSignatures{0, 4})), IsEmpty());
  EXPECT_THAT(kinds(reconcile(*store_, CountedSignatures{0, 5})), ElementsAre("signatures 0"));
  EXPECT_THAT(kinds(reconcile(*store_, CountedSignatures{0, 1})), ElementsAre("signatures 0"));
  EXPECT_THAT(kinds(reconcile(*store_, CountedSignatures{4, 2})), IsEmpty());  // counting began later
  EXPECT_THAT(kinds(reconcile(*store_, CountedSignatures{4, 3})), ElementsAre("signatures 0"));
}

TEST_P(Reconcile, SerialsAreReadInPages) {
  fill(*store_);
  EXPECT_EQ(store_->read_serials(0, 3).value().size(), 3U);
  const std::vector<SerialRow> rest = store_->read_serials(3, 10).value();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].status.serial, serial_of(4));
  EXPECT_TRUE(rest[0].open);
  EXPECT_CODE(store_->read_serials(0, 0), validation);
  EXPECT_CODE(store_->read_serials(0, 10001), validation);
}

struct Edit {
  std::string name, sql, finding;
};
void PrintTo(const Edit& edit, std::ostream* out) {
  *out << edit.name;
}

class ReconcileEdited : public testing::TestWithParam<Edit> {};

TEST_P(ReconcileEdited, IsNamed) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("chancery.db");
  const auto store = open_sqlite(path);
  fill(*store);
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec(GetParam().sql);
  EXPECT_THAT(kinds(reconcile(*store)), ElementsAre(GetParam().finding));
}

INSTANTIATE_TEST_SUITE_P(
    Records, ReconcileEdited,
    testing::Values(
        Edit{"ACertificateTakenOut",
             "DELETE FROM certificate_names WHERE id = 1; DELETE FROM certificates WHERE id = 1",
             "entry_without_certificate 2"},
        Edit{"AnEntryTakenOut", "DELETE FROM outbox; DELETE FROM audit WHERE sequence = 2",
             "certificate_without_entry 2"},
        Edit{"AnotherFingerprint", "UPDATE certificates SET fingerprint = zeroblob(32) WHERE id = 1",
             "fingerprint 2"},
        Edit{"AnotherPlace", "UPDATE certificates SET log_sequence = 1 WHERE id = 1",
             "entry_of_another_place 2"},
        Edit{"ARevocationTakenBack",
             "UPDATE certificate_status SET status = 0, revoked_at = NULL, reason = 0 WHERE id = 2",
             "revocation 5"},
        Edit{"AnotherReason", "UPDATE certificate_status SET reason = 1 WHERE id = 2", "revocation 5"},
        Edit{"ARevocationWithoutEntry", "UPDATE certificate_status SET status = 1 WHERE id = 1",
             "revocation 0"},
        Edit{"AnIntentTakenOut", "DELETE FROM intents WHERE id = 4", "intent_without_end 8"},
        Edit{"ASerialNobodyAnnounced",
             "INSERT INTO certificate_status (serial, status, reason) VALUES ('4fff', 2, 0)",
             "serial_without_intent 0"},
        Edit{"AnUnknownSerial",
             "DELETE FROM intents WHERE id = 4; DELETE FROM certificate_status WHERE id = 4",
             "intent_without_serial 8"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace chancery::store::test
