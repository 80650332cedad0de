#include <algorithm>

#include "ca/authority/authority.h"

namespace chancery::authority {
namespace {

Result<std::vector<x509::GeneralName>> names_of(const store::CertificateRecord& record) {
  std::vector<x509::GeneralName> names;
  for (const std::string& text : record.names) {
    Result<x509::GeneralName> name = x509::parse_general_name(text);
    if (!name) return std::move(name).error();
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

Result<RecordedCertificate> Authority::renew(const store::CertificateRow& current,
                                             x509::CertificateRequest csr, Identity actor,
                                             std::string idempotency_key, RequestId request_id) {
  const store::CertificateRecord& record = current.certificate;
  if (Result<void> may = check_may_renew(current, clock_.now()); !may) return std::move(may).error();
  Result<std::vector<x509::GeneralName>> names = names_of(record);
  if (!names) return std::move(names).error();
  if (!asks_for_the_same(csr, *names)) {
    return make_error(ErrorCode::forbidden, "a renewal keeps the names of certificate " + record.serial +
                                                "; to change them, enrol again");
  }
  return issue({.requester = {.identity = record.identity,
                              .role = policy::Role::none,
                              .bound_names = std::move(*names)},
                .actor = std::move(actor),
                .authorised_by = record.serial,
                .profile = record.profile,
                .csr = std::move(csr),
                .token_hash = std::nullopt,
                .idempotency_key = std::move(idempotency_key),
                .request_id = std::move(request_id),
                .renews = record});
}

}  // namespace chancery::authority
