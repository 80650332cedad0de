// The issuing authority: the numbered steps of docs/architecture/life-of-a-request.md, in order, and nothing
// else.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ca/authority/approve.h"
#include "ca/authority/authentication.h"
#include "ca/base/clock.h"
#include "ca/base/guarded.h"
#include "ca/base/random.h"
#include "ca/base/result.h"
#include "ca/issuance/issuer.h"
#include "ca/issuance/sign.h"
#include "ca/store/store.h"

namespace chancery::authority {

// The steps, as numbered in life-of-a-request.md.
enum class Step { policy = 1, prepare = 2, intent = 3, sign = 4, check = 5, record = 6, answer = 7 };
std::string_view to_string(Step step);

// Told when a step has been finished, in the requesting thread: metrics measure with it, crash tests die in
// it.
class StepObserver {
 public:
  virtual ~StepObserver() = default;
  virtual void finished(Step step) = 0;
};

// The last stage. Durable: only step 6 makes one, from an IssuedCertificate, or a replay from what step 6
// left; a handler cannot answer with anything less.
class RecordedCertificate {
 public:
  [[nodiscard]] const store::CertificateRecord& record() const { return record_; }
  [[nodiscard]] bool replayed() const {
    return replayed_;
  }  // an earlier answer, given again for its Idempotency-Key

 private:
  friend class Authority;
  RecordedCertificate(store::CertificateRecord record, bool replayed)
      : record_(std::move(record)), replayed_(replayed) {}
  store::CertificateRecord record_;
  bool replayed_;
};

// What a request has come to: its certificate, or a place among those that wait for approval.
using Answered = std::variant<RecordedCertificate, store::ApprovalRequest>;

// A dry run.
struct Explanation {
  std::shared_ptr<const policy::Profile> profile;  // null when there is none of that name
  policy::Decision decision;                       // with a reason for each quota, as it stands now
  std::optional<Error> error;                      // the refusal that the request would get
  Findings warnings;                               // of lints that refuse nothing
  int approvals = 0;                               // how many it would wait for
  std::optional<Answered> earlier;                 // what it got before, and would get again
};

struct EnrollmentRequest {
  Identity actor;
  Identity identity;
  ProfileName profile;
  std::vector<x509::GeneralName> names;
  int uses = 1;            // 1..1000
  Seconds lifetime{3600};  // 60 s .. 7 d
  RequestId request_id;
};

struct Enrollment {
  SecretBytes token;  // text; shown once, never stored
  store::Token record;
};

// Immutable snapshots that requests copy on entry: what they start with is what they end with.
struct AuthorityOptions {
  std::shared_ptr<const policy::ProfileSet> profiles;
  std::shared_ptr<const issuance::Issuer> issuer;
  std::shared_ptr<const crypto::KeyBlocklist> blocked_keys;  // null: no key is blocked
  // For how long the same request without an Idempotency-Key gets the same certificate again; 0 = never.
  Seconds repeat_window{600};
  store::RequestLimits request_limits;
};

// What a revocation has done.
struct Revoked {
  std::vector<std::string> serials;      // that were revoked
  std::vector<std::string> descendants;  // that descend from it by renewal and are valid still, at most 100
};

// Thread-safe; holds no lock across policy, signing or storage. References given to the constructor must
// outlive it.
class Authority {
 public:
  Authority(AuthorityOptions options, store::Store& store, const Clock& clock, RandomSource& random,
            StepObserver& observer);

  // The certificate; or, when the profile wants approvals, the request as it waits for them. The same request
  // again (the same Idempotency-Key; or without one the same identity, profile and CSR within the repeat
  // window) gets the same answer, and the certificate once it is there; a revoked certificate is never given
  // again. Errors: forbidden (policy, with reasons; a request that was rejected, refused, cancelled or has
  // expired), validation, unauthorized/conflict (token), conflict (the key belongs to another identity; the
  // Idempotency-Key was used for another request, or for a certificate that was revoked), not_found
  // (profile), rate_limited (a quota is spent; too many wait), unavailable, internal.
  Result<Answered> submit(const AuthenticatedRequest& request);
  // submit() for those who cannot wait: forbidden when the request has to.
  Result<RecordedCertificate> issue(const AuthenticatedRequest& request);

  // A certificate renews itself: identity, profile and names stay, the key must be one that no certificate
  // has had before, and the lineage goes on. Answers and errors: those of submit() and
  // Authentication::for_renewal(), and conflict for a used key.
  Result<Answered> renew(const Authentication& authentication, Asked asked);

  // Approvals. Operators decide, but none on what they asked for, made the token for or are to get, and none
  // twice; decided in the commit. With the last approval the request is judged again by the policy and lints
  // of now, and issued in the same steps as any other: the answer is the certificate, or why it is refused.
  // Errors: not_found, conflict (it has ended), forbidden, those of submit().
  Result<Answered> approve_request(const std::string& id, const Authentication& approver,
                                   const RequestId& request_id);
  // `reason`: 1 to 256 printable characters. Spends the use of the token that asked.
  Result<store::ApprovalRequest> reject_request(const std::string& id, const Authentication& approver,
                                                const std::string& reason, const RequestId& request_id);
  // By whoever asked, with the same credential.
  Result<store::ApprovalRequest> cancel_request(const std::string& id, const Authentication& requester,
                                                const RequestId& request_id);
  // For operators and whoever asked; not_found for all others.
  Result<store::ApprovalRequest> find_request(const std::string& id, const Authentication& asker);
  // Errors: validation (limit, cursor).
  Result<store::RequestPage> list_requests(const store::RequestFilter& filter, const std::string& cursor,
                                           int limit);

