#include "ca/lint/crl/rules.h"
#include "ca/lint/key_identifier.h"
#include "ca/x509/oids.h"

namespace chancery::lint::crl {
namespace {

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  if (subject.issuer == nullptr) return;  // crl.issuer has said so
  const x509::RawExtension* raw = find_extension(subject.crl, x509::oids::authority_key_identifier);
  const Bytes& wanted = subject.issuer->fields().extensions.subject_key_identifier;
  if (raw == nullptr || subject.crl.authority_key_identifier != wanted) {
    report(self, findings,
           "authorityKeyIdentifier is '" + to_hex(subject.crl.authority_key_identifier) +
               "' but the issuer's subjectKeyIdentifier is '" + to_hex(wanted) + "'");
  } else if (!is_only_key_identifier(raw->value, wanted)) {
    report(self, findings, "authorityKeyIdentifier holds more than the keyIdentifier");
  }
}

}  // namespace

constinit const CrlLint authority_key_identifier{
    .id = "crl.authority_key_identifier",
    .citation = "RFC 5280 section 5.2.1",
    .quote =
        "Conforming CRL issuers MUST use the key identifier method, and MUST include this extension in all "
        "CRLs issued.",
    .advice = "Copy the issuer's subjectKeyIdentifier into keyIdentifier, and write nothing beside it.",
    .compares_issuer = true,
    .run = run};

}  // namespace chancery::lint::crl
