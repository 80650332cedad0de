#include <limits>
#include <type_traits>
#include <utility>

#include "ca/base/guarded.h"
#include "ca/store/cursor.h"
#include "ca/store/memory_state.h"
#include "ca/store/refusals.h"
#include "ca/store/store.h"

namespace chancery::store {
namespace {

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(LogHashing hashing) : memory_(std::move(hashing)) {}

  Result<void> begin_issuance(const Intent& intent, const AuditDraft& audit) override {
    return memory_.with([&](Memory& memory) { return memory.begin(intent, audit); });
  }
  Result<void> complete_issuance(const CertificateRecord& certificate, const AuditDraft& audit,
                                 const OutboxEvent& event) override {
    return memory_.with([&](Memory& memory) { return memory.complete(certificate, audit, event); });
  }
  Result<void> abandon_issuance(const std::string& serial, const AuditDraft& audit) override {
    return memory_.with([&](Memory& memory) { return memory.abandon(serial, audit); });
  }
  Result<std::vector<Intent>> open_intents() override {
    return memory_.with([](Memory& memory) { return memory.open_intents(); });
  }

  Result<std::optional<CertificateRow>> find_certificate(const std::string& serial) override {
    return memory_.with([&](Memory& memory) { return memory.find_certificate(serial); });
  }
  Result<std::optional<CertificateRow>> find_by_idempotency_key(const Identity& identity,
                                                                const std::string& key) override {
    if (key.empty()) return std::optional<CertificateRow>();
    return memory_.with([&](Memory& memory) {
      return memory.find_if([&](const CertificateRecord& certificate) {
        return certificate.identity == identity && certificate.idempotency_key == key;
      });
    });
  }
  Result<std::optional<CertificateRow>> find_repeat(const Digest& request_hash, const std::string& renews,
                                                    TimePoint since, TimePoint at) override {
    return memory_.with([&](Memory& memory) { return memory.find_repeat(request_hash, renews, since, at); });
  }
  Result<std::optional<Superseded>> find_superseded(const Identity& identity, const ProfileName& profile,
                                                    const std::vector<std::string>& names,
                                                    TimePoint at) override {
    return memory_.with([&](Memory& memory) { return memory.find_superseded(identity, profile, names, at); });
  }
  Result<void> check_issuance(const Intent& intent) override {
    return memory_.with([&](Memory& memory) { return memory.check(intent); });
  }
  Result<void> check_key(const Digest& spki_hash, const Identity& identity, bool fresh) override {
    return memory_.with([&](Memory& memory) { return memory.check_key(spki_hash, identity, fresh); });
  }
  Result<std::vector<QuotaUse>> check_quotas(const std::vector<Quota>& quotas, TimePoint now) override {
    return memory_.with([&](Memory& memory) { return memory.check_quotas(quotas, now); });
  }
  Result<int> forget_quota_uses(TimePoint until, int limit) override {
    if (Result<void> checked = check_limit(limit, read_limit); !checked) return checked.error();
    return memory_.with([&](Memory& memory) { return memory.forget_quota_uses(until, limit); });
  }
  Result<CertificatePage> list_certificates(const CertificateFilter& filter, const std::string& cursor,
                                            int limit) override {
    if (Result<void> checked = check_limit(limit, list_limit); !checked) return checked.error();
    const Result<std::optional<Position>> after = decode_cursor(cursor, lists_by_expiry(filter));
    if (!after) return after.error();
    return memory_.with([&](Memory& memory) { return memory.list(filter, *after, limit); });
  }
  Result<std::optional<StatusRecord>> find_status(const std::string& serial) override {
    return memory_.with([&](Memory& memory) { return memory.find_status(serial); });
  }
  Result<std::vector<SerialRow>> read_serials(std::int64_t after, int limit) override {
    if (Result<void> checked = check_limit(limit, read_limit); !checked) return checked.error();
    return memory_.with([&](Memory& memory) { return memory.serials(after, limit); });
  }
  Result<void> revoke(const std::string& serial, TimePoint at, int reason, const AuditDraft& audit,
                      const OutboxEvent& event) override {
    return memory_.with([&](Memory& memory) { return memory.revoke(serial, at, reason, audit, event); });
  }
  Result<std::vector<std::string>> revoke_lineage(const std::string& serial, TimePoint at, int reason,
                                                  const DescribeRevocation& describe) override {
    return memory_.with([&](Memory& memory) { return memory.revoke_lineage(serial, at, reason, describe); });
  }
  Result<std::vector<std::string>> find_descendants(const std::string& serial, TimePoint at) override {
    const auto members = memory_.with([&](Memory& memory) { return memory.descent_of(serial, at); });
    if (!members) return members.error();
    std::vector<std::string> serials;
    for (const LineageMember& member : *members) {
      if (member.revocable && !member.open && member.serial != serial) serials.push_back(member.serial);
    }
    return serials;
  }
  Result<std::vector<std::int64_t>> count_expiring(TimePoint now,
                                                   const std::vector<Seconds>& within) override {
    return memory_.with([&](Memory& memory) {
      std::vector<std::int64_t> counts;
      counts.reserve(within.size());
      for (const Seconds window : within) counts.push_back(memory.count_expiring(now, now + window));
      return counts;
    });
  }

