#include <array>

#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::rfc5280 {
namespace {

constexpr std::array<std::uint8_t, 2> empty_sequence{0x30, 0x00};

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::RawExtension* constraints = find_extension(subject.tbs, x509::oids::basic_constraints);
  if (constraints != nullptr && !equal(constraints->value, empty_sequence)) {
    report(
        self, findings,
        "basicConstraints of a leaf must be absent or 3000 (FALSE is the default and not encoded), it is " +
            to_hex(constraints->value));
  }
  if (find_extension(subject.tbs, x509::oids::name_constraints) != nullptr) {
    report(self, findings, "nameConstraints stand in a leaf");
  }
}

}  // namespace

constinit const Lint leaf_basic_constraints{
    .id = "rfc5280.leaf_basic_constraints",
    .citation = "X.690 section 11.5, RFC 5280 sections 4.2.1.9 and 4.2.1.10",
    .quote =
        "The encoding of a set value or sequence value shall not include an encoding for any component value "
        "which is equal to its default value. [...] The name constraints extension, which MUST be used only "
        "in a CA certificate, [...]",
    .advice = "Leave basicConstraints out of a leaf or write 3000, and leave nameConstraints to CAs.",
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
