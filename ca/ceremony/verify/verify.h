// Verifies what a ceremony made, from public files alone: no key, no passphrase, no network.
#pragma once

#include <string>
#include <vector>

#include "ca/base/clock.h"
#include "ca/ceremony/verify/certificate_files.h"
#include "ca/lint/lint.h"

namespace chancery::ceremony {

struct Check {
  std::string name;
  bool passed = false;
  std::string message;  // what was seen, or what is wrong
  // false: not looked at, for want of what it needs. It is no failure, so that `passed` is true and says
  // nothing.
  bool checked = true;
};

struct CertificateReport {
  std::string path;
  lint::Kind kind = lint::Kind::leaf;
  x509::Certificate certificate;
  std::vector<Check> checks;
};

struct Verification {
  std::vector<CertificateReport> certificates;  // the root first
  [[nodiscard]] bool passed() const;
};

// Every check of every certificate at `now`, whether or not one before it failed.
// Root: self-signed, in force, key, lints, second implementation. Others: issuer found and its signature
// right, within the issuer's validity, in force, key, lints, path to the root, second implementation. NOT
// checked: revocation, and that the root is the one you trust: compare its fingerprint with the ceremony's
// record.
Verification verify(const CertificateFiles& files, TimePoint now);

// What the lints say of a finished certificate: `issuer` is null for a root, `target` for all but a
// cross-certificate; without `signed_at` its notBefore stands for the moment of its signature.
Findings lint_findings(const x509::Certificate& certificate, lint::Kind kind, const x509::Certificate* issuer,
                       const x509::Certificate* target, std::optional<TimePoint> signed_at);
// "25 rules; warning house.revocation_pointer: ...": what fails nothing is said.
std::string rules_and_warnings(std::size_t rules, const Findings& findings);

}  // namespace chancery::ceremony
