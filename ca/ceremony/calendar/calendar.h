// What has to be done one day because of a ceremony: as a calendar for people (RFC 5545) and as metrics for
// Prometheus.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/result.h"
#include "ca/ceremony/replay/replay.h"

namespace chancery::ceremony {

// kind: "root", "intermediate", "cross".
struct CertificateEnd {
  std::string subject, kind, serial;
  TimePoint not_before, not_after;
  crypto::Sha256Digest fingerprint{};
  std::optional<TimePoint> revoked = std::nullopt;  // by the newest CRL of its issuer
  bool renewable = true;                            // false: the key that signed it was destroyed, or its own
  bool key_is_destroyed = false;                    // its own
};

// A CA whose certificates say where its CRL is, and there is none yet.
struct CrlDue {
  std::string issuer, url;
  TimePoint since;  // when such a certificate was first in force
  crypto::Sha256Digest issuer_hash{};
};

struct CrlEnd {
  std::string issuer, number;
  TimePoint this_update, next_update;
  crypto::Sha256Digest issuer_hash{};  // SHA-256 of the issuer's DER name
  bool last = false;                   // its script declared that no other follows
};

// A key whose custodians look after it: every year, until `until`.
struct CustodyCheck {
  std::string subject, custody;  // "shares", "token", "file"
  std::vector<std::string> custodians;
  TimePoint first, until;
  crypto::Sha256Digest fingerprint{};
};

struct Dates {
  TimePoint stamp;  // when the last of the ceremonies ended
  std::vector<CertificateEnd> certificates;
  std::vector<CrlEnd> crls;  // of each issuer the newest
  std::vector<CustodyCheck> checks;
  std::vector<CrlDue> crls_due = {};
};

// Each certificate once, in the order of their ends. Shares that were dealt anew are their new officers'; a
// key that was destroyed has no checks and no list but the last, and renews no certificate; nor is its own
// renewed. Precondition: every replay passed.
Dates dates_of(std::span<const Replay> replays);

// When the ceremony of the next intermediate is due: a year before the end of this one, and never in the
// first half of its life. Of other kinds, of one that was revoked, and where a key was destroyed, none.
std::optional<TimePoint> renewal_of(const CertificateEnd& end);

// Lines of at most 75 octets, ended by CR LF. The same dates give the same octets; an event keeps its UID in
// every calendar it is in, so that importing one again changes nothing.
std::string icalendar(const Dates& dates);

// The text format, version 0.0.4, for node_exporter's textfile collector.
std::string prometheus_text(const Dates& dates);

// In place of what is there, in one rename, so that the collector never reads half a file. Errors:
// unavailable.
Result<void> replace_file(const std::string& path, std::string_view content);

}  // namespace chancery::ceremony
