// yaml-cpp's events become the document's tree. YAML::Load is not used: its nodes forget tags, quotes and
// duplicate keys.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "ca/base/unicode.h"
#include "ca/yaml/document.h"

namespace chancery::yaml {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// Ends the parse from inside a callback; the fault has been recorded.
struct Unreadable {};

Position to_position(const YAML::Mark& mark) {
  return mark.is_null() ? Position{} : Position{mark.line + 1, mark.column + 1};
}

// yaml-cpp takes the end of the file for the end of a quoted scalar; a truncated file must not pass for a
// whole one.
bool closed_quote(std::string_view text, const YAML::Mark& mark) {
  const auto start = static_cast<std::size_t>(std::max(mark.pos, 0));
  if (start >= text.size() || (text[start] != '"' && text[start] != '\'')) return true;
  const char quote = text[start];
  for (std::size_t at = start + 1; at < text.size(); ++at) {
    const bool escape = quote == '"' && text[at] == '\\';
    const bool doubled = quote == '\'' && text.substr(at, 2) == "''";
    if (escape || doubled) {
      ++at;
    } else if (text[at] == quote) {
      return true;
    }
  }
  return false;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(Document& document, std::string_view text) : document_(document), text_(text) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (started_)
      give_up(mark, "yaml.documents", "a second document, or text after the end of the first; keep one");
    started_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key()) give_up(mark, "yaml.key", "a key is missing; every key must be a word");
    attach(begin(NodeKind::null, mark, "?", anchor));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    if (expects_key())
      give_up(mark, "yaml.alias", "an alias stands where a key is expected; aliases are not allowed");
    add(mark, "yaml.alias", "aliases are not allowed; write the value out");
    attach(document_.make_node(NodeKind::refused, to_position(mark)));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node* node = begin(NodeKind::scalar, mark, tag, anchor);
    if (tag == "!" && !closed_quote(text_, mark))
      give_up(mark, "yaml.syntax", "not YAML: the quote is not closed");
    const std::optional<TextFault> bad = find_text_fault(value, "\t\n");
    if (bad && expects_key()) give_up(mark, "yaml.character", "a key that holds " + bad->what);
    if (expects_key()) {
      take_key(mark, value);
      return;
    }
    if (bad) {
      add(mark, "yaml.character", "a text that holds " + bad->what);
      node->kind = NodeKind::refused;
    }
    node->text = value;
    node->plain = tag == "?";
    attach(node);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(NodeKind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { stack_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(NodeKind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { stack_.pop_back(); }

 private:
  // Where the next key's value goes.
  struct Frame {
    Node* node = nullptr;
    bool has_key = false;
    bool duplicate = false;
  };

  [[nodiscard]] bool expects_key() const {
    return !stack_.empty() && stack_.back().node->kind == NodeKind::map && !stack_.back().has_key;
  }

  void add(const YAML::Mark& mark, std::string rule, std::string message, std::string value = {}) {
    document_.add_fault({to_position(mark), std::move(rule), std::move(value), std::move(message)});
  }
  [[noreturn]] void give_up(const YAML::Mark& mark, std::string rule, std::string message) {
    add(mark, std::move(rule), std::move(message));
    throw Unreadable();
  }

  Node* begin(NodeKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    const auto at = static_cast<std::size_t>(std::max(mark.pos, 0));
    // yaml-cpp reports the lone tag "!" exactly as it reports a quoted scalar: only the text tells them
    // apart.
    const bool tagged = (tag != "?" && tag != "!") || (at < text_.size() && text_[at] == '!');
    const bool anchored = anchor != YAML::NullAnchor;
    if (tagged) add(mark, "yaml.tag", "tags are not allowed; remove it");
    if (anchored) add(mark, "yaml.anchor", "anchors are not allowed; remove it");
    const bool collection = kind == NodeKind::list || kind == NodeKind::map;
    if ((tagged || anchored) && !collection) kind = NodeKind::refused;
    return document_.make_node(kind, to_position(mark));
  }

  void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (expects_key())
      give_up(mark, "yaml.key", "a list or mapping stands where a key is expected; keys must be words");
    if (stack_.size() == depth_limit) {
      give_up(mark, "yaml.depth", "nested more than " + std::to_string(depth_limit) + " levels deep");
    }
    Node* node = begin(kind, mark, tag, anchor);
    attach(node);
    stack_.push_back({node});
  }

  void take_key(const YAML::Mark& mark, const std::string& key) {
    Frame& frame = stack_.back();
    frame.has_key = true;
    frame.duplicate = !frame.node->keys.insert(key).second;
    if (key == "<<") add(mark, "yaml.merge_key", "merge keys are not allowed; write the values out", key);
    if (frame.duplicate)
      add(mark, "yaml.duplicate_key", "the key '" + key + "' stands here a second time", key);
    if (!frame.duplicate) frame.node->entries.push_back({key, to_position(mark), nullptr, key == "<<"});
  }

  void attach(Node* node) {
    if (stack_.empty()) {
      document_.set_root(node);
      return;
    }
    Frame& frame = stack_.back();
    if (frame.node->kind == NodeKind::list) {
      frame.node->items.push_back(node);
      return;
    }
    if (!frame.duplicate) frame.node->entries.back().value = node;
    frame.has_key = frame.duplicate = false;
  }

  Document& document_;
  std::string_view text_;
  bool started_ = false;
  std::vector<Frame> stack_;
};

Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(offset - line_start) + 1};
}

bool check_text(std::string_view text, Document& document) {
  if (text.size() > size_limit) {
    document.add_fault({{},
                        "yaml.size",
                        std::to_string(text.size()),
                        "larger than the limit of " + std::to_string(size_limit) + " bytes"});
    return false;
  }
  const std::size_t mark = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  if (std::optional<TextFault> bad = find_text_fault(text.substr(mark), "\t\n\r")) {
    document.add_fault({position_of(text, mark + bad->offset),
                        bad->malformed ? "yaml.utf8" : "yaml.character",
                        {},
                        std::move(bad->what)});
    return false;
  }
  return true;
}

// False when the tree cannot be used.
bool build_tree(std::string_view text, Document& document) {
  std::istringstream stream{std::string(text)};
  TreeBuilder builder(document, text);
  try {
    YAML::Parser parser(stream);
    // Once for the document, once more to see that there is no second; never in a loop, for yaml-cpp makes no
    // progress on ", x".
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
  } catch (const Unreadable&) {
    return false;
  } catch (const YAML::Exception& error) {
    document.add_fault({to_position(error.mark), "yaml.syntax", {}, "not YAML: " + error.msg});
    return false;
  }
  if (document.root() != nullptr && document.root()->kind == NodeKind::map) return true;
  document.add_fault({document.root() != nullptr ? document.root()->position : Position{},
                      "yaml.type",
                      {},
                      "the file must hold one mapping (key: value)"});
  return false;
}

}  // namespace

Result<std::unique_ptr<Document>> parse_document(std::string_view text, std::string name) {
  auto document = std::make_unique<Document>(std::move(name));
  if (!check_text(text, *document)) return document->to_error();
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (!build_tree(text, *document)) return document->to_error();
  return document;
}

}  // namespace chancery::yaml
