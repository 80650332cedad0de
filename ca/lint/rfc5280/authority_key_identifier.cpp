#include "ca/lint/key_identifier.h"
#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const ByteView present = subject.tbs.extensions.authority_key_identifier;
  const x509::RawExtension* raw = find_extension(subject.tbs, x509::oids::authority_key_identifier);
  // A self-signed certificate may leave it out; then there is no issuer to compare with.
  if (subject.kind == Kind::root && raw == nullptr) return;
  const x509::ParsedTbs* issuer = subject.issuer != nullptr ? &subject.issuer->fields() : &subject.tbs;
  const Bytes& wanted = issuer->extensions.subject_key_identifier;
  if (raw == nullptr || !equal(present, wanted)) {
    report(self, findings,
           "authorityKeyIdentifier is '" + to_hex(present) + "' but the issuer's subjectKeyIdentifier is '" +
               to_hex(wanted) + "'");
  } else if (!is_only_key_identifier(raw->value, present)) {
    report(self, findings, "authorityKeyIdentifier holds more than the keyIdentifier");
  }
}

}  // namespace

constinit const Lint authority_key_identifier{.id = "rfc5280.authority_key_identifier",
                                              .citation = "RFC 5280 section 4.2.1.1",
                                              .root = true,
                                              .intermediate = true,
                                              .cross = true,
                                              .leaf = true,
                                              .run = run};

}  // namespace chancery::lint::rfc5280