  Result<void> add_token(const Token& token, const AuditDraft& audit) override {
    return memory_.with([&](Memory& memory) { return memory.add_token(token, audit); });
  }
  Result<std::optional<Token>> find_token(const Digest& hash) override {
    return memory_.with([&](Memory& memory) { return memory.find_token(hash); });
  }

  Result<void> withdraw_token(const Digest& hash, TimePoint at, const Identity& by,
                              const AuditDraft& audit) override {
    return memory_.with([&](Memory& memory) { return memory.withdraw_token(hash, at, by, audit); });
  }
  Result<TokenPage> list_tokens(const TokenFilter& filter, const std::string& cursor, int limit) override {
    return page(cursor, limit, [&](Memory& memory, std::int64_t before) {
      return memory.list_tokens(filter, before, limit);
    });
  }

  Result<void> add_request(const ApprovalRequest& request, const RequestLimits& limits,
                           const AuditDraft& audit) override {
    return memory_.with([&](Memory& memory) { return memory.add_request(request, limits, audit); });
  }
  Result<void> check_request(const ApprovalRequest& request, const RequestLimits& limits) override {
    return memory_.with([&](Memory& memory) { return memory.check(request, limits); });
  }
  Result<OpenRequests> count_open_requests(TimePoint now) override {
    return memory_.with([&](Memory& memory) { return memory.count_open_requests(now); });
  }
  Result<std::optional<ApprovalRequest>> find_request(const std::string& id) override {
    return memory_.with([&](Memory& memory) { return memory.find_request(id); });
  }
  Result<std::optional<ApprovalRequest>> find_same_request(const Identity& identity,
                                                           const std::string& idempotency_key,
                                                           const Digest& request_hash,
                                                           const std::string& renews) override {
    return memory_.with([&](Memory& memory) {
      return memory.find_same_request(identity, idempotency_key, request_hash, renews);
    });
  }
  Result<bool> has_requests(const Digest& token_hash) override {
    return memory_.with([&](Memory& memory) { return memory.has_requests(token_hash); });
  }
  Result<RequestPage> list_requests(const RequestFilter& filter, const std::string& cursor,
                                    int limit) override {
    return page(cursor, limit, [&](Memory& memory, std::int64_t before) {
      return memory.list_requests(filter, before, limit);
    });
  }
  Result<std::vector<ApprovalRequest>> expired_requests(TimePoint now, int limit) override {
    if (Result<void> checked = check_limit(limit, list_limit); !checked) return checked.error();
    return memory_.with([&](Memory& memory) { return memory.expired_requests(now, limit); });
  }
  Result<void> approve_request(const std::string& id, const Approval& approval, int required,
                               const AuditDraft& audit) override {
    return memory_.with(
        [&](Memory& memory) { return memory.approve_request(id, approval, required, audit); });
  }
  Result<void> end_request(const std::string& id, const RequestEnd& end, const AuditDraft& audit) override {
    return memory_.with([&](Memory& memory) { return memory.end_request(id, end, audit); });
  }

  Result<void> append_audit(const AuditDraft& audit) override {
    return memory_.with([&](Memory& memory) { return memory.append(audit); });
  }
  Result<std::vector<AuditEntry>> read_audit(std::int64_t after, int limit) override {
    if (Result<void> checked = check_limit(limit, read_limit); !checked) return checked.error();
    return memory_.with([&](Memory& memory) { return memory.entries(after, limit); });
  }
  Result<std::int64_t> log_size() override {
    return memory_.with([](Memory& memory) { return memory.log_size(); });
  }
  Result<std::vector<Digest>> read_log_tile(int level, std::int64_t number, int width) override {
    if (Result<void> checked = check_tile(level, number, width); !checked) return checked.error();
    return memory_.with([&](Memory& memory) { return memory.tile(level, number, width); });
  }
  Result<std::optional<AuditEntry>> find_log_entry(const std::string& serial) override {
    return memory_.with([&](Memory& memory) { return memory.find_log_entry(serial); });
  }
  Result<std::vector<std::pair<std::int64_t, OutboxEvent>>> read_outbox(int limit) override {
    if (Result<void> checked = check_limit(limit, read_limit); !checked) return checked.error();
    return memory_.with([&](Memory& memory) { return memory.outbox(limit); });
  }
  Result<void> acknowledge_outbox(std::int64_t through) override {
    memory_.with([&](Memory& memory) { memory.acknowledge(through); });
    return {};
  }

  Result<void> check_writable() override { return {}; }

 private:
  // One page of a listing that is newest first.
  template <typename List>
  auto page(const std::string& cursor, int limit, const List& list)
      -> Result<std::invoke_result_t<List, Memory&, std::int64_t>> {
    if (Result<void> checked = check_limit(limit, list_limit); !checked) return checked.error();
    const Result<std::optional<Position>> after = decode_cursor(cursor, false);
    if (!after) return after.error();
    const std::int64_t before = *after ? (*after)->id : std::numeric_limits<std::int64_t>::max();
    return memory_.with([&](Memory& memory) { return list(memory, before); });
  }

  Guarded<Memory> memory_;
};

}  // namespace

std::unique_ptr<Store> make_memory_store(LogHashing hashing) {
  return std::make_unique<MemoryStore>(std::move(hashing));
}

}  // namespace chancery::store
