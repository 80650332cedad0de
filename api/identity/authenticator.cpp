#include "api/identity/authenticator.h"

#include <algorithm>

#include "ca/x509/chain.h"

namespace chancery::identity {
namespace {

constexpr std::size_t remembered_certificates = 1024;
constexpr std::size_t token_limit = 256;
constexpr std::string_view bearer = "Bearer ";

Error unauthorized(std::string rule, std::string value, std::string message) {
  Error error = make_error(ErrorCode::unauthorized, message);
  error.details.push_back({std::move(rule), "", std::move(value), std::move(message)});
  return error;
}

// Expiry first: it is what most often goes wrong, and the rest would only hide it.
Result<void> check_time(const x509::Certificate& certificate, TimePoint now) {
  const x509::Validity& validity = certificate.validity();
  if (now > validity.not_after()) {
    return unauthorized("client_certificate.expired", to_rfc3339(validity.not_after()),
                        "the client certificate expired at " + to_rfc3339(validity.not_after()) +
                            ": enrol again with a token");
  }
  if (now < validity.not_before()) {
    return unauthorized("client_certificate.not_yet_valid", to_rfc3339(validity.not_before()),
                        "the client certificate is valid from " + to_rfc3339(validity.not_before()) +
                            " only: check the clocks");
  }
  return {};
}

// The one that signed `certificate`; null when none did.
const x509::Certificate* signer_among(const std::vector<x509::Certificate>& candidates,
                                      const x509::Certificate& certificate) {
  const auto found = std::find_if(candidates.begin(), candidates.end(), [&](const auto& candidate) {
    return x509::verify_issued_by(certificate, candidate).has_value();
  });
  return found == candidates.end() ? nullptr : &*found;
}

Result<void> check_chain(const x509::Certificate& certificate, const x509::Certificate& issuer,
                         const std::vector<x509::Certificate>& roots, TimePoint now) {
  const std::vector<x509::Certificate> intermediates{issuer};
  if (auto ok = x509::verify_chain(certificate, intermediates, roots, now, x509::KeyPurpose::client_auth);
      !ok) {
    return unauthorized("client_certificate.chain", certificate.serial().to_string(),
                        "the client certificate cannot authenticate a client: " + ok.error().message);
  }
  return {};
}

Result<void> check_record(const x509::Certificate& certificate,
                          const std::optional<store::CertificateRow>& row) {
  const std::string serial = certificate.serial().to_string();
  if (!row || row->status.status == store::Status::unrecorded) {
    return unauthorized("client_certificate.unknown", serial,
                        "this CA has no record of the client certificate " + serial + ": enrol with a token");
  }
  if (row->certificate.fingerprint != certificate.fingerprint()) {
    return unauthorized("client_certificate.fingerprint", serial,
                        "the client certificate is not the one this CA recorded under serial " + serial +
                            ": tell the CA's operators");
  }
  if (row->status.status == store::Status::revoked) {
    const std::string when = row->status.revoked_at ? " at " + to_rfc3339(*row->status.revoked_at) : "";
    return unauthorized(
        "client_certificate.revoked", serial,
        "the client certificate " + serial + " was revoked" + when + ": enrol again with a token");
  }
  return {};
}

}  // namespace

Authenticator::Authenticator(const authority::Authority& authority, store::Store& store,
                             std::vector<x509::Certificate> roots,
                             std::vector<x509::Certificate> previous_issuers, const Clock& clock)
    : authority_(authority),
      store_(store),
      roots_(std::move(roots)),
      previous_issuers_(std::move(previous_issuers)),
      clock_(clock),
      verified_(remembered_certificates) {}

Result<Caller> Authenticator::authenticate(const Credentials& credentials) const {
  if (!credentials.authorization.empty()) return by_token(credentials.authorization);
  if (!credentials.certificate_pem.empty()) return by_certificate(credentials.certificate_pem);
  return Caller{};
}

Result<Caller> Authenticator::by_token(std::string_view authorization) const {
  if (!authorization.starts_with(bearer)) {
    return unauthorized("authorization.scheme", std::string(authorization.substr(0, authorization.find(' '))),
                        "the Authorization header must be \"Bearer\" and an enrolment token");
  }
  const std::string_view text = authorization.substr(bearer.size());
  // The same answer for every token that never was, so that guessing learns nothing.
  const auto unknown = [] {
    return unauthorized("token.unknown", "", "the enrolment token is unknown: ask an operator for a new one");
  };
  if (text.empty() || text.size() > token_limit) return unknown();
  auto token = store_.find_token(authority::token_hash(text));
  if (!token) return token.error();
  if (!*token) return unknown();
  if ((*token)->withdrawn_at) {
    return unauthorized("token.withdrawn", to_rfc3339(*(*token)->withdrawn_at),
                        "the enrolment token was withdrawn at " + to_rfc3339(*(*token)->withdrawn_at) +
                            ": ask an operator for a new one");
  }
  if (clock_.now() >= (*token)->expires_at) {
    // Who has asked in time may see what becomes of it; anything new is refused where it is decided.
    const auto asked = store_.has_requests((*token)->hash);
    if (!asked) return asked.error();
    if (*asked) return Caller(authority::Authentication(std::move(**token)));
    return unauthorized("token.expired", to_rfc3339((*token)->expires_at),
                        "the enrolment token expired at " + to_rfc3339((*token)->expires_at) +
                            ": ask an operator for a new one");
  }
  return Caller(authority::Authentication(std::move(**token)));
}

Result<Caller> Authenticator::by_certificate(std::string_view pem) const {
  const TimePoint now = clock_.now();
  const auto hash = crypto::sha256(as_bytes(pem));
  auto chain = verified_.find(hash);
  if (!chain) {
    auto parsed = x509::Certificate::parse_pem(pem);
    if (!parsed) {
      return unauthorized("client_certificate.malformed", "",
                          "the client certificate cannot be read: " + parsed.error().message);
    }
    if (auto ok = check_time(*parsed, now); !ok) return ok.error();
    auto verified = verify(*parsed, now);
    if (!verified) return verified.error();
    verified_.add(hash, *verified);
    chain = std::move(*verified);
  }
  const x509::Certificate& certificate = chain->certificate;
  if (auto ok = check_time(certificate, now); !ok) return ok.error();
  if (now > chain->ends) {
    return unauthorized("client_certificate.issuer_ended", to_rfc3339(chain->ends),
                        "the CA that issued the client certificate ended at " + to_rfc3339(chain->ends) +
                            ": enrol again with a token");
  }
  auto row = store_.find_certificate(certificate.serial().to_string());
  if (!row) return row.error();
  if (auto ok = check_record(certificate, *row); !ok) return ok.error();
  if (auto ok = check_key(**row); !ok) return ok.error();
  const policy::Role role = role_of((*row)->certificate.profile);
  return Caller(authority::Authentication(std::move(**row), role));
}

Result<VerifiedChain> Authenticator::verify(const x509::Certificate& certificate, TimePoint now) const {
  std::vector<x509::Certificate> issuers{authority_.issuer()->certificate()};
  issuers.insert(issuers.end(), previous_issuers_.begin(), previous_issuers_.end());
  const x509::Certificate* issuer = signer_among(issuers, certificate);
  if (issuer == nullptr) {
    return unauthorized("client_certificate.other_ca", issuers.front().subject_text(),
                        "the client certificate was not issued by this CA (" +
                            issuers.front().subject_text() + "): use one that was, or enrol with a token");
  }
  if (auto ok = check_chain(certificate, *issuer, roots_, now); !ok) return ok.error();
  TimePoint roots_end{};  // of those that signed the issuer, the one that lasts longest
  for (const x509::Certificate& root : roots_) {
    if (x509::verify_issued_by(*issuer, root)) roots_end = std::max(roots_end, root.validity().not_after());
  }
  return VerifiedChain{certificate, std::min(issuer->validity().not_after(), roots_end)};
}

// Revoking one certificate for keyCompromise says the same of every other with its key.
Result<void> Authenticator::check_key(const store::CertificateRow& row) const {
  const store::CertificateRecord& record = row.certificate;
  auto free = store_.check_key(record.spki_hash, record.identity, false);
  if (free || free.error().code != ErrorCode::forbidden) return {};
  return unauthorized("client_certificate.key_compromised", record.serial,
                      "the key of the client certificate " + record.serial +
                          " was revoked for keyCompromise: generate a new key and enrol again with a token");
}

policy::Role Authenticator::role_of(const ProfileName& profile) const {
  const auto found = authority_.profiles()->find(profile);
  return found ? found->grants : policy::Role::none;
}

}  // namespace chancery::identity
