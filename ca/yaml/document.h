// The tree of one YAML document, built from yaml-cpp's events. Internal to ca/yaml.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "ca/base/result.h"

namespace chancery::yaml {

inline constexpr std::size_t size_limit = 256 * 1024;  // bytes
inline constexpr std::size_t depth_limit = 16;         // mappings and lists inside one another
inline constexpr std::size_t fault_limit = 100;        // reported; the rest are counted

struct Position {  // 1-based; columns count bytes
  int line = 1, column = 1;
  friend auto operator<=>(const Position&, const Position&) = default;
};

enum class NodeKind { null, scalar, list, map, refused };  // refused: a fault has been recorded already

struct Node;

struct Entry {
  std::string key;
  Position position;
  Node* value = nullptr;
  bool asked = false;
};

struct Node {
  NodeKind kind = NodeKind::null;
  Position position;
  std::string text;  // scalar
  bool plain = true;
  std::vector<Node*> items;    // list
  std::vector<Entry> entries;  // map
  std::unordered_set<std::string> keys;
  bool read = false;               // map: the schema has a reader for it
  std::vector<std::string> known;  // keys the schema has asked for, present or not
};

struct Fault {
  Position position;
  std::string rule, value, message;
};

// Owns the nodes and everything found wrong with them.
class Document {
 public:
  explicit Document(std::string name) : name_(std::move(name)) {}

  Node* make_node(NodeKind kind, Position position);
  void set_root(Node* root) { root_ = root; }
  [[nodiscard]] Node* root() const { return root_; }

  void add_fault(Fault fault);
  // Faults for the keys that nobody has asked for, in every mapping that was read.
  void report_unknown_keys();
  [[nodiscard]] bool has_fault_at(Position position) const;
  [[nodiscard]] bool has_faults() const { return !faults_.empty(); }
  [[nodiscard]] std::string locate(Position position) const;
  // Every fault, in the order of the text, as one error of code validation.
  [[nodiscard]] Error to_error() const;

 private:
  std::string name_;
  std::deque<Node> nodes_;
  Node* root_ = nullptr;
  std::vector<Fault> faults_;
  std::size_t suppressed_ = 0;
};

// Faults that leave the tree readable (duplicate keys, anchors, aliases, tags, merge keys) are recorded in
// the document. Errors: validation for those that do not (size, UTF-8, syntax, depth, several documents, no
// mapping at the top).
Result<std::unique_ptr<Document>> parse_document(std::string_view text, std::string name);

}  // namespace chancery::yaml
