#include "ca/audit/audit.h"

#include <string_view>
#include <vector>

#include "ca/crypto/digest.h"

namespace chancery::audit {
namespace {

constexpr std::string_view format = "chancery-audit-entry-1";  // another encoding gets another name
constexpr int page = 1000;                                     // entries read at a time

void put_u64(Bytes& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void put_text(Bytes& out, std::string_view text) {
  put_u64(out, text.size());
  const ByteView bytes = as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

Error broken(std::int64_t sequence, const std::string& what) {
  return make_error(ErrorCode::validation,
                    "audit entry " + std::to_string(sequence) + " " + what +
                        "; stop the service, keep the database for analysis and compare it with "
                        "the last backup");
}

Result<void> check_entry(const store::AuditEntry& entry, const Verification& before) {
  const std::int64_t expected = before.entries + 1;
  if (entry.sequence != expected) {
    return broken(expected, "is missing: entry " + std::to_string(entry.sequence) + " stands in its place");
  }
  if (entry.previous != before.head) {
    return broken(expected, "does not follow the entry before it: one of the two was altered or moved");
  }
  if (entry.hash != link_entry(entry.sequence, entry.previous, entry.event)) {
    return broken(expected, "was altered: its content does not have its hash");
  }
  return {};
}

}  // namespace

store::Digest link_entry(std::int64_t sequence, const store::Digest& previous,
                         const store::AuditDraft& event) {
  Bytes encoded;
  encoded.reserve(160 + event.event_type.size() + event.actor.text().size() + event.subject.size() +
                  event.fields.size());
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

Result<Verification> verify_chain(store::Store& store) {
  Verification verified;
  while (true) {
    const Result<std::vector<store::AuditEntry>> entries = store.read_audit(verified.entries, page);
    if (!entries) return entries.error();
    if (entries->empty()) return verified;
    for (const store::AuditEntry& entry : *entries) {
      if (Result<void> checked = check_entry(entry, verified); !checked) return checked.error();
      verified = {entry.sequence, entry.hash};
    }
  }
}

}  // namespace chancery::audit
