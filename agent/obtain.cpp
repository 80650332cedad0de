// Lifecycle's half that talks to the issuing service: a request that survives a lost answer, and the check of
// what comes back.
#include <algorithm>
#include <array>

#include "agent/lifecycle.h"
#include "ca/base/file.h"
#include "ca/crypto/digest.h"
#include "ca/x509/csr.h"

namespace chancery::agent {

Result<void> Lifecycle::obtain(const Action& action) {
  std::string renews;
  std::vector<x509::GeneralName> names = config_.names;
  if (action.kind == ActionKind::renew) {
    Result<Version> current = read_version(current_path(config_.directory));
    if (!current) return current.error();
    renews = current->serial();
    // Renewal keeps the names: only an enrolment, which an operator has allowed, changes them.
    names = current->leaf.fields().extensions.subject_alternative_names;
  }
  Result<Prepared> prepared = pending_request(renews, names);
  if (!prepared) return prepared.error();

  Answer answer = ask(*prepared);
  retry_after_ = answer.retry_after;
  if (answer.server_time) around_.metrics.clock_offset(*answer.server_time - around_.clock.now());
  if (answer.waiting) return wait_for_approval(action, *answer.waiting);
  if (!answer.issued) {
    note_refusal(prepared->request, answer.issued.error());
    return answer.issued.error();
  }
  Result<std::string> roots_pem = read_file(agent_.roots_file, pem_limit);
  if (!roots_pem) return roots_pem.error();
  Result<std::vector<x509::Certificate>> roots = x509::parse_pem_chain(*roots_pem);
  if (!roots) return with_context(roots.error(), agent_.roots_file);
  Result<void> good = check_issued(answer.issued->version, prepared->key.public_key(), prepared->names,
                                   *roots, around_.clock.now());
  if (!good) {
    drop_pending();  // asking again in the same words would bring the same certificate
    return good;
  }
  return accept(*prepared, *answer.issued);
}

// The request whose answer may have been lost, if there is one for this very purpose.
Result<Lifecycle::Prepared> Lifecycle::pending_request(const std::string& renews,
                                                       const std::vector<x509::GeneralName>& names) {
  if (!state_.pending || state_.pending->renews != renews) return fresh_request(renews, names);
  Result<SecretBytes> pem = store_.load_pending_key(config_.name);
  if (!pem) return fresh_request(renews, names);
  Result<crypto::PrivateKey> key = parse_key_pem(as_text(pem->reveal()));
  Result<x509::CertificateRequest> csr = x509::CertificateRequest::parse_pem(state_.pending->csr);
  if (!key || !csr || !equal(key->public_key().spki(), csr->public_key().spki()) ||
      csr->subject_alternative_names() != names) {
    return fresh_request(renews, names);
  }
  return Prepared{*state_.pending, std::move(*key), names};
}

// Always a new key. It and the request are durable before the first byte is sent.
Result<Lifecycle::Prepared> Lifecycle::fresh_request(const std::string& renews,
                                                     const std::vector<x509::GeneralName>& names) {
  Result<crypto::PrivateKey> key = crypto::PrivateKey::generate(config_.key);
  if (!key) return key.error();
  Result<std::string> csr = x509::create_request(*key, x509::Name(), names);
  if (!csr) return csr.error();
  Result<SecretBytes> pem = key_to_pem(*key);
  if (!pem) return pem.error();
  std::array<std::uint8_t, 16> unique{};
  around_.random.fill(unique);
  state_.pending = PendingRequest{to_hex(unique), *csr, renews, ""};
  if (Result<void> done = store_.save_pending_key(config_.name, *pem); !done) return done.error();
  if (Result<void> done = save(); !done) return done.error();
  return Prepared{*state_.pending, std::move(*key), names};
}

Answer Lifecycle::ask(const Prepared& prepared) {
  const PendingRequest& request = prepared.request;
  const std::string current = current_path(config_.directory);
  if (!request.renews.empty()) {
    return around_.service.renew({request.renews, current + "/certificate.pem", current + "/key.pem",
                                  request.csr, request.idempotency_key});
  }
  Result<SecretBytes> token = read_secret_file(config_.enrollment_token_file);
  if (!token) return {token.error(), {}, {}};
  return around_.service.enrol({config_.profile, request.csr, request.idempotency_key, std::move(*token)});
}

Result<void> Lifecycle::wait_for_approval(const Action& action, const Waiting& waiting) {
  waiting_ = true;
  state_.issue_failures = 0;
  state_.issue_not_before =
      around_.clock.now() + std::clamp(retry_after_.value_or(Seconds(60)), Seconds(1), Seconds(3600));
  if (!state_.pending || state_.pending->waits == waiting.request) return {};
  state_.pending->waits = waiting.request;
  if (action.kind == ActionKind::renew) around_.metrics.count(RenewalResult::pending);
  log::Fields entry{{"certificate", config_.name}, {"approval_request", waiting.request}};
  if (waiting.expires) entry.emplace_back("expires_at", to_rfc3339(*waiting.expires));
  around_.logger.info("agent.waiting", "the service has taken the request; an operator has to approve it",
                      entry);
  return {};
}

void Lifecycle::note_refusal(const PendingRequest& request, const Error& error) {
  switch (error.code) {
    case ErrorCode::unauthorized:
    case ErrorCode::forbidden:
    case ErrorCode::not_found:
      if (!request.renews.empty()) state_.refused_renewal = request.renews;
      break;
    case ErrorCode::conflict:
    case ErrorCode::validation:
    case ErrorCode::payload_too_large:
      break;
    case ErrorCode::rate_limited:
    case ErrorCode::unavailable:
    case ErrorCode::internal:
      return;  // the same request may succeed later
  }
  const bool token_is_spent = error.code == ErrorCode::unauthorized || error.code == ErrorCode::conflict;
  if (request.renews.empty() && token_is_spent) {
    Result<SecretBytes> token = read_secret_file(config_.enrollment_token_file);
    if (token) state_.refused_token = to_hex(crypto::sha256(token->reveal()));
  }
  drop_pending();
}

Result<void> Lifecycle::accept(const Prepared& prepared, const Issued& issued) {
  if (Result<void> done = installer_.prepare(issued.version, prepared.key); !done) return done;
  const std::string serial = issued.version.serial();
  Result<Version> current = read_version(current_path(config_.directory));
  state_.candidate = Candidate{serial, current && current->serial() != serial ? current->serial() : ""};
  const x509::Validity& validity = issued.version.leaf.validity();
  state_.renew_after[serial] =
      issued.renew_after.value_or(validity.not_before() + validity.lifetime() * 2 / 3);
  state_.issue_failures = 0;
  state_.pending.reset();
  if (Result<void> done = save(); !done) return done;
  const bool renewal = !prepared.request.renews.empty();
  around_.logger.info(
      renewal ? "agent.renewed" : "agent.enrolled",
      renewal ? "a new certificate was issued for a fresh key" : "the first certificate was issued",
      fields(issued.version));
  return store_.remove_pending_key(config_.name);
}

void Lifecycle::drop_pending() {
  state_.pending.reset();
  // A key left behind belongs to no request and is overwritten by the next one.
  (void)store_.remove_pending_key(config_.name);
}

}  // namespace chancery::agent
