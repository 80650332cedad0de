#include "ca/audit/reconcile_requests.h"

#include <algorithm>

#include "ca/audit/entry_fields.h"

namespace chancery::audit {
namespace {

constexpr int page = 1000;

using nlohmann::json;
using store::RequestState;

// Who asked for what, for whom: as it was when it was written down. More approvals may be wanted since.
bool same_terms(const store::ApprovalRequest& row, const store::AuditEntry& entry) {
  const json fields = fields_of(entry);
  const auto required = fields.find("required");
  return row.actor == entry.event.actor && row.identity.text() == text_of(fields, "identity") &&
         row.profile.text() == text_of(fields, "profile") &&
         row.authorised_by == text_of(fields, "authorised_by") && row.renews == text_of(fields, "renews") &&
         to_hex(row.request_hash) == text_of(fields, "request_hash") &&
         to_hex(row.spki_hash) == text_of(fields, "spki_hash") && required != fields.end() &&
         required->is_number_integer() && row.required >= required->get<int>();
}

}  // namespace

// Approvals are read after their request: one that is called approved has them all.
Result<void> RequestJoin::read_records(store::Store& store, std::int64_t settled) {
  settled_ = settled;
  std::string cursor;
  do {
    Result<store::RequestPage> found = store.list_requests({}, cursor, page);
    if (!found) return found.error();
    for (store::ApprovalRequest& row : found->requests) {
      row.csr = Bytes();
      std::string id = row.id;
      requests_[std::move(id)].row = std::move(row);
    }
    cursor = std::move(found->next_cursor);
  } while (!cursor.empty());
  return {};
}

void RequestJoin::take(const store::AuditEntry& entry) {
  const std::string& type = entry.event.event_type;
  if (type.starts_with("request.")) {
    take_of_request(entry);
  } else if (type == "issuance.intent") {
    take_intent(entry);
  } else if (type == "certificate.issued") {
    take_issued(entry);
  } else if (type == "enrollment.withdrawn") {
    withdrawals_[text_of(fields_of(entry), "token_hash")] = entry.sequence;
  }
}

// What was begun after the records were read is not known yet.
RequestJoin::Known* RequestJoin::find(const std::string& id, const store::AuditEntry& entry) {
  const auto found = requests_.find(id);
  if (found != requests_.end()) return &found->second;
  if (entry.sequence <= settled_) {
    report_(Disagreement::entry_without_request, id, entry.sequence,
            "the log has " + entry.event.event_type + ", but the records do not know the request");
  }
  return nullptr;
}

void RequestJoin::take_of_request(const store::AuditEntry& entry) {
  const std::string& type = entry.event.event_type;
  if (type == "request.approved") ++approvals_;
  Known* known = find(entry.event.subject, entry);
  if (known == nullptr) return;
  if (type == "request.created") {
    known->created = entry.sequence;
    known->same_terms = same_terms(known->row, entry);
  } else if (type == "request.approved") {
    known->approvals.push_back(
        {entry.sequence, entry.event.actor.text(), text_of(fields_of(entry), "serial")});
  } else {
    known->ended = entry.sequence;
    known->end = type.substr(std::string_view("request.").size());
    known->ended_by = entry.event.actor.text();
  }
}

void RequestJoin::take_intent(const store::AuditEntry& entry) {
  const json fields = fields_of(entry);
  const std::string id = text_of(fields, "approval");
  Known* known = id.empty() ? nullptr : find(id, entry);
  if (known == nullptr) return;
  answered_by_[entry.event.subject] = id;
  if (text_of(fields, "spki_hash") != to_hex(known->row.spki_hash)) known->other_key = entry.sequence;
}

void RequestJoin::take_issued(const store::AuditEntry& entry) {
  const auto found = answered_by_.find(entry.event.subject);
  if (found == answered_by_.end()) return;
  Known& known = requests_.at(found->second);
  known.issued = entry.sequence;
  known.issued_as = entry.event.subject;
}

void RequestJoin::compare() {
  for (const auto& [id, known] : requests_) compare(known);
}

void RequestJoin::compare(const Known& known) {
  if (known.created == 0) {
    report(Disagreement::request_without_entry, known, 0,
           "the records have the request, but the log has no request.created of it");
  } else if (!known.same_terms) {
    report(Disagreement::request_terms, known, known.created,
           "who asked, for whom, for what or with how many approvals is not as it was logged");
  }
  if (known.other_key != 0) {
    report(Disagreement::request_terms, known, known.other_key,
           "the issuance began for another key than the request has");
  }
  compare_approvals(known);
  switch (known.row.state) {
    case RequestState::pending:
    case RequestState::approved:
      return compare_open(known);
    case RequestState::issued:
      return compare_issued(known);
    case RequestState::rejected:
    case RequestState::refused:
    case RequestState::expired:
    case RequestState::cancelled:
      return compare_end(known);
  }
}

void RequestJoin::compare_approvals(const Known& known) {
  const store::ApprovalRequest& row = known.row;
  const auto same = [](const store::Approval& recorded, const LoggedApproval& logged) {
    return recorded.approver.text() == logged.approver && recorded.serial == logged.serial;
  };
  for (const store::Approval& recorded : row.approvals) {
    if (std::none_of(known.approvals.begin(), known.approvals.end(),
                     [&](const LoggedApproval& logged) { return same(recorded, logged); })) {
      report(Disagreement::approval_without_entry, known, known.created,
             "the records have an approval by " + recorded.approver.text() + " with certificate " +
                 recorded.serial + ", but the log has no request.approved of it");
    }
  }
  for (const LoggedApproval& logged : known.approvals) {
    if (logged.sequence <= settled_ &&
        std::none_of(row.approvals.begin(), row.approvals.end(),
                     [&](const store::Approval& recorded) { return same(recorded, logged); })) {
      report(Disagreement::entry_without_approval, known, logged.sequence,
             "the log has request.approved by " + logged.approver + " with certificate " + logged.serial +
                 ", but the records have no such approval");
    }
  }
  const bool approved = row.state == RequestState::approved || row.state == RequestState::issued;
  if (approved && row.approvals.size() < static_cast<std::size_t>(row.required)) {
    report(Disagreement::approval_without_entry, known, known.created,
           "the records say " + std::string(to_string(row.state)) + ", with " +
               std::to_string(row.approvals.size()) + " of " + std::to_string(row.required) + " approvals");
  }
}

std::int64_t RequestJoin::withdrawal_of(const Known& known) const {
  if (!known.row.token_hash) return 0;
  const auto found = withdrawals_.find(to_hex(*known.row.token_hash));
  return found == withdrawals_.end() ? 0 : found->second;
}

void RequestJoin::compare_end(const Known& known) {
  const std::string state(to_string(known.row.state));
  if (known.ended == 0) {
    // Those that wait on a token end with it, by its entry.
    if (known.row.state == RequestState::cancelled && withdrawal_of(known) != 0) return;
    report(Disagreement::request_end, known, 0,
           "the records say " + state + ", the log has no request." + state);
  } else if (known.end != state || known.ended_by != known.row.ended_by.text()) {
    report(Disagreement::request_end, known, known.ended,
           "the records say " + state + " by " + known.row.ended_by.text() + ", the log " + known.end +
               " by " + known.ended_by);
  }
}

void RequestJoin::compare_open(const Known& known) {
  const std::string state(to_string(known.row.state));
  const auto contradicts = [&](std::int64_t sequence, const std::string& entry) {
    if (sequence == 0 || sequence > settled_) return;
    report(Disagreement::request_end, known, sequence, "the log has " + entry + ", the records say " + state);
  };
  contradicts(known.ended, "request." + known.end);
  contradicts(known.issued, "certificate.issued " + known.issued_as + " for it");
  if (known.row.state == RequestState::pending)
    contradicts(withdrawal_of(known), "enrollment.withdrawn of its token");
}

void RequestJoin::compare_issued(const Known& known) {
  if (known.issued_as != known.row.serial) {
    report(Disagreement::request_end, known, known.issued,
           "the records say issued as " + known.row.serial +
               ", but the log has no certificate.issued of that serial for this request");
  } else if (known.ended != 0) {
    report(Disagreement::request_end, known, known.ended,
           "the log has request." + known.end + ", the records say issued");
  }
}

}  // namespace chancery::audit
