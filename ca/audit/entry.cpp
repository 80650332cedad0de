#include "ca/audit/entry.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "ca/audit/chain.h"
#include "ca/merkle/tiles.h"

namespace chancery::audit {
namespace {

using nlohmann::json;

bool needs_no_escape(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code >= 0x20 && code < 0x80 && c != '"' && c != '\\';
  });
}

// Throws json::exception for what is not UTF-8.
void put_text(std::string& out, std::string_view text) {
  if (needs_no_escape(text)) {
    out.append("\"").append(text).append("\"");
  } else {
    out += json(text).dump();
  }
}

std::string encode(std::int64_t sequence, const store::AuditDraft& event) {
  std::string text;
  text.reserve(128 + event.fields.size() + event.actor.text().size() + event.subject.size());
  text += R"({"actor":)";
  put_text(text, event.actor.text());
  text.append(R"(,"at":")").append(to_rfc3339(event.at)).append(R"(","event_type":)");
  put_text(text, event.event_type);
  text.append(R"(,"fields":)").append(event.fields);
  text.append(R"(,"sequence":)").append(std::to_string(sequence)).append(R"(,"subject":)");
  put_text(text, event.subject);
  text += '}';
  return text;
}

Error too_large(const store::AuditDraft& event, std::size_t size) {
  return make_error(ErrorCode::payload_too_large,
                    "the audit entry " + event.event_type + " of this request would have " +
                        std::to_string(size) + " bytes; the log takes at most " +
                        std::to_string(merkle::entry_limit) + ". Ask for fewer or shorter names");
}

Error our_fault(const std::string& what) {
  return make_error(ErrorCode::internal, "the audit entry cannot be written; nothing was changed", what);
}

const std::set<std::string> members{"actor", "at", "event_type", "fields", "sequence", "subject"};

bool has_the_members(const json& entry) {
  if (!entry.is_object() || entry.size() != members.size()) return false;
  if (!std::all_of(members.begin(), members.end(), [&](const auto& name) { return entry.contains(name); })) {
    return false;
  }
  return entry["actor"].is_string() && entry["at"].is_string() && entry["event_type"].is_string() &&
         entry["fields"].is_object() && entry["sequence"].is_number_integer() &&
         entry["subject"].is_string() && parse_rfc3339(entry["at"].get<std::string>()).has_value();
}

}  // namespace

Result<std::string> entry_text(std::int64_t sequence, const store::AuditDraft& event) {
  if (!event.fields.starts_with('{') || !event.fields.ends_with('}')) {
    return our_fault("the fields of " + event.event_type + " are no JSON object");
  }
  try {
    std::string text = encode(sequence, event);
    if (text.size() > merkle::entry_limit) return too_large(event, text.size());
    return text;
  } catch (const json::exception& exception) {
    return our_fault(exception.what());
  }
}

std::string judge_entry_text(const std::string& text, std::int64_t sequence) {
  const json entry = json::parse(text, nullptr, false);
  if (entry.is_discarded()) return "is not JSON";
  if (!has_the_members(entry)) return "does not have the members of an entry, each of its type";
  if (entry.dump() != text) return "is not in canonical form";
  if (entry["sequence"] != sequence) {
    return "says it is number " + entry["sequence"].dump() + ", but stands as number " +
           std::to_string(sequence);
  }
  return {};
}

Result<merkle::Hash> entry_hash(std::int64_t sequence, const store::AuditDraft& event) {
  const Result<std::string> text = entry_text(sequence, event);
  if (!text) return text.error();
  return merkle::hash_leaf(as_bytes(*text));
}

store::LogHashing log_hashing() {
  return {
      .leaf = entry_hash, .node = merkle::hash_node, .old_link = link_entry, .converted = chain_converted};
}

}  // namespace chancery::audit
