#include "ca/lint/rules.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const ByteView serial = subject.tbs.serial.bytes();
  const bool positive =
      !serial.empty() && serial.front() < 0x80 && (serial.size() > 1 || serial.front() != 0);
  if (!positive || serial.size() > 20) {
    report(self, findings,
           "the serial number must be positive and at most 20 octets, it is " + to_hex(serial));
  }
}

}  // namespace

constinit const Lint serial_number{.id = "rfc5280.serial_number",
                                   .citation = "RFC 5280 section 4.1.2.2",
                                   .root = true,
                                   .intermediate = true,
                                   .leaf = true,
                                   .run = run};

}  // namespace chancery::lint::rfc5280