  // What submit() would answer now, up to the key: decided in the same order by the same code. Of a
  // certificate's own request, what renew() would. Issues, keeps, consumes nothing; ends what has expired.
  Explanation explain(const AuthenticatedRequest& request);

  Result<Enrollment> enroll(const EnrollmentRequest& request);

  // The token buys nothing any more; requests that wait on it are cancelled. Errors: not_found, conflict.
  Result<store::Token> withdraw(const store::Digest& token_hash, const Identity& actor,
                                const RequestId& request_id);

  // RFC 5280 5.3.1 reasons but 0 is "unspecified" (then no reasonCode goes into a CRL), certificateHold (6)
  // and removeFromCRL (8) are refused. Errors: not_found, conflict, validation.
  Result<Revoked> revoke(const std::string& serial, int reason, const Identity& actor,
                         const RequestId& request_id);
  // The certificate and all that descend from it by renewal, in one commit; renewals that are being issued
  // come to nothing. Errors: also validation when they are too many for one commit.
  Result<Revoked> revoke_lineage(const std::string& serial, int reason, const Identity& actor,
                                 const RequestId& request_id);

  // At start-up, before the first request: ends every intent a crash has left, so that each possibly signed
  // serial is known as Status::unrecorded and can be revoked. Returns how many.
  Result<int> recover();

  // From the next request on; those under way go on with what they started with.
  void replace_profiles(std::shared_ptr<const policy::ProfileSet> profiles) {
    profiles_.replace(std::move(profiles));
  }
  [[nodiscard]] std::shared_ptr<const policy::ProfileSet> profiles() const { return profiles_.snapshot(); }
  [[nodiscard]] std::shared_ptr<const issuance::Issuer> issuer() const { return issuer_.snapshot(); }

 private:
  struct Prepared;
  // The certificate that this very request got before.
  [[nodiscard]] Result<std::optional<RecordedCertificate>> replay(const IssueRequest& request,
                                                                  const store::Digest& request_hash);
  // This very request, kept before. Errors: forbidden when it has ended without a certificate.
  [[nodiscard]] Result<std::optional<store::ApprovalRequest>> kept(const IssueRequest& request,
                                                                   const store::Digest& request_hash);
  // What has become of this very request, as it stands.
  [[nodiscard]] Result<std::optional<Answered>> look_back(const IssueRequest& request,
                                                          const store::Digest& request_hash);
  // The same; one that has all its approvals is issued.
  [[nodiscard]] Result<std::optional<Answered>> answered_before(const IssueRequest& request,
                                                                const store::Digest& request_hash);
  // Steps 1 and 2.
  [[nodiscard]] Result<Prepared> approve_and_prepare(const AuthenticatedRequest& request);
  // For step 3; and what is kept instead, still without an id.
  [[nodiscard]] store::Intent intent_of(const Prepared& prepared, const store::Digest& request_hash) const;
  [[nodiscard]] static store::ApprovalRequest kept_as(const Prepared& prepared,
                                                      const store::Digest& request_hash, int approvals);
  // Once more when what was not approved in time has held what it needs: a token, a quota, a place.
  [[nodiscard]] Result<void> attempt(const std::function<Result<void>()>& change);
  [[nodiscard]] Result<Answered> keep(const Prepared& prepared, const store::Digest& request_hash,
                                      int approvals);
  [[nodiscard]] Result<RecordedCertificate> issue_prepared(Prepared prepared,
                                                           const store::Digest& request_hash);
  // What is kept of a request that has all its approvals.
  [[nodiscard]] Result<Answered> issue_approved(const store::ApprovalRequest& kept);
  [[nodiscard]] Result<AuthenticatedRequest> resume(const store::ApprovalRequest& kept);
  void refuse(const store::ApprovalRequest& kept, const Error& error);
  // Ends what was not approved in time. Returns how many were.
  int end_expired();
  [[nodiscard]] Result<void> describe(const IssueRequest& request, Explanation& explanation);
  [[nodiscard]] Result<void> would_answer(const AuthenticatedRequest& request,
                                          const policy::ProfileSet& profiles, Explanation& explanation);
  [[nodiscard]] Result<void> would_issue(const AuthenticatedRequest& request,
                                         const store::Digest& request_hash,
                                         const policy::ProfileSet& profiles, Explanation& explanation);
  [[nodiscard]] Result<void> would_renew(const IssueRequest& request);
  [[nodiscard]] Result<Prepared> prepare(ApprovedRequest approved);
  [[nodiscard]] Result<RecordedCertificate> sign_and_record(Prepared prepared, const store::Intent& intent);
  [[nodiscard]] Result<RecordedCertificate> record(const issuance::IssuedCertificate& issued,
                                                   const Prepared& prepared, const store::Intent& intent);
  void abandon(const store::Intent& intent, const Identity& actor, const Error& reason);
  void end_left_open();

  // An issuance that failed when even its end could not be written (a full disk): ended by a later request,
  // or by recover() at the next start.
  struct LeftOpen {
    std::string serial;
    store::AuditDraft audit;
  };

  Guarded<std::shared_ptr<const policy::ProfileSet>> profiles_;
  Guarded<std::shared_ptr<const issuance::Issuer>> issuer_;
  std::shared_ptr<const crypto::KeyBlocklist> blocked_keys_;
  store::Store& store_;
  const Clock& clock_;
  RandomSource& random_;
  StepObserver& observer_;
  Guarded<std::vector<LeftOpen>> left_open_;
  Seconds repeat_window_;
  store::RequestLimits request_limits_;
};

// 1 to 128 letters, digits or . - _ @. Errors: validation.
Result<void> check_identity(const Identity& identity);

// The hash under which a token is stored and looked up: SHA-256 of its text.
store::Digest token_hash(std::string_view token_text);

}  // namespace chancery::authority
