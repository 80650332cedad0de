#include "ca/yaml/reader_state.h"

#include <algorithm>
#include <charconv>

namespace chancery::yaml {
namespace {

std::string quoted(std::string_view key) {
  return "'" + std::string(key) + "'";
}

// Decimal, no leading zero, no sign but a leading minus: what every YAML version reads as the same number.
std::optional<std::int64_t> parse_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0') || text == "-0") return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "99999d": of the right form, but longer than parse_duration() takes.
bool is_beyond_all_durations(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  return digits > 0 && digits + 1 == text.size() && text.find_first_not_of('0') < digits &&
         std::string_view("smhd").find(text.back()) != std::string_view::npos;
}

}  // namespace

Entry* Reader::State::find(std::string_view key) const {
  if (map == nullptr) return nullptr;
  const auto found = std::find_if(map->entries.begin(), map->entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == map->entries.end() ? nullptr : &*found;
}

Node* Reader::State::ask(std::string_view key, bool required) {
  if (map == nullptr) return nullptr;
  if (std::find(map->known.begin(), map->known.end(), key) == map->known.end()) map->known.emplace_back(key);
  Entry* entry = find(key);
  if (entry == nullptr) {
    if (required) fault(position, "yaml.missing_key", key, "the key " + quoted(key) + " is missing; add it");
    return nullptr;
  }
  entry->asked = true;
  return entry->value->kind != NodeKind::refused ? entry->value : nullptr;
}

void Reader::State::fault(Position at, std::string rule, std::string_view value, std::string message) const {
  document->add_fault({at, std::move(rule), std::string(value), std::move(message)});
}

void Reader::State::wrong_type(std::string_view key, std::string_view wanted) const {
  const Entry& entry = *find(key);
  const Position at = entry.value->kind == NodeKind::null ? entry.position : entry.value->position;
  fault(at, "yaml.type", entry.value->text, quoted(key) + " must be " + std::string(wanted));
}

void Reader::State::out_of_range(std::string_view key, const std::string& least,
                                 const std::string& most) const {
  const Node& node = *find(key)->value;
  fault(node.position, "yaml.range", node.text,
        quoted(key) + " is " + node.text + "; it must be from " + least + " to " + most);
}

const std::string* Reader::State::plain(std::string_view key, bool required, std::string_view wanted) {
  const Node* node = ask(key, required);
  if (node == nullptr) return nullptr;
  if (node->kind == NodeKind::scalar && node->plain) return &node->text;
  wrong_type(key, wanted);
  return nullptr;
}

std::optional<std::string> Reader::State::string(std::string_view key, bool required, std::size_t longest) {
  const Node* node = ask(key, required);
  if (node == nullptr) return std::nullopt;
  if (node->kind != NodeKind::scalar) {
    wrong_type(key, "text");
    return std::nullopt;
  }
  if (!check_text(key, *node, longest, required)) return std::nullopt;
  return node->text;
}

bool Reader::State::check_text(std::string_view key, const Node& node, std::size_t longest,
                               bool not_empty) const {
  if (not_empty && node.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    fault(node.position, "yaml.length", node.text,
          quoted(key) + (node.text.empty() ? " must not be empty" : " must not be blank"));
    return false;
  }
  if (node.text.size() > longest) {
    fault(node.position, "yaml.length", node.text,
          quoted(key) + " has " + std::to_string(node.text.size()) + " bytes; at most " +
              std::to_string(longest) + " are allowed");
    return false;
  }
  return true;
}

std::optional<std::int64_t> Reader::State::integer(std::string_view key, bool required, std::int64_t least,
                                                   std::int64_t most) {
  constexpr std::string_view wanted = "a whole decimal number, unquoted and without leading zeros";
  const std::string* text = plain(key, required, wanted);
  if (text == nullptr) return std::nullopt;
  const std::optional<std::int64_t> value = parse_integer(*text);
  if (!value) {
    wrong_type(key, wanted);
    return std::nullopt;
  }
  if (*value >= least && *value <= most) return value;
  out_of_range(key, std::to_string(least), std::to_string(most));
  return std::nullopt;
}

std::optional<Seconds> Reader::State::duration(std::string_view key, bool required, Seconds least,
                                               Seconds most) {
  constexpr std::string_view wanted = "a duration such as 90d, 36h, 15m or 30s";
  const std::string* text = plain(key, required, wanted);
  if (text == nullptr) return std::nullopt;
  const std::optional<Seconds> value = parse_duration(*text);
  if (!value && !is_beyond_all_durations(*text)) {
    wrong_type(key, wanted);
    return std::nullopt;
  }
  if (value && *value >= least && *value <= most) return value;
  out_of_range(key, to_string(least), to_string(most));
  return std::nullopt;
}

std::optional<TimePoint> Reader::State::time(std::string_view key, bool required) {
  // Quoted or not: YAML 1.1 calls the plain form a timestamp, so many people quote it.
  const std::optional<std::string> text = string(key, required, 64);
  if (!text) return std::nullopt;
  const std::optional<TimePoint> value = parse_rfc3339(*text);
  if (!value) wrong_type(key, "a UTC time such as 2026-11-22T04:36:00Z");
  return value;
}

Node* Reader::State::list(std::string_view key, std::size_t least, std::size_t most) {
  Node* node = ask(key, least > 0);
  if (node == nullptr) return nullptr;
  if (node->kind != NodeKind::list) {
    wrong_type(key, "a list");
    return nullptr;
  }
  const std::size_t count = node->items.size();
  if (count >= least && count <= most) return node;
  fault(node->position, "yaml.count", std::to_string(count),
        quoted(key) + " has " + std::to_string(count) + " entries; it must have from " +
            std::to_string(least) + " to " + std::to_string(most));
  return nullptr;
}

std::unique_ptr<Reader::State> Reader::State::child(Node* node, Position at) const {
  if (node != nullptr) node->read = true;
  auto state = std::make_unique<State>();
  state->document = document;
  state->map = node;
  state->position = at;
  return state;
}

}  // namespace chancery::yaml
