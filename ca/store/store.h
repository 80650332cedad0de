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
#include "ca/store/request_records.h"

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

// The entry and the event of one revocation among several, written in one commit.
struct RevocationNotice {
  AuditDraft audit;
  OutboxEvent event;
};
using DescribeRevocation = std::function<RevocationNotice(const std::string& serial)>;

// The log alone, to be read. Thread-safe where a Store is it.
class LogReader {
 public:
  virtual ~LogReader() = default;
  // Entries with sequence > after, in order, at most `limit`, which is 1..10000 here and for the outbox
  // (validation).
  virtual Result<std::vector<AuditEntry>> read_audit(std::int64_t after, int limit) = 0;
  // The number of entries, those of other processes included.
  virtual Result<std::int64_t> log_size() = 0;
  // The first `width` (1..256) hashes of a tile as C2SP tlog-tiles cuts the tree; fewer when the log has no
  // more. validation for what cannot be a tile.
  virtual Result<std::vector<Digest>> read_log_tile(int level, std::int64_t number, int width) = 0;
};

class Store : public LogReader {
 public:
  // Issuance. begin: the intent and the audit entry in one commit; a token in the intent is reserved, which
  // fails with unauthorized when it is unknown, withdrawn or expired at intent.created_at, and with conflict
  // when its uses are spent or reserved. Before anything else: unavailable when the same request (by
  // Idempotency-Key or, with intent.repeats_since, by request_hash and `renews`) is open; conflict when it
  // has been answered. With intent.approval the request of that id must be approved by certificates that are
  // still valid, and not expired (conflict, forbidden); its token's use becomes the intent's. conflict also
  // when the serial is known; when the key is another identity's, in a certificate or an open intent, or has
  // been certified at all and intent.fresh_key demands otherwise. forbidden when the key was revoked for
  // keyCompromise, or intent.authorised_by is not a valid certificate or its key was revoked for
  // keyCompromise under another serial. rate_limited when a quota is spent,
  // with one detail for each, whose value is the subject. All of it is decided in the commit itself, so that
  // of two at the same moment one wins.
  virtual Result<void> begin_issuance(const Intent& intent, const AuditDraft& audit) = 0;
  // What begin_issuance would say now, but for the serial; changes nothing.
  virtual Result<void> check_issuance(const Intent& intent) = 0;
  // Certificate, status row, audit entry, outbox event, the token's consumption and the end of the intent:
  // one transaction. conflict when there is no such open intent; forbidden when its key was revoked for
  // keyCompromise meanwhile.
  virtual Result<void> complete_issuance(const CertificateRecord& certificate, const AuditDraft& audit,
                                         const OutboxEvent& event) = 0;
  // The intent ends without a certificate: its serial stays known as Status::unrecorded, with its key; its
  // token is free again; an approved request keeps its token's use and those of its quotas and can be tried
  // again.
  virtual Result<void> abandon_issuance(const std::string& serial, const AuditDraft& audit) = 0;
  // Intents neither completed nor abandoned: at start-up, what a crash left.
  virtual Result<std::vector<Intent>> open_intents() = 0;

  // Recorded certificates only; a serial without one has a status (find_status) but no row here.
  virtual Result<std::optional<CertificateRow>> find_certificate(const std::string& serial) = 0;
  // The certificate that this identity got for this key (never for "").
  virtual Result<std::optional<CertificateRow>> find_by_idempotency_key(const Identity& identity,
                                                                        const std::string& key) = 0;
  // The newest valid certificate issued at or after `since` for this very request and not due for renewal at
  // `at`, by index.
  virtual Result<std::optional<CertificateRow>> find_repeat(const Digest& request_hash,
                                                            const std::string& renews, TimePoint since,
                                                            TimePoint at) = 0;
  // What a new enrolment replaces: the newest certificate of this identity and profile with the same names,
  // in whatever order, that is valid at `at`. Looks at the identity's newest 64 only, so that it costs the
  // same for all.
  virtual Result<std::optional<Superseded>> find_superseded(const Identity& identity,
                                                            const ProfileName& profile,
                                                            const std::vector<std::string>& names,
                                                            TimePoint at) = 0;
  // What begin_issuance would say of this key now: conflict or forbidden, as there. Advice only: the decision
  // is made there.
  virtual Result<void> check_key(const Digest& spki_hash, const Identity& identity, bool fresh) = 0;
  // How far each quota is used at `now`, in their order, by index and at a cost of `most` entries at most.
  // Advice only, as check_key.
  virtual Result<std::vector<QuotaUse>> check_quotas(const std::vector<Quota>& quotas, TimePoint now) = 0;
  // Forgets uses of quotas that began at or before `until`, the oldest first, at most `limit`, by index; how
  // many. For those that have left every window that there can be: a use is forgotten anyway when its subject
  // is counted again.
  virtual Result<int> forget_quota_uses(TimePoint until, int limit) = 0;
  // Newest first, in the order in which issuance began; with a bound on the expiry, the soonest to expire
  // first (of one second, the oldest). limit 1..1000. `cursor` is a next_cursor of the same filter or "".
  // validation for any other cursor.
  virtual Result<CertificatePage> list_certificates(const CertificateFilter& filter,
                                                    const std::string& cursor, int limit) = 0;
  virtual Result<std::optional<StatusRecord>> find_status(const std::string& serial) = 0;
  // Every serial that was ever meant to be signed, with id > after, in order; limit as for read_audit.
  virtual Result<std::vector<SerialRow>> read_serials(std::int64_t after, int limit) = 0;
  // not_found for an unknown serial, conflict when already revoked. Reason 1 (keyCompromise) also bars the
  // key of the certificate, or of the open or abandoned intent, for ever; and it replaces another reason, so
  // that nobody keeps a key from being barred by revoking first (revoked_at stays; conflict the second time).
  virtual Result<void> revoke(const std::string& serial, TimePoint at, int reason, const AuditDraft& audit,
                              const OutboxEvent& event) = 0;
  // The certificate and all that descend from it by renewal, as far as they are still valid at `at` and
  // neither revoked nor expired then; open issuances of renewals among them can no longer be completed. One
  // commit with `describe`'s entry and event for each. The serials, oldest first. What a new enrolment has
  // superseded is none of its descendants: it was authorised anew. keyCompromise bars the keys of all of
  // them, replaces other reasons as revoke() does, and takes the certificate itself although it has expired.
  // Errors: not_found; conflict when nothing is left to revoke; validation when the lineage has over 10,000
  // certificates, or over 1,000 to revoke.
  virtual Result<std::vector<std::string>> revoke_lineage(const std::string& serial, TimePoint at, int reason,
                                                          const DescribeRevocation& describe) = 0;
  // Those that revoke_lineage would take beside the certificate itself, without open issuances.
  virtual Result<std::vector<std::string>> find_descendants(const std::string& serial, TimePoint at) = 0;
  // Valid certificates with now <= notAfter < now + within, for each of `within`, by index.
  virtual Result<std::vector<std::int64_t>> count_expiring(TimePoint now,
                                                           const std::vector<Seconds>& within) = 0;

