// Contract: what the records have of requests for approval and what the log says of them are joined both
// ways, over every store; and SQLite's can be edited.
#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "ca/audit/reconcile.h"
#include "ca/base/bytes.h"
#include "tests/contract/request_contract.h"

namespace chancery::store::test {
namespace {

using audit::Disagreement;
using audit::Reconciliation;
using nlohmann::json;
using testing::IsEmpty;

AuditDraft entry(const std::string& type, const std::string& actor, const std::string& subject,
                 const json& fields) {
  return {
      .at = start, .event_type = type, .actor = Identity(actor), .subject = subject, .fields = fields.dump()};
}

AuditDraft created(const ApprovalRequest& request) {
  return entry("request.created", request.actor.text(), request.id,
               {{"authorised_by", request.authorised_by},
                {"identity", request.identity.text()},
                {"profile", request.profile.text()},
                {"renews", request.renews},
                {"request_hash", to_hex(request.request_hash)},
                {"required", request.required},
                {"spki_hash", to_hex(request.spki_hash)}});
}

// One request of each kind; the first six entries are those of the three certificates.
class ReconcileRequests : public RequestContract {
 protected:
  void fill() {
    add(make_request(11));  // 7
    approve(11);            // 8
    issue(11);              // 9, 10
    add(make_request(12));  // 11
    end(12, RequestState::rejected, "node-2", serial_of(first_approver));
    add(make_request(13));  // 13
    end(13, RequestState::cancelled, "node-1", serial_of(asker));
    add(make_request(14));  // 15
    end(14, RequestState::expired, "system", "", Seconds(100));
    add(make_request(15, 2));  // 17
    approve(15);               // 18
    EXPECT_OK(RequestContract::add(make_token(5, 1)));
    add(by_token(16, 5));  // 20
    EXPECT_OK(store_->withdraw_token(
        digest_of(5), start, Identity("alice"),
        entry("enrollment.withdrawn", "alice", "node-1", {{"token_hash", to_hex(digest_of(5))}})));
    add(make_request(17));  // 22
    approve(17);            // 23
    end(17, RequestState::refused, "system", "");
    add(make_request(18));  // 25
    approve(18);            // 26
  }

  void add(const ApprovalRequest& request) { EXPECT_OK(store_->add_request(request, {}, created(request))); }
  void approve(int number) {
    EXPECT_OK(store_->approve_request(
        id_of(number), {Identity("node-2"), serial_of(first_approver), start + Seconds(1)}, 1,
        entry("request.approved", "node-2", id_of(number), {{"serial", serial_of(first_approver)}})));
  }
  void end(int number, RequestState state, const std::string& by, const std::string& serial,
           Seconds after = Seconds(1)) {
    const std::string type = "request." + std::string(to_string(state));
    EXPECT_OK(store_->end_request(id_of(number), {state, start + after, Identity(by), serial, "because"},
                                  entry(type, by, id_of(number), {{"serial", serial}})));
  }
  void issue(int number) {
    const Intent intent = answer_to(request(number), number);
    EXPECT_OK(store_->begin_issuance(
        intent, entry("issuance.intent", "node-1", intent.serial,
                      {{"approval", intent.approval}, {"spki_hash", to_hex(intent.spki_hash)}})));
    CertificateRecord certificate = certificate_of(intent, number);
    certificate.approvers = {"node-2"};
    EXPECT_OK(store_->complete_issuance(
        certificate,
        entry("certificate.issued", "node-1", certificate.serial,
              {{"approvers", certificate.approvers}, {"fingerprint", to_hex(certificate.fingerprint)}}),
        message("m")));
  }

