#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const ByteView serial = subject.tbs.serial.bytes();
  // 128 random bits behind a fixed first octet that is neither zero nor negative.
  if (serial.size() < 17 || serial.front() == 0 || serial.front() > 0x7f) {
    report(self, findings,
           "the serial number has no room for 128 random bits behind a fixed first octet: " + to_hex(serial));
  }
}

}  // namespace

constinit const Lint serial_entropy{.id = "house.serial_entropy",
                                    .citation = "BR 7.1; EJBCA 2019",
                                    .root = true,
                                    .intermediate = true,
                                    .leaf = true,
                                    .run = run};

}  // namespace chancery::lint::house
