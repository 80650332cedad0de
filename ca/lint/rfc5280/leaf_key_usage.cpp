#include <array>

#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::rfc5280 {
namespace {

constexpr std::array<std::uint8_t, 4> digital_signature{0x03, 0x02, 0x07, 0x80};
constexpr std::array<std::uint8_t, 4> and_key_encipherment{0x03, 0x02, 0x05, 0xa0};

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::RawExtension* raw = find_extension(subject.tbs, x509::oids::key_usage);
  if (raw == nullptr || !raw->critical) {
    report(self, findings, "a leaf must have a critical keyUsage");
    return;
  }
  const bool rsa = subject.key != nullptr && subject.key->type().algorithm == crypto::KeyAlgorithm::rsa;
  const bool signs = equal(raw->value, digital_signature);
  const bool enciphers_too = rsa && equal(raw->value, and_key_encipherment);
  if (!signs && !enciphers_too) {
    report(self, findings,
           "keyUsage of a leaf must be digitalSignature (with an RSA key also keyEncipherment), its DER is " +
               to_hex(raw->value));
  }
}

}  // namespace

constinit const Lint leaf_key_usage{
    .id = "rfc5280.leaf_key_usage",
    .citation = "RFC 5280 section 4.2.1.3, RFC 8813",
    .quote =
        "If the keyUsage extension is present in a certificate that indicates id-ecPublicKey in "
        "SubjectPublicKeyInfo, then the following values MUST NOT be present: keyEncipherment; and "
        "dataEncipherment.",
    .advice =
        "Issue it again with a critical keyUsage of digitalSignature, and keyEncipherment for RSA keys only.",
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
