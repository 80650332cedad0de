#include "ca/ceremony/transcript/event.h"

#include <algorithm>
#include <array>
#include <optional>

#include "ca/base/unicode.h"

namespace chancery::ceremony {
namespace {

constexpr auto text = FieldType::text;
constexpr auto integer = FieldType::integer;
constexpr auto boolean = FieldType::boolean;
constexpr auto texts = FieldType::texts;
constexpr bool optional = false;

constexpr std::array begin_fields{
    EventField{"format", integer},
    EventField{"kind", text},
    EventField{"title", text},
    EventField{"script_sha256", text},
    EventField{"program", text},
    EventField{"rehearsal", boolean},
    EventField{"previous", text, optional},
    EventField{"answers", text, optional},
    EventField{"version", text, optional},
    EventField{"nonce", text, optional},
};
constexpr std::array resumed_fields{EventField{"head", text}, EventField{"lines", integer},
                                    EventField{"torn", integer, optional},
                                    EventField{"script_sha256", text, optional}};
constexpr std::array role_fields{EventField{"role", text}, EventField{"name", text}};
constexpr std::array check_fields{EventField{"check", text}, EventField{"passed", boolean},
                                  EventField{"seen", text}};
constexpr std::array exception_fields{EventField{"check", text}, EventField{"reason", text},
                                      EventField{"needed", boolean}};
constexpr std::array step_fields{EventField{"number", integer}, EventField{"total", integer},
                                 EventField{"name", text}};
constexpr std::array result_fields{EventField{"number", integer}, EventField{"result", text}};
constexpr std::array failure_fields{EventField{"number", integer}, EventField{"error", text}};
constexpr std::array answer_fields{
    EventField{"id", text}, EventField{"question", text}, EventField{"answer", text, optional},
    EventField{"right", boolean, optional}, EventField{"octets", integer, optional}};
constexpr std::array secret_fields{EventField{"id", text}, EventField{"question", text},
                                   EventField{"by", text, optional}};
constexpr std::array token_fields{
    EventField{"module", text},    EventField{"module_sha256", text},   EventField{"label", text},
    EventField{"slot", integer},   EventField{"serial", text},          EventField{"manufacturer", text},
    EventField{"model", text},     EventField{"firmware", text},        EventField{"hardware", text},
    EventField{"denied", boolean}, EventField{"reason", text, optional}};
constexpr std::array words_fields{EventField{"id", text}, EventField{"what", text},
                                  EventField{"sha256", text}, EventField{"reader", text},
                                  EventField{"ticked_by", text}};
constexpr std::array return_fields{EventField{"what", text}};
constexpr std::array key_made_fields{EventField{"key", text}, EventField{"type", text},
                                     EventField{"custody", text}, EventField{"spki", text},
                                     EventField{"spki_sha256", text}};
constexpr std::array key_used_fields{EventField{"key", text}, EventField{"custody", text},
                                     EventField{"spki_sha256", text}, EventField{"officers", texts, optional},
                                     EventField{"set", text, optional}};
constexpr std::array key_destroyed_fields{EventField{"key", text},
                                          EventField{"custody", text},
                                          EventField{"copy", text},
                                          EventField{"holder", text, optional},
                                          EventField{"officer", text, optional},
                                          EventField{"dealing", integer, optional},
                                          EventField{"sha256", text, optional}};
constexpr std::array key_copies_fields{EventField{"known", boolean}, EventField{"count", integer}};
constexpr std::array key_copy_fields{EventField{"form", text},
                                     EventField{"dealing", integer, optional},
                                     EventField{"officer", text, optional},
                                     EventField{"threshold", integer, optional},
                                     EventField{"set", text, optional},
                                     EventField{"where", text, optional},
                                     EventField{"reason", text, optional}};
constexpr std::array key_retired_fields{EventField{"dealing", integer}, EventField{"officers", texts},
                                        EventField{"set", text, optional}};
constexpr std::array tbs_fields{EventField{"what", text}, EventField{"sha256", text}, EventField{"at", text}};
constexpr std::array lint_fields{EventField{"what", text}, EventField{"sha256", text},
                                 EventField{"rules", integer}};
constexpr std::array warning_fields{EventField{"what", text}, EventField{"rule", text},
                                    EventField{"message", text}};
constexpr std::array artefact_fields{EventField{"file", text}, EventField{"sha256", text},
                                     EventField{"size", integer}, EventField{"public", boolean}};
constexpr std::array note_fields{EventField{"by", text}, EventField{"note", text}};
constexpr std::array present_fields{EventField{"known", boolean}, EventField{"number", text, optional},
                                    EventField{"sha256", text, optional},
                                    EventField{"last", boolean, optional}};
constexpr std::array end_fields{EventField{"result", text}, EventField{"exported", texts}};

constexpr std::array all_events{
    EventType{"ceremony.begin", begin_fields},
    EventType{"ceremony.resumed", resumed_fields},
    EventType{"role", role_fields},
    EventType{"preflight", check_fields},
    EventType{"preflight.exception", exception_fields},
    EventType{"step.begin", step_fields},
    EventType{"step.end", result_fields},
    EventType{"step.failed", failure_fields},
    EventType{"answer", answer_fields},
    EventType{"secret", secret_fields},
    EventType{"token", token_fields},
    EventType{"words", words_fields},
    EventType{"point_of_no_return", return_fields},
    EventType{"key.made", key_made_fields},
    EventType{"key.used", key_used_fields},
    EventType{"key.destroyed", key_destroyed_fields},
    EventType{"tbs", tbs_fields},
    EventType{"lint", lint_fields},
    EventType{"lint.warning", warning_fields},
    EventType{"artefact", artefact_fields},
    EventType{"note", note_fields},
    EventType{"crl.present", present_fields},
    EventType{"key.copies", key_copies_fields},
    EventType{"key.copy", key_copy_fields},
    EventType{"key.retired", key_retired_fields},
    EventType{"ceremony.end", end_fields},
};

Error fault(std::string_view event, const std::string& what) {
  return make_error(ErrorCode::validation, "event " + std::string(event) + ": " + what);
}

Result<void> check_field(std::string_view event, const EventField& field, const EventData& data) {
  const auto found = data.find(field.name);
  const std::string name = "field '" + std::string(field.name) + "'";
  if (found == data.end()) return field.required ? fault(event, name + " is missing") : Result<void>();
  if (found->second.index() == static_cast<std::size_t>(field.type)) return {};
  return fault(event, name + " must be a " + std::string(to_string(field.type)));
}

constexpr std::string_view controls_of_scripts = "\t\n";

Result<void> check_text(std::string_view event, const std::string& field, const std::string& value) {
  const std::optional<TextFault> bad = find_text_fault(value, controls_of_scripts);
  if (!bad) return {};
  return fault(event, "field '" + field + "' holds " + bad->what.substr(0, bad->what.find(';')));
}

}  // namespace

std::string_view to_string(FieldType type) {
  switch (type) {
    case FieldType::text:
      return "text";
    case FieldType::integer:
      return "integer";
    case FieldType::boolean:
      return "boolean";
    case FieldType::texts:
      return "list of texts";
  }
  return "?";
}

std::span<const EventType> event_types() {
  return all_events;
}

Result<void> check_event(std::string_view event, const EventData& data) {
  const auto type = std::find_if(all_events.begin(), all_events.end(),
                                 [&](const EventType& candidate) { return candidate.name == event; });
  if (type == all_events.end()) return fault(event, "is not one that a transcript knows");
  for (const EventField& field : type->fields) {
    if (Result<void> ok = check_field(event, field, data); !ok) return ok;
  }
  for (const auto& [name, value] : data) {
    const auto known = [&name = name](const EventField& field) { return field.name == name; };
    if (std::none_of(type->fields.begin(), type->fields.end(), known)) {
      return fault(event, "field '" + name + "' is not one of its own");
    }
  }
  return {};
}

Result<void> check_texts(std::string_view event, const EventData& data) {
  for (const auto& [name, value] : data) {
    if (const auto* one = std::get_if<std::string>(&value)) {
      if (Result<void> ok = check_text(event, name, *one); !ok) return ok;
    } else if (const auto* several = std::get_if<std::vector<std::string>>(&value)) {
      for (const std::string& each : *several) {
        if (Result<void> ok = check_text(event, name, each); !ok) return ok;
      }
    }
  }
  return {};
}

std::string event_text(std::string_view value) {
  return with_text_faults_escaped(value, controls_of_scripts);
}

}  // namespace chancery::ceremony
