// The part of reconcile() that follows requests for approval: each decision in the records has its entry in
// the log, and each entry its decision.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ca/audit/reconcile.h"

namespace chancery::audit {

class RequestJoin {
 public:
  using Report = std::function<void(Disagreement kind, const std::string& request, std::int64_t sequence,
                                    std::string message)>;

  explicit RequestJoin(Report report) : report_(std::move(report)) {}

  // The records first; then each entry of the log in order; then compare(). `settled`: entries that the
  // records must know of, because they were written before those were read.
  Result<void> read_records(store::Store& store, std::int64_t settled);
  void take(const store::AuditEntry& entry);
  void compare();
  [[nodiscard]] std::int64_t requests() const { return static_cast<std::int64_t>(requests_.size()); }
  [[nodiscard]] std::int64_t approvals() const { return approvals_; }  // in the log

 private:
  struct LoggedApproval {
    std::int64_t sequence = 0;
    std::string approver, serial;
  };
  // A request as the records have it, and what the log has said of it. Sequences: 0 = never.
  struct Known {
    store::ApprovalRequest row;
    std::int64_t created = 0, ended = 0, issued = 0;
    std::int64_t other_key = 0;  // an issuance.intent for another key than was asked for
    bool same_terms = true;
    std::vector<LoggedApproval> approvals;
    std::string end, ended_by, issued_as;
  };

  void take_of_request(const store::AuditEntry& entry);
  void take_intent(const store::AuditEntry& entry);
  void take_issued(const store::AuditEntry& entry);
  Known* find(const std::string& id, const store::AuditEntry& entry);
  void compare(const Known& known);
  void compare_approvals(const Known& known);
  void compare_end(const Known& known);
  void compare_open(const Known& known);
  void compare_issued(const Known& known);
  [[nodiscard]] std::int64_t withdrawal_of(const Known& known) const;  // of its token
  void report(Disagreement kind, const Known& known, std::int64_t sequence, std::string message) {
    report_(kind, known.row.id, sequence, std::move(message));
  }

  Report report_;
  std::int64_t settled_ = 0, approvals_ = 0;
  std::unordered_map<std::string, Known> requests_;            // by id
  std::unordered_map<std::string, std::string> answered_by_;   // serial of an intent: id of its request
  std::unordered_map<std::string, std::int64_t> withdrawals_;  // hash of a token: sequence
};

}  // namespace chancery::audit
