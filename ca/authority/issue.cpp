// The way of a request through the authority. The numbers are those of
// docs/architecture/life-of-a-request.md.
#include <algorithm>

#include "ca/authority/authority.h"
#include "ca/authority/events.h"
#include "ca/authority/prepared.h"
#include "ca/authority/quotas.h"
#include "ca/base/idempotency_key.h"
#include "ca/issuance/prepare.h"

namespace chancery::authority {

Result<void> check_idempotency_key(const std::string& key) {
  if (key.empty() || is_idempotency_key(key)) return {};
  return make_error(ErrorCode::validation, "Idempotency-Key must be " + std::string(idempotency_key_rule));
}

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
  // A renewal's are those of the certificate, which is looked at beside the hash.
  if (request.requester.bound_names && !request.renews) {
    std::vector<std::string> bound = texts(*request.requester.bound_names);
    std::sort(bound.begin(), bound.end());
    add(as_bytes(std::string("bound")));
    for (const std::string& name : bound) add(as_bytes(name));
  }
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

namespace {

std::vector<std::string> approvers_of(const IssueRequest& request) {
  if (!request.approval) return request.renews ? request.renews->approvers : std::vector<std::string>();
  std::vector<std::string> names;
  for (const store::Approval& approval : request.approval->approvals)
    names.push_back(approval.approver.text());
  return names;
}

}  // namespace

Result<RecordedCertificate> Authority::issue(const AuthenticatedRequest& authenticated) {
  Result<Answered> answered = submit(authenticated);
  if (!answered) return std::move(answered).error();
  if (auto* recorded = std::get_if<RecordedCertificate>(&*answered)) return std::move(*recorded);
  const auto& waiting = std::get<store::ApprovalRequest>(*answered);
  return make_error(ErrorCode::forbidden,
                    "the certificate has to be approved first; request " + waiting.id + " waits for it");
}

Result<Answered> Authority::submit(const AuthenticatedRequest& authenticated) {
  const IssueRequest& request = authenticated.details();
  if (Result<void> ok = check_idempotency_key(request.idempotency_key); !ok) return std::move(ok).error();
  if (Result<void> ok = check_identity(request.requester.identity); !ok) return std::move(ok).error();
  const store::Digest request_hash = hash_request(request);
  Result<std::optional<Answered>> earlier = answered_before(request, request_hash);
  if (!earlier) return std::move(earlier).error();
  if (*earlier) return std::move(**earlier);
  end_left_open();

  Result<Prepared> prepared = approve_and_prepare(authenticated);
  if (!prepared) return std::move(prepared).error();
  const int approvals = approvals_needed(request, prepared->approved.profile().approvals);
  if (approvals > 0) return keep(*prepared, request_hash, approvals);
  Result<RecordedCertificate> recorded = issue_prepared(std::move(*prepared), request_hash);
  if (!recorded) return std::move(recorded).error();
  return Answered(std::move(*recorded));
}

Result<Authority::Prepared> Authority::approve_and_prepare(const AuthenticatedRequest& authenticated) {
  // 1 policy evaluates.
  Result<ApprovedRequest> approved = approve(authenticated, *profiles_.snapshot(), clock_.now());
  if (!approved) return std::move(approved).error();
  observer_.finished(Step::policy);

  // 2 issuance prepares the TBS and lints it.
  Result<Prepared> prepared = prepare(std::move(*approved));
  if (prepared) observer_.finished(Step::prepare);
  return prepared;
}

Result<RecordedCertificate> Authority::issue_prepared(Prepared prepared, const store::Digest& request_hash) {
  const IssueRequest& request = prepared.approved.details();
  if (!request.renews) {
    Result<std::optional<store::Superseded>> before = store_.find_superseded(
        request.requester.identity, request.profile, texts(prepared.approved.decision().names), prepared.now);
    if (!before) return std::move(before).error();
    prepared.supersedes = std::move(*before);
  }
  // 3 the intent is durable, the token reserved and the quotas counted, before any key is used.
  const store::Intent intent = intent_of(prepared, request_hash);
  const Result<void> begun =
      attempt([&] { return store_.begin_issuance(intent, intent_recorded(intent, request.actor)); });
  if (!begun) {
    // The same request may have been answered while this one was being judged.
    Result<std::optional<RecordedCertificate>> meanwhile = replay(request, request_hash);
    if (meanwhile && *meanwhile) return std::move(**meanwhile);
    return explain_refusal(begun.error(), prepared.approved, store_, prepared.now);
  }
  observer_.finished(Step::intent);

  Result<RecordedCertificate> recorded = sign_and_record(std::move(prepared), intent);
  if (!recorded) {
    abandon(intent, request.actor, recorded.error());
    return recorded;
  }
  // 7 the caller answers with it.
  observer_.finished(Step::answer);
  return recorded;
}

store::Intent Authority::intent_of(const Prepared& prepared, const store::Digest& request_hash) const {
  const IssueRequest& request = prepared.approved.details();
  store::Intent intent{.serial = prepared.token.serial().to_string(),
                       .tbs_hash = prepared.token.tbs_hash(),
                       .request_hash = request_hash,
                       .spki_hash = spki_hash(request),
                       .identity = request.requester.identity,
                       .profile = request.profile,
                       .request_id = request.request_id,
                       .created_at = prepared.now,
                       .token_hash = request.token_hash,
                       .idempotency_key = request.idempotency_key,
                       .renews = request.renews ? request.renews->serial : std::string(),
                       .approval = request.approval ? request.approval->id : std::string(),
                       .authorised_by = request.authorised_by,
                       .fresh_key = request.renews.has_value(),
                       .repeats_since = std::nullopt,
                       .quotas = to_count(quotas_of(prepared.approved))};
  if (intent.idempotency_key.empty() && repeat_window_ > Seconds(0))
    intent.repeats_since = prepared.now - repeat_window_;
  return intent;
}

Result<void> Authority::attempt(const std::function<Result<void>()>& change) {
  Result<void> done = change();
  const bool held =
      !done && (done.error().code == ErrorCode::conflict || done.error().code == ErrorCode::rate_limited);
  return held && end_expired() > 0 ? change() : done;
}

Result<Answered> Authority::renew(const Authentication& authentication, Asked asked) {
  const Result<AuthenticatedRequest> request = authentication.for_renewal(std::move(asked), clock_.now());
  if (!request) return request.error();
  return submit(*request);
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
  return Prepared{std::move(approved), std::move(issuer), std::move(*token), now, std::nullopt};
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
  Result<RecordedCertificate> recorded = record(*issued, prepared, intent);
  if (recorded) observer_.finished(Step::record);
  return recorded;
}

Result<RecordedCertificate> Authority::record(const issuance::IssuedCertificate& issued,
                                              const Prepared& prepared, const store::Intent& intent) {
  const x509::Certificate& certificate = issued.certificate();
  const x509::Validity& validity = certificate.validity();
  const ApprovedRequest& approved = prepared.approved;
  const IssueRequest& request = approved.details();
  const std::optional<store::Superseded>& supersedes = prepared.supersedes;
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
      .supersedes = supersedes ? supersedes->serial : std::string(),
      .lineage = renews ? renews->lineage : (supersedes ? supersedes->lineage : intent.serial),
      .approvers = approvers_of(request),
      .idempotency_key = intent.idempotency_key,
      .request_id = intent.request_id,
  };
  const Result<void> done =
      store_.complete_issuance(record, certificate_issued(record, request.actor), issued_event(record));
  if (!done) return done.error();
  return RecordedCertificate(std::move(record), false);
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

}  // namespace chancery::authority
