#include <algorithm>

#include "ca/ceremony/calendar/calendar.h"
#include "ca/x509/chain.h"

namespace chancery::ceremony {
namespace {

constexpr Seconds year{365LL * 86400};

// Certificates that others hold, or that were revoked, are in bundles too.
bool is_ours(const std::string& file) {
  return file != "target.pem" && !file.starts_with("revoked-");
}

std::string kind_of(const Replay& replay, const CertificateFile& file) {
  const x509::ParsedTbs& fields = file.certificate.fields();
  if (equal(fields.issuer, fields.subject)) return "root";
  const auto* cross = std::get_if<CrossCertificatePlan>(&replay.script->plan);
  return cross != nullptr && cross->certificate_output == file.path ? "cross" : "intermediate";
}

void add_certificates(Dates& dates, const Replay& replay) {
  for (const CertificateFile& file : replay.certificates) {
    const x509::Certificate& certificate = file.certificate;
    const bool known =
        std::any_of(dates.certificates.begin(), dates.certificates.end(),
                    [&](const CertificateEnd& end) { return end.fingerprint == certificate.fingerprint(); });
    if (known || !is_ours(file.path)) continue;
    dates.certificates.push_back({certificate.subject_text(), kind_of(replay, file),
                                  certificate.serial().to_string(), certificate.validity().not_before(),
                                  certificate.validity().not_after(), certificate.fingerprint()});
  }
}

void add_crl(Dates& dates, const Replay& replay) {
  const auto* plan = std::get_if<CrlPlan>(&replay.script->plan);
  for (const CrlFile& file : replay.crls) {
    if (plan == nullptr || file.name != plan->crl_output) continue;
    const x509::ParsedCrl& fields = file.crl.fields();
    const Result<x509::Name> issuer = x509::Name::parse(fields.issuer);
    const CrlEnd end{issuer ? issuer->to_string() : to_hex(fields.issuer),
                     fields.number ? fields.number->to_string() : "",
                     fields.this_update,
                     fields.next_update,
                     crypto::sha256(fields.issuer),
                     !plan->last_reason.empty()};
    const auto same = std::find_if(dates.crls.begin(), dates.crls.end(),
                                   [&](const CrlEnd& other) { return other.issuer_hash == end.issuer_hash; });
    if (same == dates.crls.end()) {
      dates.crls.push_back(end);
    } else if (same->this_update < end.this_update) {
      *same = end;
    }
  }
}

// A root's key, and shares that were dealt anew.
const CustodyPlan* watched_custody(const Plan& plan) {
  if (const auto* root = std::get_if<RootPlan>(&plan)) return &root->custody;
  const auto* below = std::get_if<IntermediatePlan>(&plan);
  const bool offline = below != nullptr && !std::holds_alternative<FileCustody>(below->custody);
  return offline ? &below->custody : nullptr;
}

void add_check(Dates& dates, const Replay& replay) {
  const CustodyPlan* custody = watched_custody(replay.script->plan);
  if (custody == nullptr) return;
  for (const CertificateFile& file : replay.certificates) {
    if (file.path == issuer_file) continue;
    const x509::Certificate& certificate = file.certificate;
    dates.checks.push_back({certificate.subject_text(), std::string(custody_name(*custody)),
                            replay.script->roles.crypto_officers, replay.transcript->lines.back().at + year,
                            certificate.validity().not_after(), certificate.fingerprint()});
  }
}

// Since shares were dealt anew others look after them.
void add_new_custodians(Dates& dates, const Replay& replay) {
  const auto* recover = std::get_if<RecoverPlan>(&replay.script->plan);
  const x509::Certificate* key = replay.authority();
  if (recover == nullptr || !recover->reshare || key == nullptr) return;
  const CustodyCheck now{key->subject_text(),
                         std::string(custody_name(*recover->reshare)),
                         replay.script->roles.crypto_officers,
                         replay.transcript->lines.back().at + year,
                         key->validity().not_after(),
                         key->fingerprint()};
  const auto known = std::find_if(dates.checks.begin(), dates.checks.end(), [&](const CustodyCheck& check) {
    return check.fingerprint == now.fingerprint;
  });
  if (known == dates.checks.end()) {
    dates.checks.push_back(now);
  } else if (known->first <= now.first) {
    *known = now;
  }
}

// Another key under the name may go on signing lists.
bool is_only_key_of_its_name(std::span<const Replay> replays, const x509::Certificate& one) {
  return std::all_of(replays.begin(), replays.end(), [&](const Replay& replay) {
    return std::all_of(
        replay.certificates.begin(), replay.certificates.end(), [&](const CertificateFile& file) {
          const x509::ParsedTbs& fields = file.certificate.fields();
          return !equal(fields.subject, one.fields().subject) || equal(fields.spki, one.fields().spki);
        });
  });
}

void end_renewals(Dates& dates, std::span<const Replay> replays, const x509::Certificate& destroyed) {
  for (const Replay& replay : replays) {
    for (const CertificateFile& file : replay.certificates) {
      const bool own = equal(file.certificate.fields().spki, destroyed.fields().spki);
      if (!own && !x509::verify_issued_by(file.certificate, destroyed)) continue;
      for (CertificateEnd& end : dates.certificates) {
        if (end.fingerprint != file.certificate.fingerprint()) continue;
        end.renewable = false;
        end.key_is_destroyed = end.key_is_destroyed || own;
      }
    }
  }
}

// A key that is gone has no custodians, signs no list, and renews nothing. The end of its last list is the
// end of what is below it.
void take_destroyed_off(Dates& dates, std::span<const Replay> replays, const Replay& replay) {
  const x509::Certificate* key = replay.authority();
  if (replay.script->kind() != Kind::destroy || key == nullptr) return;
  std::erase_if(dates.checks,
                [&](const CustodyCheck& check) { return check.fingerprint == key->fingerprint(); });
  end_renewals(dates, replays, *key);
  if (!is_only_key_of_its_name(replays, *key)) return;
  const crypto::Sha256Digest name = crypto::sha256(key->fields().subject);
  std::erase_if(dates.crls, [&](const CrlEnd& crl) { return crl.issuer_hash == name && !crl.last; });
  std::erase_if(dates.crls_due, [&](const CrlDue& due) { return due.issuer_hash == name; });
}

// The newest list of an issuer in all the bundles.
const x509::Crl* newest_crl(std::span<const Replay> replays, const Bytes& issuer) {
  const x509::Crl* newest = nullptr;
  for (const Replay& replay : replays) {
    for (const CrlFile& file : replay.crls) {
      const x509::ParsedCrl& fields = file.crl.fields();
      if (equal(fields.issuer, issuer) &&
          (newest == nullptr || newest->fields().this_update < fields.this_update)) {
        newest = &file.crl;
      }
    }
  }
  return newest;
}

void mark_revoked(Dates& dates, std::span<const Replay> replays, const x509::Certificate& certificate) {
  const x509::Crl* crl = newest_crl(replays, certificate.fields().issuer);
  if (crl == nullptr) return;
  for (const x509::RevokedCertificate& entry : crl->fields().revoked) {
    if (entry.serial != certificate.serial()) continue;
    for (CertificateEnd& end : dates.certificates) {
      if (end.fingerprint == certificate.fingerprint()) end.revoked = entry.revoked_at;
    }
  }
}

void add_crl_due(Dates& dates, std::span<const Replay> replays, const CertificateFile& file) {
  const x509::ParsedTbs& fields = file.certificate.fields();
  const std::vector<std::string>& urls = fields.extensions.crl_distribution_points;
  if (!is_ours(file.path) || urls.empty() || newest_crl(replays, fields.issuer) != nullptr) return;
  const crypto::Sha256Digest hash = crypto::sha256(fields.issuer);
  for (const CrlDue& due : dates.crls_due) {
    if (due.issuer_hash == hash) return;
  }
  const Result<x509::Name> issuer = x509::Name::parse(fields.issuer);
  dates.crls_due.push_back({issuer ? issuer->to_string() : to_hex(fields.issuer), urls.front(),
                            file.certificate.validity().not_before(), hash});
}

}  // namespace

Dates dates_of(std::span<const Replay> replays) {
  Dates dates;
  for (const Replay& replay : replays) {
    dates.stamp = std::max(dates.stamp, replay.transcript->lines.back().at);
    add_certificates(dates, replay);
    add_crl(dates, replay);
    add_check(dates, replay);
  }
  for (const Replay& replay : replays) {
    add_new_custodians(dates, replay);
    for (const CertificateFile& file : replay.certificates) {
      mark_revoked(dates, replays, file.certificate);
      add_crl_due(dates, replays, file);
    }
  }
  for (const Replay& replay : replays) take_destroyed_off(dates, replays, replay);
  std::stable_sort(
      dates.certificates.begin(), dates.certificates.end(),
      [](const CertificateEnd& a, const CertificateEnd& b) { return a.not_after < b.not_after; });
  return dates;
}

}  // namespace chancery::ceremony
