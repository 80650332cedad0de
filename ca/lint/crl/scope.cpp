#include "ca/lint/crl_lint.h"

namespace chancery::lint {

std::optional<PreviousCrl> PreviousCrl::of(const x509::ParsedCrl& last) {
  if (!last.number) return std::nullopt;
  PreviousCrl previous{*last.number, last.this_update, last.next_update};
  for (const x509::RevokedCertificate& entry : last.revoked)
    previous.serials.insert(to_bytes(entry.serial.bytes()));
  return previous;
}

std::optional<bool> CrlScope::is_new(const x509::SerialNumber& serial) const {
  if (previous) return !previous->serials.contains(to_bytes(serial.bytes()));
  return first ? std::optional(true) : std::nullopt;
}

}  // namespace chancery::lint
