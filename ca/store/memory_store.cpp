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
  Result<void> check_key(const Digest& spki_hash, const Identity& identity, bool fresh) override {
    return memory_.with([&](Memory& memory) { return memory.check_key(spki_hash, identity, fresh); });
  }
  Result<std::vector<QuotaUse>> check_quotas(const std::vector<Quota>& quotas, TimePoint now) override {
    return memory_.with([&](Memory& memory) { return memory.check_quotas(quotas, now); });
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
  Guarded<Memory> memory_;
};

}  // namespace

std::unique_ptr<Store> make_memory_store(LogHashing hashing) {
  return std::make_unique<MemoryStore>(std::move(hashing));
}

}  // namespace chancery::store
