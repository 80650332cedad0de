// What a list's script names: the list before it, and the certificates to revoke.
#include <utility>

#include "ca/base/file.h"
#include "ca/ceremony/run/steps.h"
#include "ca/lint/crl_lint.h"
#include "ca/x509/chain.h"

namespace chancery::ceremony {
namespace {

Error refused(const std::string& message) {
  return make_error(ErrorCode::validation, message);
}

std::string in_words(const x509::Certificate& certificate, const std::string& path) {
  return "the certificate to revoke, " + path + " of " + certificate.subject_text();
}

Result<void> check_not_own(const x509::SerialNumber& serial, const x509::Certificate& authority) {
  if (!lint::is_own_serial(authority, serial)) return {};
  return refused("crl.revoke names serial " + serial.to_string() + ", which is that of " +
                 authority.subject_text() +
                 " itself; a root cannot revoke itself, for whoever has its key can sign another list. Have "
                 "it taken out of every trust store, and destroy its key");
}

Result<void> check_named(const x509::Certificate& certificate, const Revocation& revocation) {
  const std::string what = in_words(certificate, revocation.certificate);
  if (revocation.serial && *revocation.serial != certificate.serial()) {
    return refused(what + ", has the serial " + certificate.serial().to_string() + ", the script says " +
                   revocation.serial->to_string());
  }
  return {};
}

Result<void> check_entry(const Inputs& inputs, const Revocation& revocation,
                         const x509::Certificate& authority) {
  if (revocation.serial) {
    if (Result<void> ok = check_not_own(*revocation.serial, authority); !ok) return ok;
  }
  if (revocation.certificate.empty()) return {};
  // In a rehearsal it may be a stand-in's, whose certificate nobody has yet.
  const Result<x509::Certificate> certificate =
      certificate_to_revoke(inputs, revocation, authority, inputs.rehearsal ? nullptr : &authority);
  return certificate ? Result<void>() : certificate.error();
}

Result<void> check_previous(const Inputs& inputs, const CrlPlan& plan, const x509::Certificate& authority,
                            const PresentList& present) {
  if (plan.previous_crl.empty()) return check_goes_on(present, nullptr, plan.first_reason);
  const Result<x509::Crl> last = read_crl(inputs, plan.previous_crl);
  if (!last) return with_context(last.error(), "the last CRL");
  if (!inputs.rehearsal) {
    if (Result<void> ok = verify_crl_issued_by(*last, authority); !ok)
      return with_context(std::move(ok).error(), "the last CRL");
  }
  if (Result<void> ok = check_goes_on(present, &*last, plan.previous_reason); !ok) return ok;
  return check_number(*last, plan.number);
}

}  // namespace

Result<x509::Crl> read_crl(const Inputs& inputs, const std::string& path) {
  const std::string full = input_path(inputs, path);
  Result<std::string> text = read_file(full, 2 * x509::crl_limit);
  if (!text) return std::move(text).error();
  Result<x509::Crl> crl = x509::Crl::parse_pem(input_pem(inputs, std::move(*text)));
  if (!crl) return with_context(std::move(crl).error(), full);
  return crl;
}

Result<void> check_number(const x509::Crl& previous, std::uint64_t number) {
  const auto& last = previous.fields().number;
  if (!last) return refused("the last CRL has no number (RFC 5280 section 5.2.3); it is not ours");
  if (x509::CrlNumber(number) > *last) return {};
  return refused("crl.number is " + std::to_string(number) + ", and that of the last CRL " +
                 last->to_string() + "; it must be greater (RFC 5280 section 5.2.3)");
}

Result<x509::Certificate> certificate_to_revoke(const Inputs& inputs, const Revocation& revocation,
                                                const x509::Certificate& authority,
                                                const x509::Certificate* issuer) {
  Result<x509::Certificate> certificate = read_certificate(inputs, revocation.certificate);
  if (!certificate) return with_context(std::move(certificate).error(), "the certificate to revoke");
  if (issuer != nullptr && !x509::verify_issued_by(*certificate, authority) &&
      !x509::verify_issued_by(*certificate, *issuer)) {
    return refused(in_words(*certificate, revocation.certificate) + ", was not issued by " +
                   authority.subject_text());
  }
  if (Result<void> ok = check_not_own(certificate->serial(), authority); !ok) return std::move(ok).error();
  if (Result<void> ok = check_named(*certificate, revocation); !ok) return std::move(ok).error();
  return certificate;
}

Result<void> check_crl_inputs(const Inputs& inputs, const PresentList& present) {
  const auto* plan = std::get_if<CrlPlan>(&inputs.script.plan);
  if (plan == nullptr) return {};
  const Result<x509::Certificate> authority = read_certificate(inputs, plan->issuer.certificate);
  if (!authority) return authority.error();
  if (Result<void> ok = check_previous(inputs, *plan, *authority, present); !ok) return ok;
  for (const Revocation& revocation : plan->revoke) {
    if (Result<void> ok = check_entry(inputs, revocation, *authority); !ok) return ok;
  }
  return {};
}

}  // namespace chancery::ceremony
