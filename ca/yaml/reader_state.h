// One mapping being read: finds values, judges them, records faults. Internal to ca/yaml.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ca/yaml/document.h"
#include "ca/yaml/reader.h"

namespace chancery::yaml {

// Members that read answer nullopt (or nullptr) when there is nothing to use: absent and optional, or a fault
// recorded.
struct Reader::State {
  std::shared_ptr<Document> document;
  Node* map = nullptr;  // null: a missing map, already reported
  Position position;    // where faults of the whole mapping are shown

  Entry* find(std::string_view key) const;
  Node* ask(std::string_view key, bool required);
  void fault(Position at, std::string rule, std::string_view value, std::string message) const;
  void wrong_type(std::string_view key, std::string_view wanted) const;

  const std::string* plain(std::string_view key, bool required, std::string_view wanted);
  std::optional<std::string> string(std::string_view key, bool required, std::size_t longest);
  bool check_text(std::string_view key, const Node& node, std::size_t longest, bool not_empty) const;
  std::optional<std::int64_t> integer(std::string_view key, bool required, std::int64_t least,
                                      std::int64_t most);
  std::optional<Seconds> duration(std::string_view key, bool required, Seconds least, Seconds most);
  std::optional<TimePoint> time(std::string_view key, bool required);
  Node* list(std::string_view key, std::size_t least, std::size_t most);

  std::unique_ptr<State> child(Node* node, Position at) const;

 private:
  void out_of_range(std::string_view key, const std::string& least, const std::string& most) const;
};

}  // namespace chancery::yaml