  // conflict when a token with this hash exists.
  virtual Result<void> add_token(const Token& token, const AuditDraft& audit) = 0;
  virtual Result<std::optional<Token>> find_token(const Digest& hash) = 0;
  // The token buys nothing any more, and its pending requests are cancelled. not_found; conflict when it was
  // withdrawn before. An issuance that has begun with it goes on.
  virtual Result<void> withdraw_token(const Digest& hash, TimePoint at, const Identity& by,
                                      const AuditDraft& audit) = 0;
  // Newest first. limit 1..1000; cursor as list_certificates.
  virtual Result<TokenPage> list_tokens(const TokenFilter& filter, const std::string& cursor, int limit) = 0;

  // Approvals. add: the pending request and its audit entry; a use of its token and of each of its quotas is
  // reserved until it ends. Refused as begin_issuance would refuse the intent, and with rate_limited when
  // `limits` are reached; conflict when the same request (by Idempotency-Key, or by request_hash and
  // `renews`) is there.
  virtual Result<void> add_request(const ApprovalRequest& request, const RequestLimits& limits,
                                   const AuditDraft& audit) = 0;
  // What add_request would say now; changes nothing.
  virtual Result<void> check_request(const ApprovalRequest& request, const RequestLimits& limits) = 0;
  // Those that have not expired at `now`, by index, at a cost of at most RequestLimits::in_all entries.
  virtual Result<OpenRequests> count_open_requests(TimePoint now) = 0;
  virtual Result<std::optional<ApprovalRequest>> find_request(const std::string& id) = 0;
  // What this identity asked with this key, whatever has become of it; for "" the open one of this hash.
  virtual Result<std::optional<ApprovalRequest>> find_same_request(const Identity& identity,
                                                                   const std::string& idempotency_key,
                                                                   const Digest& request_hash,
                                                                   const std::string& renews) = 0;
  // Any that was asked with this token.
  virtual Result<bool> has_requests(const Digest& token_hash) = 0;
  // Newest first. limit 1..1000; cursor as list_certificates.
  virtual Result<RequestPage> list_requests(const RequestFilter& filter, const std::string& cursor,
                                            int limit) = 0;
  // Open ones that should have ended at or before `now`, the longest waiting first, by index.
  virtual Result<std::vector<ApprovalRequest>> expired_requests(TimePoint now, int limit) = 0;
  // One approval more; with the last of max(`required`, the request's own) the request is approved, in the
  // same commit. not_found; conflict when it is not pending, has expired at approval.at, or this approver or
  // certificate has approved it already; forbidden when the approver asked for it, made its token or is whom
  // it is for, or approval.serial is not a valid certificate.
  virtual Result<void> approve_request(const std::string& id, const Approval& approval, int required,
                                       const AuditDraft& audit) = 0;
  // not_found; conflict when it has ended, when end.state is expired and it has not, when end.state is
  // rejected or cancelled and it is not pending any more or has expired, or when its certificate is being
  // issued; forbidden when end.authorised_by is not a valid certificate. What it held of its quotas is free
  // again; its token's use too, but after a rejection, which spends it.
  virtual Result<void> end_request(const std::string& id, const RequestEnd& end, const AuditDraft& audit) = 0;

  // Errors: as LogHashing::leaf.
  virtual Result<void> append_audit(const AuditDraft& audit) = 0;
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
