#include "ca/authority/authentication.h"

#include <algorithm>

namespace chancery::authority {
namespace {

Result<std::vector<x509::GeneralName>> parse_names(const std::vector<std::string>& texts) {
  std::vector<x509::GeneralName> names;
  names.reserve(texts.size());
  for (const std::string& text : texts) {
    Result<x509::GeneralName> name = x509::parse_general_name(text);
    if (!name) return make_error(ErrorCode::internal, "a recorded name cannot be read", name.error().message);
    names.push_back(std::move(*name));
  }
  return names;
}

// A CSR without names asks for the same ones.
bool asks_for_the_same(const x509::CertificateRequest& csr, std::vector<x509::GeneralName> current) {
  std::vector<x509::GeneralName> asked = csr.subject_alternative_names();
  if (asked.empty()) return true;
  std::sort(asked.begin(), asked.end());
  std::sort(current.begin(), current.end());
  return asked == current;
}

Result<void> check_may_renew(const store::CertificateRow& current, TimePoint now) {
  const std::string& serial = current.certificate.serial;
  if (current.status.status != store::Status::valid) {
    return make_error(
        ErrorCode::forbidden,
        "certificate " + serial + " is revoked and cannot be renewed; enrol again with a new token");
  }
  if (now > current.certificate.not_after) {
    return make_error(ErrorCode::forbidden, "certificate " + serial + " expired at " +
                                                to_rfc3339(current.certificate.not_after) +
                                                "; enrol again with a new token");
  }
  return {};
}

}  // namespace

Result<void> check_renewal(const IssueRequest& request, const store::CertificateRow& current, TimePoint now) {
  if (Result<void> may = check_may_renew(current, now); !may) return may;
  Result<std::vector<x509::GeneralName>> names = parse_names(current.certificate.names);
  if (!names) return std::move(names).error();
  if (asks_for_the_same(request.csr, std::move(*names))) return {};
  return make_error(ErrorCode::forbidden, "a renewal keeps the names of certificate " +
                                              current.certificate.serial + "; to change them, enrol again");
}

Result<AuthenticatedRequest> AuthenticatedRequest::resume(const store::ApprovalRequest& kept,
                                                          const std::optional<store::CertificateRow>& renewed,
                                                          TimePoint now) {
  if (renewed) {
    if (Result<void> may = check_may_renew(*renewed, now); !may) return std::move(may).error();
  }
  Result<x509::CertificateRequest> csr = x509::CertificateRequest::parse(kept.csr);
  if (!csr) return make_error(ErrorCode::internal, "a kept request cannot be read", csr.error().message);
  policy::Requester requester{.identity = kept.identity,
                              .role = kept.by_operator ? policy::Role::operator_ : policy::Role::none,
                              .bound_names = std::nullopt};
  if (kept.bound_names) {
    Result<std::vector<x509::GeneralName>> names = parse_names(*kept.bound_names);
    if (!names) return std::move(names).error();
    requester.bound_names = std::move(*names);
  }
  IssueRequest details{.requester = std::move(requester),
                       .actor = kept.actor,
                       .actor_profile = kept.actor_profile,
                       .authorised_by = kept.authorised_by,
                       .profile = kept.profile,
                       .csr = std::move(*csr),
                       .token_hash = kept.token_hash,
                       .idempotency_key = kept.idempotency_key,
                       .request_id = kept.request_id,
                       .renews = std::nullopt,
                       .approval = kept};
  if (renewed) details.renews = renewed->certificate;
  return AuthenticatedRequest(std::move(details));
}

Result<AuthenticatedRequest> Authentication::for_other(Identity identity, ProfileName profile,
                                                       Asked asked) const {
  if (!is_operator()) {
    return make_error(
        ErrorCode::forbidden,
        "only operators may ask for another's certificate; the credential is of " + identity_.text());
  }
  return AuthenticatedRequest(
      {.requester = {.identity = std::move(identity), .role = role_, .bound_names = std::nullopt},
       .actor = identity_,
       .actor_profile = certificate_ ? certificate_->certificate.profile : ProfileName(),
       .authorised_by = certificate_ ? certificate_->certificate.serial : std::string(),
       .profile = std::move(profile),
       .csr = std::move(asked.csr),
       .token_hash = std::nullopt,
       .idempotency_key = std::move(asked.idempotency_key),
       .request_id = std::move(asked.request_id),
       .renews = std::nullopt,
       .approval = std::nullopt});
}

Result<AuthenticatedRequest> Authentication::for_own(Asked asked) const {
  if (!token_ && !certificate_) {
    return make_error(ErrorCode::forbidden,
                      identity_.text() + " is bound to no certificate; name whose it is to be");
  }
  Result<std::vector<x509::GeneralName>> names =
      parse_names(token_ ? token_->names : certificate_->certificate.names);
  if (!names) return std::move(names).error();
  IssueRequest request{
      .requester = {.identity = identity_, .role = policy::Role::none, .bound_names = std::move(*names)},
      .actor = identity_,
      .actor_profile = certificate_ ? certificate_->certificate.profile : ProfileName(),
      .authorised_by = {},
      .profile = token_ ? token_->profile : certificate_->certificate.profile,
      .csr = std::move(asked.csr),
      .token_hash = std::nullopt,
      .idempotency_key = std::move(asked.idempotency_key),
      .request_id = std::move(asked.request_id),
      .renews = std::nullopt,
      .approval = std::nullopt};
  if (token_) request.token_hash = token_->hash;
  if (certificate_) {
    request.authorised_by = certificate_->certificate.serial;
    request.renews = certificate_->certificate;
  }
  return AuthenticatedRequest(std::move(request));
}

Result<AuthenticatedRequest> Authentication::for_renewal(Asked asked, TimePoint now) const {
  if (!certificate_) {
    return make_error(ErrorCode::forbidden,
                      "only a certificate renews itself; connect with the one to be renewed");
  }
  Result<AuthenticatedRequest> request = for_own(std::move(asked));
  if (!request) return request;
  if (Result<void> may = check_renewal(request->details(), *certificate_, now); !may)
    return std::move(may).error();
  return request;
}

}  // namespace chancery::authority
