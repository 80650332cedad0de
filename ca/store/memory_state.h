// What the memory store remembers. Not thread-safe: the store guards it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ca/store/cursor.h"
#include "ca/store/lineage.h"
#include "ca/store/log_edge.h"
#include "ca/store/store.h"

namespace chancery::store {

struct Known {
  std::int64_t id = 0;  // 1, 2, 3, ... as issuance began
  StatusRecord status;
  std::optional<Intent> intent;
  std::optional<CertificateRecord> certificate;
  std::int64_t log_sequence = 0;        // of the certificate's entry
  std::optional<Digest> abandoned_key;  // of the intent that came to nothing
};

// One transaction at a time: every member checks first and then changes, so that a refusal changes nothing.
class Memory {
 public:
  explicit Memory(LogHashing hashing) : hashing_(std::move(hashing)), edge_(hashing_.node) {}

  Result<void> begin(const Intent& intent, const AuditDraft& audit);
  [[nodiscard]] Result<void> check(const Intent& intent) const;
  Result<void> complete(const CertificateRecord& certificate, const AuditDraft& audit,
                        const OutboxEvent& event);
  Result<void> abandon(const std::string& serial, const AuditDraft& audit);
  Result<void> revoke(const std::string& serial, TimePoint at, int reason, const AuditDraft& audit,
                      const OutboxEvent& event);
  Result<std::vector<std::string>> revoke_lineage(const std::string& serial, TimePoint at, int reason,
                                                  const DescribeRevocation& describe);
  Result<void> add_token(const Token& token, const AuditDraft& audit);
  Result<void> withdraw_token(const Digest& hash, TimePoint at, const Identity& by, const AuditDraft& audit);
  Result<void> add_request(const ApprovalRequest& request, const RequestLimits& limits,
                           const AuditDraft& audit);
  Result<void> approve_request(const std::string& id, const Approval& approval, int required,
                               const AuditDraft& audit);
  Result<void> end_request(const std::string& id, const RequestEnd& end, const AuditDraft& audit);
  [[nodiscard]] Result<void> check(const ApprovalRequest& request, const RequestLimits& limits) const;
  int forget_quota_uses(TimePoint until, int limit);
  [[nodiscard]] std::vector<QuotaUse> check_quotas(const std::vector<Quota>& quotas, TimePoint now) const;
  Result<void> append(const AuditDraft& event);
  void acknowledge(std::int64_t through) { outbox_.erase(outbox_.begin(), outbox_.upper_bound(through)); }

  [[nodiscard]] Result<void> check_key(const Digest& spki_hash, const Identity& identity, bool fresh) const;
  [[nodiscard]] std::vector<Intent> open_intents() const;
  [[nodiscard]] CertificatePage list(const CertificateFilter& filter, const std::optional<Position>& after,
                                     int limit) const;
  [[nodiscard]] std::int64_t count_expiring(TimePoint from, TimePoint until) const;
  [[nodiscard]] std::optional<Token> find_token(const Digest& hash) const;
  [[nodiscard]] TokenPage list_tokens(const TokenFilter& filter, std::int64_t before, int limit) const;
  [[nodiscard]] std::optional<CertificateRow> find_repeat(const Digest& request_hash,
                                                          const std::string& renews, TimePoint since,
                                                          TimePoint at) const;
  [[nodiscard]] std::optional<Superseded> find_superseded(const Identity& identity,
                                                          const ProfileName& profile,
                                                          const std::vector<std::string>& names,
                                                          TimePoint at) const;
  [[nodiscard]] Result<std::vector<LineageMember>> descent_of(const std::string& serial, TimePoint at) const;
  [[nodiscard]] std::optional<ApprovalRequest> find_request(const std::string& id) const;
  [[nodiscard]] std::optional<ApprovalRequest> find_same_request(const Identity& identity,
                                                                 const std::string& idempotency_key,
                                                                 const Digest& request_hash,
                                                                 const std::string& renews) const;
  [[nodiscard]] OpenRequests count_open_requests(TimePoint now) const;
  [[nodiscard]] bool has_requests(const Digest& token_hash) const;
  [[nodiscard]] RequestPage list_requests(const RequestFilter& filter, std::int64_t before, int limit) const;
  [[nodiscard]] std::vector<ApprovalRequest> expired_requests(TimePoint now, int limit) const;
  [[nodiscard]] std::optional<StatusRecord> find_status(const std::string& serial) const;
  [[nodiscard]] std::vector<AuditEntry> entries(std::int64_t after, int limit) const;
  [[nodiscard]] std::vector<SerialRow> serials(std::int64_t after, int limit) const;
  [[nodiscard]] std::int64_t log_size() const { return edge_.size(); }
  [[nodiscard]] std::vector<Digest> tile(int level, std::int64_t number, int width) const;
  [[nodiscard]] std::optional<AuditEntry> find_log_entry(const std::string& serial) const;
  [[nodiscard]] std::vector<std::pair<std::int64_t, OutboxEvent>> outbox(int limit) const;

