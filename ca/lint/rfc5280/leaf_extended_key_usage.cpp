#include <algorithm>

#include "ca/lint/rules.h"
#include "ca/x509/der.h"
#include "ca/x509/oids.h"

namespace chancery::lint::rfc5280 {
namespace {

// Path validators in the field take a CA's purposes as a limit on what stands below it (BR 7.1.2.10.6).
bool issuer_allows(const x509::Certificate& issuer, x509::KeyPurpose purpose) {
  const std::vector<x509::KeyPurpose>& allowed = issuer.fields().extensions.extended_key_usage;
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), purpose) != allowed.end();
}

// Purposes that Chancery does not know stand in the raw extension only.
bool all_known(const x509::ParsedTbs& tbs) {
  const x509::RawExtension* raw = find_extension(tbs, x509::oids::extended_key_usage);
  if (raw == nullptr) return true;
  x509::der::Reader outer(raw->value);
  const std::optional<x509::der::Element> list = outer.expect(x509::der::Tag::sequence);
  if (!list) return false;
  std::size_t count = 0;
  for (x509::der::Reader purposes(list->content); !purposes.at_end(); ++count) {
    if (!purposes.any()) return false;
  }
  return count == tbs.extensions.extended_key_usage.size();
}

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const std::vector<x509::KeyPurpose>& purposes = subject.tbs.extensions.extended_key_usage;
  if (purposes.empty()) report(self, findings, "a leaf must say what it is for: extendedKeyUsage is absent");
  if (!all_known(subject.tbs)) report(self, findings, "a leaf must not have a purpose unknown to Chancery");
  for (const x509::KeyPurpose purpose : purposes) {
    if (purpose == x509::KeyPurpose::any) {
      report(self, findings, "anyExtendedKeyUsage must not stand in a leaf");
    } else if (subject.issuer != nullptr && !issuer_allows(*subject.issuer, purpose)) {
      report(self, findings, std::string(x509::to_string(purpose)) + " is not among the issuer's purposes");
    }
  }
}

}  // namespace

constinit const Lint leaf_extended_key_usage{
    .id = "rfc5280.leaf_extended_key_usage",
    .citation = "RFC 5280 section 4.2.1.12",
    .quote =
        "If the extension is present, then the certificate MUST only be used for one of the purposes "
        "indicated.",
    .advice = "Name each purpose, as serverAuth and clientAuth, and only those that the issuer has too.",
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
