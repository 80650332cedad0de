#include "ca/audit/chain.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "ca/crypto/digest.h"

namespace chancery::audit {
namespace {

constexpr std::string_view format = "chancery-audit-entry-1";

void put_u64(Bytes& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void put_text(Bytes& out, std::string_view text) {
  put_u64(out, text.size());
  const ByteView bytes = as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

store::Digest link_entry(std::int64_t sequence, const store::Digest& previous,
                         const store::AuditDraft& event) {
  Bytes encoded;
  put_text(encoded, format);
  put_u64(encoded, static_cast<std::uint64_t>(sequence));
  encoded.insert(encoded.end(), previous.begin(), previous.end());
  put_u64(encoded, static_cast<std::uint64_t>(to_unix(event.at)));
  put_text(encoded, event.event_type);
  put_text(encoded, event.actor.text());
  put_text(encoded, event.subject);
  put_text(encoded, event.fields);
  return crypto::sha256(encoded);
}

store::AuditDraft chain_converted(std::int64_t entries, const store::Digest& head, TimePoint at) {
  const nlohmann::json fields{{"entries", entries}, {"head", to_hex(head)}};
  return {.at = at,
          .event_type = "log.converted",
          .actor = Identity("local"),
          .subject = "audit",
          .fields = fields.dump()};
}

}  // namespace chancery::audit
