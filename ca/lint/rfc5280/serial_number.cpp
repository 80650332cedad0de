#include "ca/lint/rules.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const ByteView serial = subject.tbs.serial.bytes();
  // 128 random bits behind a fixed first octet that is neither zero nor negative, and no more than 20 octets.
  const bool fixed_octet = !serial.empty() && serial.front() >= 0x01 && serial.front() <= 0x7f;
  if (!fixed_octet || serial.size() < 17 || serial.size() > 20) {
    report(self, findings,
           "the serial number must have 17 to 20 octets, the first of them 01 to 7f: " + to_hex(serial));
  }
}

}  // namespace

constinit const Lint serial_number{
    .id = "rfc5280.serial_number",
    .citation = "RFC 5280 section 4.1.2.2, BR 7.1; EJBCA 2019",
    .quote =
        "The serial number MUST be a positive integer assigned by the CA to each certificate. [...] "
        "Conforming CAs MUST NOT use serialNumber values longer than 20 octets.",
    .advice = "Take at least 16 octets from a CSPRNG behind a first octet from 01 to 7f.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
