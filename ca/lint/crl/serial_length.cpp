#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

constexpr std::size_t shortest = 8;  // octets: 64 bits

// Without the zero octet that only keeps a DER INTEGER positive.
std::size_t magnitude(const x509::SerialNumber& serial) {
  const ByteView octets = serial.bytes();
  return octets.size() - (octets[0] == 0 ? 1 : 0);
}

// What the last list had is known for a serial number: it stays, whatever it is.
void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  for (const x509::RevokedCertificate& entry : subject.crl.revoked) {
    const std::size_t size = magnitude(entry.serial);
    if (size >= shortest || !subject.scope.is_new(entry.serial).value_or(true)) continue;
    warn(self, findings,
         "serial number " + entry.serial.to_string() + " has " + std::to_string(size) +
             (size == 1 ? " octet" : " octets") +
             ", and of those made from 64 random bits one in 256 is shorter than 8");
  }
}

}  // namespace

constinit const CrlLint serial_length{
    .id = "crl.serial_length",
    .citation = "BR 7.1",
    .quote =
        "CAs SHALL generate non-sequential Certificate serial numbers greater than zero (0) containing at "
        "least 64 bits of output from a CSPRNG.",
    .advice =
        "Compare it with the certificate: a slip revokes nothing; better name the certificate by its file.",
    .run = run};

}  // namespace chancery::lint::crl
