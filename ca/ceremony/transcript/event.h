// What a transcript may say: every event with its data fields (docs/reference/transcript.md shows this
// table).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ca/base/result.h"

namespace chancery::ceremony {

enum class FieldType { text, integer, boolean, texts };

std::string_view to_string(FieldType type);  // "text", "integer", "boolean", "list of texts"

using FieldValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;  // as FieldType
using EventData = std::map<std::string, FieldValue, std::less<>>;

struct EventField {
  std::string_view name;
  FieldType type = FieldType::text;
  bool required = true;
};

struct EventType {
  std::string_view name;
  std::span<const EventField> fields;
};

// In the order of the reference.
std::span<const EventType> event_types();

// The event is known, has every required field, no other field, and each of its type. Errors: validation.
Result<void> check_event(std::string_view event, const EventData& data);

// Its texts are read by people as they are: nothing in them that does not belong in text (ca/base/unicode.h)
// but tabs and line feeds, which scripts may have. Errors: validation.
Result<void> check_texts(std::string_view event, const EventData& data);
// `text` as an event may hold it, what does not belong in it escaped: for what others have named.
std::string event_text(std::string_view text);

}  // namespace chancery::ceremony
