// Records that differ by a number, for the contract suite.
#pragma once

#include <string>

#include "ca/store/records.h"

namespace chancery::store::test {

inline constexpr TimePoint start{Seconds{1'800'000'000}};

Digest digest_of(int number);
std::string serial_of(int number);  // 34 hex digits, as real ones

Intent make_intent(int number);
// What make_intent(number) becomes: P-256-sized, 90 days from `start`, of identity "node-<number>".
CertificateRecord make_certificate(int number);
Token make_token(int number, int uses = 1);

AuditDraft event(const std::string& type, const std::string& subject);
OutboxEvent message(const std::string& type);

}  // namespace chancery::store::test
