#include "tests/contract/records_for_tests.h"

namespace chancery::store::test {

Digest digest_of(int number) {
  Digest digest{};
  for (std::size_t i = 0; i < 4; ++i)
    digest[i] = static_cast<std::uint8_t>(static_cast<unsigned>(number) >> (8 * i));
  digest[31] = 0xd1;
  return digest;
}

std::string serial_of(int number) {
  std::string digits = std::to_string(number);
  return "4f" + std::string(32 - digits.size(), '0') + digits;
}

Intent make_intent(int number) {
  return {.serial = serial_of(number),
          .tbs_hash = digest_of(number),
          .request_hash = digest_of(number + 1),
          .spki_hash = digest_of(number),
          .identity = Identity("node-" + std::to_string(number)),
          .profile = ProfileName("service"),
          .request_id = RequestId("request-" + std::to_string(number)),
          .created_at = start,
          .token_hash = std::nullopt,
          .idempotency_key = {},
          .authorised_by = {},
          .fresh_key = false};
}

CertificateRecord make_certificate(int number) {
  return {.serial = serial_of(number),
          .der = Bytes(700, static_cast<std::uint8_t>(number)),
          .fingerprint = digest_of(number + 2),
          .spki_hash = digest_of(number),
          .request_hash = digest_of(number + 1),
          .not_before = start,
          .not_after = start + std::chrono::days(90),
          .renew_after = start + std::chrono::days(60),
          .issued_at = start,
          .identity = Identity("node-" + std::to_string(number)),
          .profile = ProfileName("service"),
          .profile_hash = digest_of(7),
          .subject = "CN=node-" + std::to_string(number),
          .names = {"dns:node-" + std::to_string(number) + ".example", "dns:shared.example"},
          .renewed_from = {},
          .lineage = serial_of(number),
          .idempotency_key = {},
          .request_id = RequestId("request-" + std::to_string(number))};
}

Token make_token(int number, int uses) {
  return {.hash = digest_of(number),
          .identity = Identity("node-1"),
          .profile = ProfileName("service"),
          .names = {"dns:node-1.example", "uri:spiffe://example/a,b:c"},
          .uses = uses,
          .used = 0,
          .reserved = 0,
          .created_at = start,
          .expires_at = start + std::chrono::hours(1),
          .created_by = Identity("alice")};
}

AuditDraft event(const std::string& type, const std::string& subject) {
  return {.at = start,
          .event_type = type,
          .actor = Identity("alice"),
          .subject = subject,
          .fields = R"({"n":1})"};
}

OutboxEvent message(const std::string& type) {
  return {.type = type, .payload = R"({"n":1})", .at = start};
}

}  // namespace chancery::store::test