  // "kind request sequence"; what is said of the three certificates' own entries is another suite's.
  std::vector<std::string> differences() {
    const Reconciliation result = audit::reconcile(*store_, {}, start, {}).value();
    std::vector<std::string> list;
    for (const audit::Difference& difference : result.differences) {
      if (difference.request.empty() && difference.kind != Disagreement::approvers) continue;
      list.push_back(std::string(audit::to_string(difference.kind)) + " " + difference.request + " " +
                     std::to_string(difference.sequence));
    }
    return list;
  }
};
FOR_EVERY_STORE(ReconcileRequests);

TEST_P(ReconcileRequests, WhatBelongsTogetherAgrees) {
  fill();
  EXPECT_THAT(differences(), IsEmpty());
  const Reconciliation result = audit::reconcile(*store_, {}, start, {}).value();
  EXPECT_EQ(result.requests, 8);
  EXPECT_EQ(result.approvals, 4);
  EXPECT_EQ(result.entries, 26);
}

struct Edit {
  std::string sql;
  std::vector<std::string> findings;
};

const std::map<std::string, Edit> edits{
    {"AnApprovalPutIn",
     {"INSERT INTO request_approvals SELECT number, 'node-3', 'aa', 1 FROM requests WHERE id = 'id-15'",
      {"approval_without_entry id-15 17"}}},
    {"AnApprovalTakenOut",
     {"DELETE FROM request_approvals WHERE request = (SELECT number FROM requests WHERE id = 'id-15')",
      {"entry_without_approval id-15 18"}}},
    {"AnotherApprover",
     {"UPDATE request_approvals SET approver = 'node-3' WHERE request = (SELECT number FROM requests WHERE "
      "id = 'id-15')",
      {"approval_without_entry id-15 17", "entry_without_approval id-15 18"}}},
    {"AnotherCertificateOfTheApprover",
     {"UPDATE request_approvals SET serial = 'aa' WHERE request = (SELECT number FROM requests WHERE id = "
      "'id-15')",
      {"approval_without_entry id-15 17", "entry_without_approval id-15 18"}}},
    {"TheEntryOfAnApprovalTakenOut",
     {"DELETE FROM audit WHERE sequence = 18", {"approval_without_entry id-15 17"}}},
    {"CalledApproved",
     {"UPDATE requests SET state = 1 WHERE id = 'id-15'", {"approval_without_entry id-15 17"}}},
    {"FewerApprovalsWanted",
     {"UPDATE requests SET state = 1, required = 1 WHERE id = 'id-15'", {"request_terms id-15 17"}}},
    {"ForAnotherIdentity",
     {"UPDATE requests SET identity = 'node-9' WHERE id = 'id-15'", {"request_terms id-15 17"}}},
    {"AskedByAnother",
     {"UPDATE requests SET actor = 'node-9' WHERE id = 'id-15'", {"request_terms id-15 17"}}},
    {"AnotherKey",
     {"UPDATE requests SET spki_hash = zeroblob(32) WHERE id = 'id-15'", {"request_terms id-15 17"}}},
    {"ACertificateForAnotherKey",
     {"UPDATE requests SET spki_hash = zeroblob(32) WHERE id = 'id-11'",
      {"request_terms id-11 7", "request_terms id-11 9"}}},
    {"ARequestTakenOut",
     {"DELETE FROM request_approvals; DELETE FROM requests WHERE id = 'id-15'; "
      "DELETE FROM requests WHERE id IN ('id-11', 'id-17', 'id-18')",
      {"entry_without_request id-11 7", "entry_without_request id-11 8", "entry_without_request id-11 9",
       "entry_without_request id-15 17", "entry_without_request id-15 18", "entry_without_request id-17 22",
       "entry_without_request id-17 23", "entry_without_request id-17 24", "entry_without_request id-18 25",
       "entry_without_request id-18 26"}}},
    {"ARequestThatNobodyAnnounced",
     {"DELETE FROM audit WHERE sequence = 11", {"request_without_entry id-12 0"}}},
    {"ARejectionTakenBack",
     {"UPDATE requests SET state = 0, ended_by = '' WHERE id = 'id-12'", {"request_end id-12 12"}}},
    {"ARejectionByAnother",
     {"UPDATE requests SET ended_by = 'node-3' WHERE id = 'id-12'", {"request_end id-12 12"}}},
    {"ARejectionWithoutEntry", {"DELETE FROM audit WHERE sequence = 12", {"request_end id-12 0"}}},
    {"ACancellationTakenBack",
     {"UPDATE requests SET state = 0 WHERE id = 'id-13'", {"request_end id-13 14"}}},
    {"ACancellationWithoutEntry",
     {"UPDATE requests SET state = 6 WHERE id = 'id-15'", {"request_end id-15 0"}}},
    {"AnExpiryTakenBack", {"UPDATE requests SET state = 0 WHERE id = 'id-14'", {"request_end id-14 16"}}},
    {"ARefusalTakenBack", {"UPDATE requests SET state = 1 WHERE id = 'id-17'", {"request_end id-17 24"}}},
    {"ARefusalCalledRejection",
     {"UPDATE requests SET state = 3 WHERE id = 'id-17'", {"request_end id-17 24"}}},
    {"OneThatWaitsOnAWithdrawnToken",
     {"UPDATE requests SET state = 0 WHERE id = 'id-16'", {"request_end id-16 21"}}},
    {"CancelledWithATokenThatNobodyWithdrew",
     {"DELETE FROM audit WHERE sequence = 21", {"request_end id-16 0"}}},
    {"IssuedAsAnotherCertificate",
     {"UPDATE requests SET serial = 'aa' WHERE id = 'id-11'", {"request_end id-11 10"}}},
    {"IssuedWithoutCertificate",
     {"UPDATE requests SET state = 2, serial = 'aa' WHERE id = 'id-18'", {"request_end id-18 0"}}},
    {"AnIssuedOneOpenAgain",
     {"UPDATE requests SET state = 1, serial = '' WHERE id = 'id-11'", {"request_end id-11 10"}}},
    {"OtherApproversOfACertificate",
     {"UPDATE certificates SET approvers = '6:node-3,' WHERE log_sequence = 10", {"approvers  10"}}},
};

std::vector<std::string> names_of_edits() {
  std::vector<std::string> names;
  for (const auto& [name, edit] : edits) names.push_back(name);
  return names;
}

class ReconcileRequestsEdited : public ReconcileRequests {};

TEST_P(ReconcileRequestsEdited, IsNamed) {
  const Edit& edit = edits.at(GetParam());
  fill();
  SQLite::Database(directory_.file("chancery.db"), SQLite::OPEN_READWRITE).exec(edit.sql);
  std::vector<std::string> found = differences();
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, edit.findings);
}
INSTANTIATE_TEST_SUITE_P(Records, ReconcileRequestsEdited, testing::ValuesIn(names_of_edits()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace chancery::store::test
