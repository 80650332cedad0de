#include "ca/store/sqlite/issuance_table.h"

#include "ca/store/refusals.h"
#include "ca/store/sqlite/name_list.h"
#include "ca/store/sqlite/status_column.h"

namespace chancery::store {
namespace {

constexpr const char* key_used_sql =
    "SELECT 1 FROM intents WHERE identity = ?1 AND idempotency_key = ?2 AND idempotency_key <> '' "
    "UNION ALL "
    "SELECT 1 FROM certificates WHERE identity = ?1 AND idempotency_key = ?2 AND idempotency_key <> ''";

constexpr const char* add_intent_sql =
    "INSERT INTO intents (id, tbs_hash, request_hash, identity, profile, request_id, created_at, token_hash, "
    "idempotency_key, spki_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr const char* find_open_sql =
    "SELECT s.id, s.status, i.identity, i.idempotency_key, i.token_hash "
    "FROM certificate_status s JOIN intents i ON i.id = s.id WHERE s.serial = ?";

constexpr const char* authorised_sql =
    "SELECT 1 FROM certificate_status s JOIN certificates c ON c.id = s.id WHERE s.serial = ? AND s.status = "
    "0 "
    "AND NOT EXISTS (SELECT 1 FROM compromised_keys k WHERE k.spki_hash = c.spki_hash)";

constexpr const char* status_sql =
    "SELECT s.id, s.status, c.not_after FROM certificate_status s LEFT JOIN certificates c ON c.id = s.id "
    "WHERE s.serial = ?";

constexpr const char* add_certificate_sql =
    "INSERT INTO certificates (id, der, fingerprint, spki_hash, request_hash, not_before, not_after, "
    "renew_after, "
    "issued_at, identity, profile, profile_hash, subject, names, renewed_from, lineage, idempotency_key, "
    "request_id, log_sequence) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

}  // namespace

IssuanceWriter::IssuanceWriter(const SQLite::Database& database, TokenWriter& tokens)
    : database_(database),
      tokens_(tokens),
      key_used_(database, key_used_sql),
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
      revoke_(database, "UPDATE certificate_status SET status = 1, revoked_at = ?, reason = ? WHERE id = ?"),
      authorised_(database, authorised_sql),
      keys_(database),
      expiry_(database),
      quotas_(database),
      quota_uses_(database) {}

Result<void> IssuanceWriter::check_authorised(const std::string& serial) {
  if (serial.empty()) return {};
  if (authorised_.rows(serial).next()) return {};
  return not_authorised(serial);
}

bool IssuanceWriter::idempotency_key_used(const Identity& identity, const std::string& key) {
  return !key.empty() && key_used_.rows(identity, key).next();
}

Result<void> IssuanceWriter::begin(const Intent& intent) {
  if (intent.token_hash) {
    if (Result<void> free = tokens_.check_free(*intent.token_hash, intent.created_at); !free) return free;
  }
  if (idempotency_key_used(intent.identity, intent.idempotency_key)) return idempotency_key_taken();
  if (Result<void> valid = check_authorised(intent.authorised_by); !valid) return valid;
  if (Result<void> free = keys_.check(intent.spki_hash, intent.identity, intent.fresh_key); !free)
    return free;
  if (Result<void> left = quotas_.check(intent.quotas, intent.created_at); !left) return left;
  if (add_serial_.run(intent.serial) == 0) return serial_known(intent.serial);
  if (intent.token_hash) tokens_.reserve(*intent.token_hash);
  const std::int64_t id = database_.getLastInsertRowid();
  quota_uses_.take(intent.quotas, intent.created_at, id);
  add_intent_.run(id, intent.tbs_hash, intent.request_hash, intent.identity, intent.profile,
                  intent.request_id, intent.created_at, intent.token_hash, intent.idempotency_key,
                  intent.spki_hash);
  return {};
}

std::optional<IssuanceWriter::OpenIntent> IssuanceWriter::find_open(const std::string& serial) {
  Query::Rows rows = find_open_.rows(serial);
  if (!rows.next()) return std::nullopt;
  OpenIntent intent{rows.number(0), status_from_column(rows.small(1)), rows.text(2), rows.text(3),
                    std::nullopt};
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
  set_valid_.run(intent->id);
  insert(intent->id, certificate, log_sequence);
  return {};
}

void IssuanceWriter::insert(std::int64_t id, const CertificateRecord& certificate,
                            std::int64_t log_sequence) {
  const std::string names = encode_names(certificate.names);
  add_certificate_.run(id, certificate.der, certificate.fingerprint, certificate.spki_hash,
                       certificate.request_hash, certificate.not_before, certificate.not_after,
                       certificate.renew_after, certificate.issued_at, certificate.identity,
                       certificate.profile, certificate.profile_hash, certificate.subject, names,
                       certificate.renewed_from, certificate.lineage, certificate.idempotency_key,
                       certificate.request_id, log_sequence);
  for (const std::string& name : certificate.names) add_name_.run(name, id);
  expiry_.add(certificate.not_after);
}

Result<void> IssuanceWriter::abandon(const std::string& serial) {
  const std::optional<OpenIntent> intent = find_open(serial);
  if (!intent) return no_open_intent(serial);
  end_intent_.run(intent->id);
  if (intent->token_hash) tokens_.release(*intent->token_hash);
  quota_uses_.give_back(intent->id);
  return {};
}

Result<void> IssuanceWriter::revoke(const std::string& serial, TimePoint at, int reason) {
  std::int64_t id = 0;
  std::optional<TimePoint> not_after;  // of the certificate, when there is one
  {
    Query::Rows rows = status_.rows(serial);
    if (!rows.next()) return unknown_serial(serial);
    if (status_from_column(rows.small(1)) == Status::revoked) return already_revoked(serial);
    id = rows.number(0);
    if (!rows.is_null(2)) not_after = rows.time(2);
  }
  revoke_.run(at, reason, id);
  if (not_after) expiry_.remove(*not_after);
  if (reason == key_compromise) keys_.bar(id);
  return {};
}

}  // namespace chancery::store
