#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

// A certificate under the same name for another key (RFC 5280 4.2.1.1: old with new, new with old) has the
// other key's identifier, and may be revoked.
bool self_signed(const x509::ParsedTbs& certificate) {
  const Bytes& signer = certificate.extensions.authority_key_identifier;
  return equal(certificate.issuer, certificate.subject) &&
         (signer.empty() || equal(signer, certificate.extensions.subject_key_identifier));
}

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  if (subject.issuer == nullptr) return;
  const x509::SerialNumber& own = subject.issuer->serial();
  if (!is_own_serial(*subject.issuer, own)) return;
  if (x509::find_revoked(subject.crl, own) == nullptr) return;
  const std::string found = "serial number " + own.to_string() + " is the issuing root's own";
  if (subject.scope.is_new(own).value_or(true)) return report(self, findings, found);
  // No entry is taken back (RFC 5280 section 3.3): an error would end the root's lists for good.
  warn(self, findings, found + "; the last list had it, and it stays");
}

}  // namespace

constinit const CrlLint root_serial{
    .id = "crl.root_serial",
    .citation = "RFC 5280 section 6.1; house rule: a root is withdrawn where it is trusted",
    .quote =
        "When the trust anchor is provided in the form of a self-signed certificate, this self-signed "
        "certificate is not included as part of the prospective certification path.",
    .advice =
        "Take the root's own serial number out of what is new, for nobody looks for it in a list; to end a "
        "root, have it removed wherever it is trusted.",
    .compares_issuer = true,
    .run = run};

}  // namespace chancery::lint::crl

namespace chancery::lint {

bool is_own_serial(const x509::Certificate& issuer, const x509::SerialNumber& serial) {
  return crl::self_signed(issuer.fields()) && issuer.serial() == serial;
}

}  // namespace chancery::lint
