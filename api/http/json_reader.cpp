#include "api/http/json_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/http/json_document.h"
#include "api/http/limits.h"

namespace chancery::http {

using nlohmann::json;

struct JsonReader::State {
  json document;
  std::vector<std::string> asked;
  std::vector<ErrorDetail> faults;

  // nullptr when absent.
  const json* find(std::string_view key) {
    asked.emplace_back(key);
    const auto at = document.find(key);
    return at == document.end() ? nullptr : &*at;
  }
};

namespace {

constexpr std::size_t shown_value = 64;

std::string pointer_to(std::string_view key) {
  std::string pointer = "/";
  for (const char c : key) {  // RFC 6901 section 3
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
  return pointer;
}

std::string brief(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > shown_value) text = text.substr(0, shown_value) + "...";
  return text;
}

ErrorDetail wrong_type(std::string pointer, const json& value, std::string_view wanted) {
  std::string message = pointer + " must be " + std::string(wanted) + ", not " + value.type_name();
  return {"json.type", std::move(pointer), brief(value), std::move(message)};
}

ErrorDetail missing(std::string pointer) {
  std::string message = pointer + " is missing";
  return {"json.missing", std::move(pointer), "", std::move(message)};
}

std::optional<ErrorDetail> check_string(const std::string& pointer, const json& value, std::size_t longest) {
  if (!value.is_string()) return wrong_type(pointer, value, "a string");
  const auto& text = value.get_ref<const std::string&>();
  if (text.empty() || text.size() > longest) {
    return ErrorDetail{"json.length", pointer, brief(value),
                       pointer + " must have 1 to " + std::to_string(longest) + " octets, not " +
                           std::to_string(text.size())};
  }
  if (text.find('\0') != std::string::npos) {
    return ErrorDetail{"json.nul", pointer, brief(value), pointer + " must not contain NUL"};
  }
  return std::nullopt;
}

}  // namespace

JsonReader::JsonReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;
JsonReader::~JsonReader() = default;

Result<JsonReader> JsonReader::parse(std::string_view body) {
  if (body.size() > limits::body_bytes) {
    return make_error(ErrorCode::payload_too_large, "the body has " + std::to_string(body.size()) +
                                                        " octets; at most " +
                                                        std::to_string(limits::body_bytes) + " are taken");
  }
  auto document = parse_document(body);
  if (!document) return document.error();
  if (!document->is_object()) {
    Error error = make_error(ErrorCode::validation, "the body must be a JSON object");
    error.details.push_back(wrong_type("", *document, "an object"));
    return error;
  }
  auto state = std::make_unique<State>();
  state->document = std::move(*document);
  return JsonReader(std::move(state));
}

std::optional<std::string> JsonReader::optional_string(std::string_view key, std::size_t longest) {
  const json* value = state_->find(key);
  if (value == nullptr) return std::nullopt;
  if (auto fault = check_string(pointer_to(key), *value, longest)) {
    state_->faults.push_back(std::move(*fault));
    return std::nullopt;
  }
  return value->get<std::string>();
}

std::string JsonReader::required_string(std::string_view key, std::size_t longest) {
  if (!state_->document.contains(key)) state_->faults.push_back(missing(pointer_to(key)));
  return optional_string(key, longest).value_or("");
}

std::int64_t JsonReader::optional_integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                                          std::int64_t most) {
  const json* value = state_->find(key);
  if (value == nullptr) return fallback;
  const std::string pointer = pointer_to(key);
  if (!value->is_number_integer()) {
    state_->faults.push_back(wrong_type(pointer, *value, "a whole number"));
    return fallback;
  }
  const bool too_large =
      value->is_number_unsigned() &&
      value->get<std::uint64_t>() > static_cast<std::uint64_t>(std::max<std::int64_t>(most, 0));
  const std::int64_t number = too_large ? most : value->get<std::int64_t>();
  if (too_large || number < least || number > most) {
    state_->faults.push_back({"json.range", pointer, brief(*value),
                              pointer + " must be " + std::to_string(least) + " to " + std::to_string(most)});
    return fallback;
  }
  return number;
}

std::vector<std::string> JsonReader::required_strings(std::string_view key, std::size_t least,
                                                      std::size_t most, std::size_t longest) {
  const json* value = state_->find(key);
  const std::string pointer = pointer_to(key);
  if (value == nullptr) {
    state_->faults.push_back(missing(pointer));
    return {};
  }
  if (!value->is_array()) {
    state_->faults.push_back(wrong_type(pointer, *value, "an array of strings"));
    return {};
  }
  if (value->size() < least || value->size() > most) {
    state_->faults.push_back({"json.length", pointer, std::to_string(value->size()),
                              pointer + " must have " + std::to_string(least) + " to " +
                                  std::to_string(most) + " entries, not " + std::to_string(value->size())});
    return {};
  }
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < value->size(); ++i) {
    const json& entry = (*value)[i];
    if (auto fault = check_string(pointer + "/" + std::to_string(i), entry, longest)) {
      state_->faults.push_back(std::move(*fault));
    } else {
      texts.push_back(entry.get<std::string>());
    }
  }
  return texts;
}

void JsonReader::reject(std::string rule, std::string pointer, std::string value, std::string message) {
  state_->faults.push_back({std::move(rule), std::move(pointer), std::move(value), std::move(message)});
}

Result<void> JsonReader::finish() {
  for (const auto& [key, value] : state_->document.items()) {
    if (std::find(state_->asked.begin(), state_->asked.end(), key) != state_->asked.end()) continue;
    std::string known;
    for (const std::string& name : state_->asked) known += (known.empty() ? "" : ", ") + name;
    // Its value is not shown: who sends a member too many may have meant it for another place, and it may be
    // a secret.
    state_->faults.push_back({"json.unknown", pointer_to(key), "",
                              "unknown member \"" + key.substr(0, shown_value) + "\"; known are " + known});
  }
  if (state_->faults.empty()) return {};
  Error error =
      make_error(ErrorCode::validation, "the body is not acceptable: " + state_->faults.front().message);
  if (state_->faults.size() > 1) {
    error.message += " (and " + std::to_string(state_->faults.size() - 1) + " more, see details)";
  }
  error.details = state_->faults;
  return error;
}

}  // namespace chancery::http
