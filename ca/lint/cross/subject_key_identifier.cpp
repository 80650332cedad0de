#include "ca/lint/rules.h"

namespace chancery::lint::cross {
namespace {

// What the target has issued names its key by the identifier in the target's own certificate, however that
// was computed.
void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::Certificate* target = subject.references.target;
  if (target == nullptr) return;  // cross.subject has said so
  const Bytes& wanted = target->fields().extensions.subject_key_identifier;
  if (wanted.empty() || subject.tbs.extensions.subject_key_identifier != wanted) {
    report(self, findings,
           "subjectKeyIdentifier is '" + to_hex(subject.tbs.extensions.subject_key_identifier) +
               "' and the target's is '" + to_hex(wanted) + "'");
  }
}

}  // namespace

constinit const Lint subject_key_identifier{
    .id = "cross.subject_key_identifier",
    .citation = "RFC 5280 section 4.2.1.2",
    .quote =
        "In conforming CA certificates, the value of the subject key identifier MUST be the value placed in "
        "the key identifier field of the authority key identifier extension (Section 4.2.1.1) of "
        "certificates issued by the subject of this certificate.",
    .advice = "Copy the target's subjectKeyIdentifier, however it was computed.",
    .cross = true,
    .compares_target = true,
    .run = run};

}  // namespace chancery::lint::cross