  [[nodiscard]] std::optional<CertificateRow> find_certificate(const std::string& serial) const;
  // The first one that `matches` accepts.
  template <typename Matches>
  [[nodiscard]] std::optional<CertificateRow> find_if(const Matches& matches) const {
    for (const Known* known : by_id_) {
      if (known->certificate && matches(*known->certificate))
        return CertificateRow{*known->certificate, known->status};
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] Result<void> check_token(const std::optional<Digest>& hash, TimePoint at) const;
  [[nodiscard]] bool is_valid(const std::string& serial) const;
  [[nodiscard]] Result<void> check_not_repeated(const Identity& identity, const std::string& idempotency_key,
                                                const Digest& request_hash, const std::string& renews,
                                                const std::optional<TimePoint>& since, TimePoint at,
                                                const std::string& but) const;
  [[nodiscard]] Result<void> check_not_asked(const Identity& identity, const std::string& idempotency_key,
                                             const Digest& request_hash, const std::string& renews,
                                             const std::string& but) const;
  [[nodiscard]] Result<void> check_limits(const ApprovalRequest& request, const RequestLimits& limits) const;
  [[nodiscard]] Result<void> check_ready(const Intent& intent) const;
  [[nodiscard]] bool is_being_issued(const std::string& id) const;
  ApprovalRequest* request_of(const std::string& id);
  void bar_key(const Known& known);
  // What the request with this id holds does not count against it.
  [[nodiscard]] QuotaUse use_of(const Quota& quota, TimePoint now, const std::string& request) const;
  [[nodiscard]] Result<void> check_left(const std::vector<Quota>& quotas, TimePoint now,
                                        const std::string& request) const;
  void release(const std::string& request);
  Known* find_open(const std::string& serial);
  void publish(const OutboxEvent& event) { outbox_.emplace(audit_.back().sequence, event); }

  [[nodiscard]] Result<Digest> hash(const AuditDraft& event) const {
    return hashing_.leaf(edge_.size() + 1, event);
  }
  void append(const AuditDraft& event, const Digest& leaf);

  LogHashing hashing_;
  std::map<std::string, Known> known_;  // by serial; nothing is ever removed, so pointers stay valid
  std::vector<Known*> by_id_;
  std::map<Digest, Token> tokens_;
  std::vector<Digest> tokens_by_age_;
  std::vector<ApprovalRequest> requests_;  // in order
  std::set<Digest> compromised_keys_;
  std::multimap<std::string, std::pair<TimePoint, std::string>> quota_uses_;  // subject: when, serial
  std::multimap<std::string, std::string> quota_holds_;                       // subject: request's id
  std::vector<AuditEntry> audit_;
  LogEdge edge_;
  std::map<std::pair<int, std::int64_t>, std::vector<Digest>> tiles_;  // complete ones
  std::map<std::int64_t, OutboxEvent> outbox_;
};

}  // namespace chancery::store
