// The CA's memory. Every write is durable when it returns, or it has changed nothing (sunlight's rule).
//
// Thread-safe: any number of threads may call any member. Writers wait for one another in groups: what is
// waiting when the previous commit ends goes into the next one, and each caller learns of its own success or
// failure. One contract suite (tests/contract) runs against every implementation.
//
// Common errors: unavailable (disk full, read-only, locked by another process, corrupt), with what to do in
// the message.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ca/base/result.h"
#include "ca/store/records.h"

namespace chancery::store {

// What the audit log's Merkle tree is made with. Given to the store by ca/audit, because the order of entries
// is decided inside the commit and the store itself knows no cryptography. All thread-safe.
struct LogHashing {
  // Of an entry. Errors (the entry is too large) refuse the whole change.
  std::function<Result<Digest>(std::int64_t sequence, const AuditDraft& event)> leaf;
  std::function<Digest(const Digest& left, const Digest& right)> node;
  // For databases of before the tree, whose entries were a chain: the hash of an entry from its
  // predecessor's; and the entry that says that a chain of so many entries with this head was converted.
  std::function<Digest(std::int64_t sequence, const Digest& previous, const AuditDraft& event)> old_link;
  std::function<AuditDraft(std::int64_t entries, const Digest& head, TimePoint at)> converted;
};

class Store {
 public:
  virtual ~Store() = default;

  // Issuance. begin: the intent and the audit entry in one commit; a token in the intent is reserved, which
  // fails with unauthorized when it is unknown or expired at intent.created_at, and with conflict when its
  // uses are spent or reserved. conflict also when the serial is known; when the key is another identity's,
  // in a certificate or an open intent, or has been certified at all and intent.fresh_key demands otherwise.
  // forbidden when the key was revoked for keyCompromise, or intent.authorised_by is not a valid certificate
  // or its key was revoked for keyCompromise under another serial. rate_limited when a quota is spent, with
  // one detail for each, whose value is the subject. All of it is decided in the commit itself, so that of
  // two at the same moment one wins.
  virtual Result<void> begin_issuance(const Intent& intent, const AuditDraft& audit) = 0;
  // Certificate, status row, audit entry, outbox event, the token's consumption and the end of the intent:
  // one transaction. conflict when there is no such open intent; forbidden when its key was revoked for
  // keyCompromise meanwhile.
  virtual Result<void> complete_issuance(const CertificateRecord& certificate, const AuditDraft& audit,
                                         const OutboxEvent& event) = 0;
  // The intent ends without a certificate: its serial stays known as Status::unrecorded, its token is free
  // again.
  virtual Result<void> abandon_issuance(const std::string& serial, const AuditDraft& audit) = 0;
  // Intents neither completed nor abandoned: at start-up, what a crash left.
  virtual Result<std::vector<Intent>> open_intents() = 0;

  // Recorded certificates only; a serial without one has a status (find_status) but no row here.
  virtual Result<std::optional<CertificateRow>> find_certificate(const std::string& serial) = 0;
  // The certificate that this identity got for this key (never for "").
  virtual Result<std::optional<CertificateRow>> find_by_idempotency_key(const Identity& identity,
                                                                        const std::string& key) = 0;
  // What begin_issuance would say of this key now: conflict or forbidden, as there. Advice only: the decision
  // is made there.
  virtual Result<void> check_key(const Digest& spki_hash, const Identity& identity, bool fresh) = 0;
  // How far each quota is used at `now`, in their order, by index and at a cost of `most` entries at most.
  // Advice only, as check_key.
  virtual Result<std::vector<QuotaUse>> check_quotas(const std::vector<Quota>& quotas, TimePoint now) = 0;
  // Newest first, in the order in which issuance began; with a bound on the expiry, the soonest to expire
  // first (of one second, the oldest). limit 1..1000. `cursor` is a next_cursor of the same filter or "".
  // validation for any other cursor.
  virtual Result<CertificatePage> list_certificates(const CertificateFilter& filter,
                                                    const std::string& cursor, int limit) = 0;
  virtual Result<std::optional<StatusRecord>> find_status(const std::string& serial) = 0;
  // Every serial that was ever meant to be signed, with id > after, in order; limit as for read_audit.
  virtual Result<std::vector<SerialRow>> read_serials(std::int64_t after, int limit) = 0;
  // not_found for an unknown serial, conflict when already revoked. Reason 1 (keyCompromise) also bars the
  // key of the certificate, or of the open intent, for ever.
  virtual Result<void> revoke(const std::string& serial, TimePoint at, int reason, const AuditDraft& audit,
                              const OutboxEvent& event) = 0;
  // Valid certificates with now <= notAfter < now + within, for each of `within`, by index.
  virtual Result<std::vector<std::int64_t>> count_expiring(TimePoint now,
                                                           const std::vector<Seconds>& within) = 0;

  // conflict when a token with this hash exists.
  virtual Result<void> add_token(const Token& token, const AuditDraft& audit) = 0;
  virtual Result<std::optional<Token>> find_token(const Digest& hash) = 0;

  // Errors: as LogHashing::leaf.
  virtual Result<void> append_audit(const AuditDraft& audit) = 0;
  // Entries with sequence > after, in order, at most `limit`, which is 1..10000 here and for the outbox
  // (validation).
  virtual Result<std::vector<AuditEntry>> read_audit(std::int64_t after, int limit) = 0;
  // The number of entries, those of other processes included.
  virtual Result<std::int64_t> log_size() = 0;
  // The first `width` (1..256) hashes of a tile as C2SP tlog-tiles cuts the tree; fewer when the log has no
  // more. validation for what cannot be a tile.
  virtual Result<std::vector<Digest>> read_log_tile(int level, std::int64_t number, int width) = 0;
  // The entry that was written with the certificate. nullopt when there is none.
  virtual Result<std::optional<AuditEntry>> find_log_entry(const std::string& serial) = 0;
  // At least once: events stay until acknowledged.
  virtual Result<std::vector<std::pair<std::int64_t, OutboxEvent>>> read_outbox(int limit) = 0;
  virtual Result<void> acknowledge_outbox(std::int64_t through) = 0;

  // A durable write and its removal: what /health asks.
  virtual Result<void> check_writable() = 0;
};

// Keeps everything in memory, with the same semantics but for durability. For tests and rehearsals.
std::unique_ptr<Store> make_memory_store(LogHashing hashing);

}  // namespace chancery::store
