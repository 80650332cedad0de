// The way of a request through the authority. The numbers are those of
// docs/architecture/life-of-a-request.md.
#include <algorithm>

#include "ca/authority/authority.h"
#include "ca/authority/events.h"
#include "ca/authority/quotas.h"
#include "ca/issuance/prepare.h"

namespace chancery::authority {
namespace {

constexpr std::size_t idempotency_key_limit = 128;

Result<void> check_idempotency_key(const std::string& key) {
  const bool visible = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (key.size() > idempotency_key_limit || !visible) {
    return make_error(ErrorCode::validation, "Idempotency-Key must be 1 to 128 visible ASCII characters");
  }
  return {};
}

// What makes two requests the same: who it is for, which profile, which CSR.
store::Digest hash_request(const IssueRequest& request) {
  Bytes input;
  const auto add = [&input](ByteView part) {
    const std::uint64_t size = part.size();
    for (unsigned shift = 0; shift < 64; shift += 8)
      input.push_back(static_cast<std::uint8_t>(size >> shift));
    input.insert(input.end(), part.begin(), part.end());
  };
  add(as_bytes(request.requester.identity.text()));
  add(as_bytes(request.profile.text()));
  add(request.csr.der());
  return crypto::sha256(input);
}

store::Digest spki_hash(const IssueRequest& request) {
  return crypto::sha256(request.csr.public_key().spki());
}

std::vector<std::string> texts(const std::vector<x509::GeneralName>& names) {
  std::vector<std::string> list;
  list.reserve(names.size());
  for (const x509::GeneralName& name : names) list.push_back(x509::to_string(name));
  return list;
}

}  // namespace

// What a request has become after steps 1 and 2: the right to sign once, and under what it was given.
struct Authority::Prepared {
  ApprovedRequest approved;
  std::shared_ptr<const issuance::Issuer> issuer;
  issuance::SigningToken token;
  TimePoint now;
};

Result<RecordedCertificate> Authority::issue(const AuthenticatedRequest& authenticated) {
  const IssueRequest& request = authenticated.details();
  if (Result<void> ok = check_idempotency_key(request.idempotency_key); !ok) return std::move(ok).error();
  if (Result<void> ok = check_identity(request.requester.identity); !ok) return std::move(ok).error();
  const store::Digest request_hash = hash_request(request);
  Result<std::optional<RecordedCertificate>> earlier = replay(request, request_hash);
  if (!earlier) return std::move(earlier).error();
  if (*earlier) return std::move(**earlier);
  end_left_open();

  // 1 policy evaluates.
  Result<ApprovedRequest> approved = approve(authenticated, *profiles_.snapshot(), clock_.now());
  if (!approved) return std::move(approved).error();
  observer_.finished(Step::policy);

  // 2 issuance prepares the TBS and lints it.
  Result<Prepared> prepared = prepare(std::move(*approved));
  if (!prepared) return std::move(prepared).error();
  observer_.finished(Step::prepare);

  // 3 the intent is durable, the token reserved and the quotas counted, before any key is used.
  const std::shared_ptr<const policy::Profile> profile = prepared->approved.shared_profile();
  const std::vector<policy::AppliedQuota> quotas =
      policy::quotas_of(*profile, request.requester.identity, prepared->approved.decision().names);
  const store::Intent intent{.serial = prepared->token.serial().to_string(),
                             .tbs_hash = prepared->token.tbs_hash(),
                             .request_hash = request_hash,
                             .spki_hash = spki_hash(request),
                             .identity = request.requester.identity,
                             .profile = request.profile,
                             .request_id = request.request_id,
                             .created_at = prepared->now,
                             .token_hash = request.token_hash,
                             .idempotency_key = request.idempotency_key,
                             .authorised_by = request.authorised_by,
                             .fresh_key = request.renews.has_value(),
                             .quotas = to_count(quotas)};
  if (Result<void> begun = store_.begin_issuance(intent, intent_recorded(intent, request.actor)); !begun) {
    // The same request may have been answered while this one was being judged.
    Result<std::optional<RecordedCertificate>> meanwhile = replay(request, request_hash);
    if (meanwhile && *meanwhile) return std::move(**meanwhile);
    return still_open_or(explain_refusal(std::move(begun).error(), *profile, quotas, store_, prepared->now),
                         intent);
  }
  observer_.finished(Step::intent);

  Result<RecordedCertificate> recorded = sign_and_record(std::move(*prepared), intent);
  if (!recorded) {
    abandon(intent, request.actor, recorded.error());
    return recorded;
  }
  // 7 the caller answers with it.
  observer_.finished(Step::answer);
  return recorded;
}

Result<RecordedCertificate> Authority::renew(const Authentication& authentication, Asked asked) {
  const Result<AuthenticatedRequest> request = authentication.for_renewal(std::move(asked), clock_.now());
  if (!request) return request.error();
  return issue(*request);
}

Result<std::optional<RecordedCertificate>> Authority::replay(const IssueRequest& request,
                                                             const store::Digest& request_hash) {
  if (request.idempotency_key.empty()) return std::optional<RecordedCertificate>();
  Result<std::optional<store::CertificateRow>> found =
      store_.find_by_idempotency_key(request.requester.identity, request.idempotency_key);
  if (!found) return std::move(found).error();
  if (!*found) return std::optional<RecordedCertificate>();
  store::CertificateRecord& record = (*found)->certificate;
  if (record.request_hash != request_hash) {
    return make_error(ErrorCode::conflict,
                      "this Idempotency-Key was used for another request; use a new key for a new request");
  }
  return std::optional<RecordedCertificate>(RecordedCertificate(std::move(record), true));
}

Result<Authority::Prepared> Authority::prepare(ApprovedRequest approved) {
  const policy::Profile& profile = approved.profile();
  const x509::CertificateRequest& csr = approved.details().csr;
  std::shared_ptr<const issuance::Issuer> issuer = issuer_.snapshot();
  const TimePoint now = clock_.now();
  Result<x509::CertificateFields> fields =
      issuance::leaf_fields(profile, approved.decision(), csr, *issuer, now, random_);
  if (!fields) return std::move(fields).error();
  Result<issuance::SigningToken> token =
      issuance::prepare(std::move(*fields), lint::Kind::leaf, &issuer->certificate(), csr.public_key(), now,
                        profile.backdate, {.blocked_keys = blocked_keys_.get()});
  if (!token) return std::move(token).error();
  return Prepared{std::move(approved), std::move(issuer), std::move(*token), now};
}

Result<RecordedCertificate> Authority::sign_and_record(Prepared prepared, const store::Intent& intent) {
  const issuance::Issuer& issuer = *prepared.issuer;
  // 4 the key store signs.
  Result<issuance::SignedToken> signed_token = issuance::redeem(std::move(prepared.token), issuer.signer());
  if (!signed_token) return std::move(signed_token).error();
  observer_.finished(Step::sign);

  // 5 TBS compared byte for byte, signature verified, second implementation re-parses.
  const lint::CrossCheck* second = issuer.cross_check() ? &*issuer.cross_check() : nullptr;
  const Result<issuance::IssuedCertificate> issued =
      issuance::check_signed(std::move(*signed_token), issuer.public_key(), second);
  if (!issued) return issued.error();
  observer_.finished(Step::check);

  // 6 certificate, status row, audit entry, outbox event and the token's consumption, in one transaction.
  Result<RecordedCertificate> recorded = record(*issued, prepared.approved, intent);
  if (recorded) observer_.finished(Step::record);
  return recorded;
}

Result<RecordedCertificate> Authority::record(const issuance::IssuedCertificate& issued,
                                              const ApprovedRequest& approved, const store::Intent& intent) {
  const x509::Certificate& certificate = issued.certificate();
  const x509::Validity& validity = certificate.validity();
  const IssueRequest& request = approved.details();
  const std::optional<store::CertificateRecord>& renews = request.renews;
  store::CertificateRecord record{
      .serial = intent.serial,
      .der = to_bytes(certificate.der()),
      .fingerprint = certificate.fingerprint(),
      .spki_hash = intent.spki_hash,
      .request_hash = intent.request_hash,
      .not_before = validity.not_before(),
      .not_after = validity.not_after(),
      .renew_after = validity.not_before() + approved.profile().renew_after,
      .issued_at = intent.created_at,
      .identity = intent.identity,
      .profile = intent.profile,
      .profile_hash = approved.profile().hash,
      .subject = approved.decision().subject.to_string(),
      .names = texts(approved.decision().names),
      .renewed_from = renews ? renews->serial : std::string(),
      .lineage = renews ? renews->lineage : intent.serial,
      .idempotency_key = intent.idempotency_key,
      .request_id = intent.request_id,
  };
  const Result<void> done =
      store_.complete_issuance(record, certificate_issued(record, request.actor), issued_event(record));
  if (!done) return done.error();
  return RecordedCertificate(std::move(record), false);
}

Error Authority::still_open_or(Error refusal, const store::Intent& intent) {
  if (intent.idempotency_key.empty()) return refusal;
  const Result<std::vector<store::Intent>> open = store_.open_intents();
  if (!open) return refusal;
  const bool same = std::any_of(open->begin(), open->end(), [&](const store::Intent& other) {
    return other.identity == intent.identity && other.idempotency_key == intent.idempotency_key &&
           other.request_hash == intent.request_hash;
  });
  // Not a conflict: whoever asks again will get the certificate, and must not give up its token or key.
  return same ? make_error(ErrorCode::unavailable,
                           "this very request is being answered; ask again with the same Idempotency-Key")
              : refusal;
}

void Authority::abandon(const store::Intent& intent, const Identity& actor, const Error& reason) {
  const LeftOpen left{intent.serial, issuance_abandoned(intent.serial, intent.request_id, reason.message,
                                                        actor, clock_.now())};
  // The serial is known all the same; what must not last is the hold on the token.
  if (!store_.abandon_issuance(left.serial, left.audit))
    left_open_.with([&](std::vector<LeftOpen>& list) { list.push_back(left); });
}

// One attempt a request: a store that fails still would only make every caller wait.
void Authority::end_left_open() {
  std::optional<LeftOpen> left = left_open_.with([](std::vector<LeftOpen>& list) {
    std::optional<LeftOpen> last;
    if (!list.empty()) {
      last = std::move(list.back());
      list.pop_back();
    }
    return last;
  });
  if (!left) return;
  const Result<void> ended = store_.abandon_issuance(left->serial, left->audit);
  if (!ended && ended.error().code != ErrorCode::conflict)  // conflict: it is no longer open
    left_open_.with([&](std::vector<LeftOpen>& list) { list.push_back(std::move(*left)); });
}

Explanation Authority::explain(const AuthenticatedRequest& authenticated) {
  const std::shared_ptr<const policy::ProfileSet> profiles = profiles_.snapshot();
  Explanation explanation{
      .profile = profiles->find(authenticated.details().profile), .decision = {}, .error = std::nullopt};
  explanation.error = would_refuse(authenticated, *profiles, explanation);
  return explanation;
}

std::optional<Error> Authority::would_refuse(const AuthenticatedRequest& authenticated,
                                             const policy::ProfileSet& profiles, Explanation& explanation) {
  const IssueRequest& request = authenticated.details();
  const TimePoint now = clock_.now();
  std::optional<Error> quota_error;
  if (explanation.profile) {
    const policy::Profile& profile = *explanation.profile;
    Result<policy::Decision> decision = judge(request, profile, now);
    if (!decision) return std::move(decision).error();
    explanation.decision = std::move(*decision);
    const std::vector<policy::AppliedQuota> quotas =
        policy::quotas_of(profile, request.requester.identity, explanation.decision.names);
    Result<std::vector<policy::Reason>> reasons = judge_quotas(store_, quotas, now);
    if (!reasons) return std::move(reasons).error();
    quota_error = refusal_of(*reasons, profile);
    for (policy::Reason& reason : *reasons) explanation.decision.reasons.push_back(std::move(reason));
    if (quota_error) explanation.decision.allowed = false;
  }
  if (Result<void> free =
          store_.check_key(spki_hash(request), request.requester.identity, request.renews.has_value());
      !free) {
    return std::move(free).error();
  }
  Result<ApprovedRequest> approved = approve(authenticated, profiles, now);
  if (!approved) return std::move(approved).error();
  if (quota_error) return quota_error;
  Result<Prepared> prepared = prepare(std::move(*approved));
  if (!prepared) return std::move(prepared).error();
  explanation.warnings = prepared->token.warnings();
  return std::nullopt;
}

}  // namespace chancery::authority
