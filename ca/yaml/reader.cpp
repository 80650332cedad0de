#include "ca/yaml/reader.h"

#include "ca/base/file.h"
#include "ca/yaml/reader_state.h"

namespace chancery::yaml {

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::parse(std::string_view text, std::string name) {
  Result<std::unique_ptr<Document>> document = parse_document(text, std::move(name));
  if (!document) return std::move(document).error();
  Node* root = (*document)->root();
  const Position position = root->position;
  State top;
  top.document = std::move(*document);
  return Reader(top.child(root, position));
}

Result<Reader> Reader::load(const std::string& path) {
  const Result<std::string> text = read_file(path, size_limit);
  if (text) return parse(*text, path);
  if (text.error().code != ErrorCode::payload_too_large) return text.error();
  Error error = make_error(ErrorCode::validation, text.error().message);
  error.details.push_back({"yaml.size", path + ":1:1", {}, text.error().message});
  return error;
}

std::string Reader::required_string(std::string_view key, std::size_t longest) {
  return state_->string(key, true, longest).value_or("");
}

std::string Reader::optional_string(std::string_view key, std::string fallback, std::size_t longest) {
  return state_->string(key, false, longest).value_or(std::move(fallback));
}

std::int64_t Reader::required_integer(std::string_view key, std::int64_t least, std::int64_t most) {
  return state_->integer(key, true, least, most).value_or(least);
}

std::int64_t Reader::optional_integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                                      std::int64_t most) {
  return state_->integer(key, false, least, most).value_or(fallback);
}

bool Reader::optional_boolean(std::string_view key, bool fallback) {
  constexpr std::string_view wanted = "true or false";
  const std::string* text = state_->plain(key, false, wanted);
  if (text == nullptr) return fallback;
  if (*text == "true") return true;
  if (*text == "false") return false;
  state_->wrong_type(key, wanted);
  return fallback;
}

Seconds Reader::required_duration(std::string_view key, Seconds least, Seconds most) {
  return state_->duration(key, true, least, most).value_or(least);
}

Seconds Reader::optional_duration(std::string_view key, Seconds fallback, Seconds least, Seconds most) {
  return state_->duration(key, false, least, most).value_or(fallback);
}

TimePoint Reader::required_time(std::string_view key) {
  return state_->time(key, true).value_or(TimePoint{});
}

std::optional<TimePoint> Reader::optional_time(std::string_view key) {
  return state_->time(key, false);
}

std::vector<std::string> Reader::string_list(std::string_view key, std::size_t least, std::size_t most) {
  const Node* node = state_->list(key, least, most);
  std::vector<std::string> values;
  if (node == nullptr) return values;
  for (const Node* item : node->items) {
    if (item->kind == NodeKind::scalar) {
      if (state_->check_text(key, *item, 1024, true)) values.push_back(item->text);
    } else if (item->kind != NodeKind::refused) {
      state_->fault(item->position, "yaml.type", {}, "each entry of '" + std::string(key) + "' must be text");
    }
  }
  return values;
}

std::optional<Reader> Reader::optional_map(std::string_view key) {
  Node* node = state_->ask(key, false);
  if (node == nullptr) return std::nullopt;
  if (node->kind == NodeKind::map) return Reader(state_->child(node, node->position));
  state_->wrong_type(key, "a mapping");
  return std::nullopt;
}

Reader Reader::required_map(std::string_view key) {
  Node* node = state_->ask(key, true);
  if (node != nullptr && node->kind == NodeKind::map) return Reader(state_->child(node, node->position));
  if (node != nullptr) state_->wrong_type(key, "a mapping");
  return Reader(state_->child(nullptr, state_->position));
}

std::vector<Reader> Reader::list_of_maps(std::string_view key, std::size_t least, std::size_t most) {
  const Node* node = state_->list(key, least, most);
  std::vector<Reader> readers;
  if (node == nullptr) return readers;
  for (Node* item : node->items) {
    if (item->kind == NodeKind::map) {
      readers.push_back(Reader(state_->child(item, item->position)));
    } else if (item->kind != NodeKind::refused) {
      state_->fault(item->position, "yaml.type", item->text,
                    "each entry of '" + std::string(key) + "' must be a mapping");
    }
  }
  return readers;
}

bool Reader::has(std::string_view key) const {
  return state_->find(key) != nullptr;
}

bool Reader::sound(std::string_view key) const {
  const Entry* entry = state_->find(key);
  if (entry == nullptr || !entry->asked || entry->value->kind == NodeKind::refused) return false;
  return !state_->document->has_fault_at(entry->position) &&
         !state_->document->has_fault_at(entry->value->position);
}

std::string Reader::location(std::string_view key) const {
  const Entry* entry = state_->find(key);
  if (entry == nullptr) return location();
  const bool valued = entry->value->kind != NodeKind::null;
  return state_->document->locate(valued ? entry->value->position : entry->position);
}

std::string Reader::location() const {
  return state_->document->locate(state_->position);
}

std::vector<std::string> Reader::entry_locations(std::string_view key) const {
  const Entry* entry = state_->find(key);
  std::vector<std::string> locations;
  if (entry == nullptr) return locations;
  for (const Node* item : entry->value->items) locations.push_back(state_->document->locate(item->position));
  return locations;
}

void Reader::reject(std::string_view key, std::string message) {
  if (state_->map == nullptr) return;
  const Entry* entry = state_->find(key);
  if (entry == nullptr) {
    state_->fault(state_->position, "yaml.value", key, std::move(message));
    return;
  }
  const Position at = entry->value->kind == NodeKind::null ? entry->position : entry->value->position;
  state_->fault(at, "yaml.value", entry->value->text, std::move(message));
}

void Reader::reject_entry(std::string_view key, std::string_view entry, const std::string& message) {
  const Entry* list = state_->find(key);
  if (list == nullptr) return;
  for (const Node* item : list->value->items) {
    if (item->text == entry) state_->fault(item->position, "yaml.value", entry, message);
  }
}

Result<void> Reader::finish() {
  state_->document->report_unknown_keys();
  if (state_->document->has_faults()) return state_->document->to_error();
  return {};
}

}  // namespace chancery::yaml
