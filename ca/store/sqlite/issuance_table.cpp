#include "ca/store/sqlite/issuance_table.h"

#include "ca/store/refusals.h"
#include "ca/store/sqlite/name_list.h"
#include "ca/store/sqlite/status_column.h"

namespace chancery::store {
namespace {

constexpr const char* hash_answered_sql =
    "SELECT 1 FROM certificates c JOIN certificate_status s ON s.id = c.id "
    "WHERE substr(c.request_hash, 1, 8) = substr(?1, 1, 8) AND c.request_hash = ?1 AND c.renewed_from = ?2 "
    "AND c.issued_at >= ?3 AND c.renew_after > ?4 AND s.status = 0";

constexpr const char* add_intent_sql =
    "INSERT INTO intents (id, tbs_hash, request_hash, identity, profile, request_id, created_at, token_hash, "
    "idempotency_key, spki_hash, renews, approval) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr const char* find_open_sql =
    "SELECT s.id, s.status, i.identity, i.idempotency_key, i.token_hash, i.approval "
    "FROM certificate_status s JOIN intents i ON i.id = s.id WHERE s.serial = ?";

constexpr const char* status_sql =
    "SELECT s.id, s.status, c.not_after, s.reason FROM certificate_status s LEFT JOIN certificates c ON c.id "
    "= s.id "
    "WHERE s.serial = ?";

// What was revoked before stays so since then.
constexpr const char* revoke_sql =
    "UPDATE certificate_status SET status = 1, revoked_at = coalesce(revoked_at, ?), reason = ? WHERE id = ?";

constexpr const char* add_certificate_sql =
    "INSERT INTO certificates (id, der, fingerprint, spki_hash, request_hash, not_before, not_after, "
    "renew_after, "
    "issued_at, identity, profile, profile_hash, subject, names, renewed_from, lineage, idempotency_key, "
    "request_id, supersedes, approvers, log_sequence) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

}  // namespace

IssuanceWriter::IssuanceWriter(const SQLite::Database& database, TokenWriter& tokens, RequestWriter& requests)
    : database_(database),
      tokens_(tokens),
      requests_(requests),
      key_open_(database,
                "SELECT request_hash FROM intents WHERE identity = ? AND idempotency_key = ? AND "
                "idempotency_key <> ''"),
      key_answered_(database,
                    "SELECT request_hash FROM certificates WHERE identity = ? AND idempotency_key = ? AND "
                    "idempotency_key <> ''"),
      hash_open_(database, "SELECT 1 FROM intents WHERE request_hash = ? AND renews = ?"),
      hash_answered_(database, hash_answered_sql),
      add_serial_(
          database,
          "INSERT INTO certificate_status (serial, status, reason) VALUES (?, 2, 0) ON CONFLICT DO NOTHING"),
      add_intent_(database, add_intent_sql),
      find_open_(database, find_open_sql),
      end_intent_(database, "DELETE FROM intents WHERE id = ?"),
      set_valid_(database, "UPDATE certificate_status SET status = 0 WHERE id = ?"),
      add_certificate_(database, add_certificate_sql),
      add_name_(database, "INSERT INTO certificate_names (name, id) VALUES (?, ?) ON CONFLICT DO NOTHING"),
      status_(database, status_sql),
      revoke_(database, revoke_sql),
      valid_(database),
      lineages_(database),
      keys_(database),
      expiry_(database),
      quotas_(database),
      quota_uses_(database) {}

Result<void> IssuanceWriter::check_key_unused(const Identity& identity, const std::string& key,
                                              const Digest& request_hash) {
  if (key.empty()) return {};
  {
    Query::Rows rows = key_open_.rows(identity, key);
    if (rows.next()) return rows.digest(0) == request_hash ? request_open() : idempotency_key_taken();
  }
  Query::Rows rows = key_answered_.rows(identity, key);
  if (rows.next()) return rows.digest(0) == request_hash ? request_answered() : idempotency_key_taken();
  return {};
}

Result<void> IssuanceWriter::check_hash_unused(const Digest& request_hash, const std::string& renews,
                                               TimePoint since, TimePoint at) {
  if (hash_open_.rows(request_hash, renews).next()) return request_open();
  if (hash_answered_.rows(request_hash, renews, since, at).next()) return request_answered();
  return {};
}

Result<void> IssuanceWriter::check_not_repeated(const Identity& identity, const std::string& idempotency_key,
                                                const Digest& request_hash, const std::string& renews,
                                                const std::optional<TimePoint>& since, TimePoint at,
                                                const std::string& but) {
  if (Result<void> unused = check_key_unused(identity, idempotency_key, request_hash); !unused) return unused;
  if (since) {
    if (Result<void> unused = check_hash_unused(request_hash, renews, *since, at); !unused) return unused;
  }
  return requests_.check_not_asked(identity, idempotency_key, request_hash, renews, but);
}

Result<void> IssuanceWriter::check(const Intent& intent) {
  if (Result<void> first =
          check_not_repeated(intent.identity, intent.idempotency_key, intent.request_hash, intent.renews,
                             intent.repeats_since, intent.created_at, intent.approval);
      !first) {
    return first;
  }
  if (!intent.approval.empty()) {
    if (Result<void> ready = requests_.check_ready(intent); !ready) return ready;
  } else if (intent.token_hash) {
    if (Result<void> free = tokens_.check_free(*intent.token_hash, intent.created_at); !free) return free;
  }
  if (!intent.authorised_by.empty() && !valid_.contains(intent.authorised_by))
    return not_authorised(intent.authorised_by);
  if (Result<void> free = keys_.check(intent.spki_hash, intent.identity, intent.fresh_key); !free)
    return free;
  return quotas_.check(intent.quotas, intent.created_at, requests_.number_of(intent.approval));
}

Result<void> IssuanceWriter::begin(const Intent& intent) {
  if (Result<void> may = check(intent); !may) return may;
  if (add_serial_.run(intent.serial) == 0) return serial_known(intent.serial);
  if (intent.token_hash && intent.approval.empty()) tokens_.reserve(*intent.token_hash);
  const std::int64_t id = database_.getLastInsertRowid();
  if (!intent.approval.empty()) quota_uses_.release(requests_.number_of(intent.approval));
  quota_uses_.take(intent.quotas, intent.created_at, id);
  add_intent_.run(id, intent.tbs_hash, intent.request_hash, intent.identity, intent.profile,
                  intent.request_id, intent.created_at, intent.token_hash, intent.idempotency_key,
                  intent.spki_hash, intent.renews, intent.approval);
  return {};
}

std::optional<IssuanceWriter::OpenIntent> IssuanceWriter::find_open(const std::string& serial) {
  Query::Rows rows = find_open_.rows(serial);
  if (!rows.next()) return std::nullopt;
  OpenIntent intent{rows.number(0), status_from_column(rows.small(1)),
                    rows.text(2),   rows.text(3),
                    std::nullopt,   rows.text(5)};
  if (!rows.is_null(4)) intent.token_hash = rows.digest(4);
  return intent;
}

Result<void> IssuanceWriter::complete(const CertificateRecord& certificate, std::int64_t log_sequence) {
  const std::optional<OpenIntent> intent = find_open(certificate.serial);
  if (!intent) return no_open_intent(certificate.serial);
  if (intent->identity != certificate.identity.text() ||
      intent->idempotency_key != certificate.idempotency_key) {
    return other_intent(certificate.serial);
  }
  if (intent->status == Status::revoked) return revoked_meanwhile(certificate.serial);
  if (keys_.is_barred(certificate.spki_hash)) return key_compromised();
  end_intent_.run(intent->id);
  if (intent->token_hash) tokens_.consume(*intent->token_hash);
  if (!intent->approval.empty())
    requests_.issued(intent->approval, certificate.serial, certificate.issued_at);
  set_valid_.run(intent->id);
  insert(intent->id, certificate, log_sequence);
  return {};
}

void IssuanceWriter::insert(std::int64_t id, const CertificateRecord& certificate,
                            std::int64_t log_sequence) {
  const std::string names = encode_names(certificate.names);
  const std::string approvers = encode_names(certificate.approvers);
  add_certificate_.run(id, certificate.der, certificate.fingerprint, certificate.spki_hash,
                       certificate.request_hash, certificate.not_before, certificate.not_after,
                       certificate.renew_after, certificate.issued_at, certificate.identity,
                       certificate.profile, certificate.profile_hash, certificate.subject, names,
                       certificate.renewed_from, certificate.lineage, certificate.idempotency_key,
                       certificate.request_id, certificate.supersedes, approvers, log_sequence);
  for (const std::string& name : certificate.names) add_name_.run(name, id);
  expiry_.add(certificate.not_after);
}

Result<void> IssuanceWriter::abandon(const std::string& serial) {
  const std::optional<OpenIntent> intent = find_open(serial);
  if (!intent) return no_open_intent(serial);
  keys_.keep(intent->id);
  end_intent_.run(intent->id);
  // An approved request keeps what it holds: it will be tried again.
  if (!intent->approval.empty()) {
    quota_uses_.hold_again(intent->id, requests_.number_of(intent->approval));
  } else if (intent->token_hash) {
    tokens_.release(*intent->token_hash);
  }
  quota_uses_.give_back(intent->id);
  return {};
}

Result<void> IssuanceWriter::revoke(const std::string& serial, TimePoint at, int reason) {
  std::int64_t id = 0;
  std::optional<TimePoint> not_after;  // of the certificate, when it ends one
  {
    Query::Rows rows = status_.rows(serial);
    if (!rows.next()) return unknown_serial(serial);
    const bool revoked = status_from_column(rows.small(1)) == Status::revoked;
    if (revoked && (reason != key_compromise || rows.small(3) == key_compromise))
      return already_revoked(serial);
    id = rows.number(0);
    if (!revoked && !rows.is_null(2)) not_after = rows.time(2);
  }
  revoke_.run(at, reason, id);
  if (not_after) expiry_.remove(*not_after);
  if (reason == key_compromise) keys_.bar(id);
  return {};
}

Result<std::vector<std::string>> IssuanceWriter::revoke_lineage(const std::string& serial, TimePoint at,
                                                                int reason) {
  const Result<std::vector<LineageMember>> members = lineages_.descent_of(serial, at);
  if (!members) return members.error();
  const std::vector<LineageMember> changed = to_revoke(*members, serial, reason);
  if (changed.empty()) return nothing_to_revoke(serial);
  if (changed.size() > revocation_limit) return lineage_too_long(revocation_limit);
  std::vector<std::string> serials;
  for (const LineageMember& member : changed) {
    serials.push_back(member.serial);
    revoke_.run(at, reason, member.id);
    if (!member.revoked && member.not_after) expiry_.remove(*member.not_after);
  }
  if (reason == key_compromise) {
    for (const LineageMember& member : *members) keys_.bar(member.id);
  }
  return serials;
}

}  // namespace chancery::store
