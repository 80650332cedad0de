// What the store keeps. Plain data: the store holds bytes and index fields, and cannot parse X.509.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/clock.h"
#include "ca/base/ids.h"

namespace chancery::store {

using Digest = std::array<std::uint8_t, 32>;  // SHA-256

// At most `most` issuances of one subject begun in any `window`. Each that begins is one use; an abandoned
// one gives its use back. A request that waits for approval holds one use until it ends or its issuance
// begins.
struct Quota {
  std::string subject;    // what is counted together
  std::int64_t most = 0;  // 1..10000
  Seconds window{0};
};

struct QuotaUse {
  std::int64_t used = 0;             // in the window that ends now, and held, counted up to `most`
  std::optional<TimePoint> free_at;  // if all are used, when one leaves the window; nullopt = all are held
};

// A signature that may come to be: durable before the key is used.
struct Intent {
  std::string serial;  // lower-case hex
  Digest tbs_hash{};
  Digest request_hash{};  // of identity, profile, CSR and the names that the credential is bound to
  Digest spki_hash{};     // SHA-256 of the subjectPublicKeyInfo to be certified
  Identity identity;
  ProfileName profile;
  RequestId request_id;
  TimePoint created_at;
  std::optional<Digest> token_hash;  // the enrolment token that pays for it
  std::string idempotency_key;       // "" = none
  std::string renews;                // serial of the certificate that it renews; "" = none
  std::string approval;              // id of the approved request that it answers; "" = none
  // Judged when the issuance begins, and not kept:
  std::string authorised_by;  // serial of the certificate that asks, which must be valid; "" = none does
  bool fresh_key = false;     // no certificate may have had the key, not even one of this identity
  // A valid certificate issued at or after this moment for the same request_hash and `renews`, and not due
  // for renewal yet, makes it a repeat; nullopt = none does.
  std::optional<TimePoint> repeats_since;
  std::vector<Quota> quotas;  // each subject once; each must have a use left
};

struct CertificateRecord {
  std::string serial;
  Bytes der;
  Digest fingerprint{};  // SHA-256 of der
  Digest spki_hash{};
  Digest request_hash{};
  TimePoint not_before, not_after;
  TimePoint renew_after;
  TimePoint issued_at;
  Identity identity;
  ProfileName profile;
  Digest profile_hash{};
  std::string subject;                 // RFC 4514, for people
  std::vector<std::string> names;      // "dns:web.example"
  std::string renewed_from;            // serial, "" = first of its lineage
  std::string supersedes;              // serial of the certificate that a new enrolment replaces; "" = none
  std::string lineage;                 // serial of the first of its lineage (its own for the first)
  std::vector<std::string> approvers;  // identities that approved it, or the certificate that it renews
  std::string idempotency_key;         // "" = none
  RequestId request_id;
};

enum class Status {
  valid,
  revoked,
  unrecorded,  // an intent whose signature may exist but was never acknowledged; can be revoked
};

inline constexpr int key_compromise = 1;  // RFC 5280 5.3.1

struct StatusRecord {
  std::string serial;
  Status status = Status::valid;
  std::optional<TimePoint> revoked_at;
  int reason = 0;  // RFC 5280 5.3.1 reasonCode
};

// What is known of one serial, for comparing with the log.
struct SerialRow {
  std::int64_t id = 0;  // 1, 2, 3, ... as issuance began
  StatusRecord status;
  bool open = false;                   // its intent has not ended
  std::optional<Digest> fingerprint;   // of its certificate
  std::int64_t log_sequence = 0;       // of its certificate's entry
  std::vector<std::string> approvers;  // of its certificate
};

// One-time (or n-time) enrolment token; only its hash is known.
struct Token {
  Digest hash{};
  Identity identity;
  ProfileName profile;
  std::vector<std::string> names;  // the only names it may ask for
  int uses = 1;                    // allowed in all
  int used = 0;
  int reserved = 0;  // held by open intents
  TimePoint created_at, expires_at;
  Identity created_by;
  std::optional<TimePoint> withdrawn_at;  // good for nothing any more since then
  Identity withdrawn_by;
};

struct TokenFilter {
  std::string identity, profile;       // "" = any
  std::optional<TimePoint> usable_at;  // only those neither expired nor withdrawn then, with a use left
};

struct TokenPage {
  std::vector<Token> tokens;  // newest first
  std::string next_cursor;    // "" = no more
};

struct AuditDraft {
  TimePoint at;
  std::string event_type;  // "certificate.issued"
  Identity actor;
  std::string subject;  // serial or identity the event is about
  std::string fields;   // JSON object, canonical
};

// A leaf of the log's Merkle tree.
struct AuditEntry {
  std::int64_t sequence = 0;  // 1, 2, 3, ... without gaps; the leaf's index + 1
  AuditDraft event;
  Digest hash{};  // of the leaf, as it was written
};

// For whoever reacts to what happened (webhooks); at least once.
struct OutboxEvent {
  std::string type;
  std::string payload;  // JSON
  TimePoint at;
};

struct CertificateFilter {
  std::string identity, profile, name;  // "" = any; name is exact, "dns:web.example"
  std::string lineage;                  // "" = any; serial of the first of the lineage
  std::optional<Status> status;
  std::optional<TimePoint> expires_before, expires_after;
};

struct CertificateRow {
  CertificateRecord certificate;
  StatusRecord status;
};

// The certificate that a new enrolment replaces.
struct Superseded {
  std::string serial, lineage;
};

struct CertificatePage {
  std::vector<CertificateRow> rows;
  std::string next_cursor;  // "" = no more
};

}  // namespace chancery::store
