#include <array>

#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::rfc5280 {
namespace {

// The whole BIT STRING: bits that x509::KeyUsage does not know count too.
constexpr std::array<std::uint8_t, 4> certificates_and_crls{0x03, 0x02, 0x01, 0x06};
constexpr std::array<std::uint8_t, 4> and_digital_signature{0x03, 0x02, 0x01, 0x86};

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::RawExtension* raw = find_extension(subject.tbs, x509::oids::key_usage);
  if (raw == nullptr || !raw->critical) {
    report(self, findings, "a CA certificate must have a critical keyUsage");
    return;
  }
  const bool signs = equal(raw->value, certificates_and_crls);
  const bool signs_ocsp_too = subject.kind != Kind::root && equal(raw->value, and_digital_signature);
  if (!signs && !signs_ocsp_too) {
    report(self, findings,
           "keyUsage of a CA certificate must be keyCertSign and cRLSign, its DER is " + to_hex(raw->value));
  }
}

}  // namespace

constinit const Lint ca_key_usage{
    .id = "rfc5280.ca_key_usage",
    .citation = "RFC 5280 section 4.2.1.3",
    .quote =
        "Conforming CAs MUST include this extension in certificates that contain public keys that are used "
        "to validate digital signatures on other public key certificates or CRLs.",
    .advice = "Issue it again with a critical keyUsage of keyCertSign and cRLSign.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
