#include "ca/yaml/document.h"

#include <algorithm>
#include <utility>

namespace chancery::yaml {
namespace {

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

Node* Document::make_node(NodeKind kind, Position position) {
  Node& node = nodes_.emplace_back();
  node.kind = kind;
  node.position = position;
  return &node;
}

void Document::add_fault(Fault fault) {
  if (faults_.size() >= fault_limit) {
    ++suppressed_;
    return;
  }
  if (fault.value.size() > 100) fault.value = fault.value.substr(0, 97) + "...";
  faults_.push_back(std::move(fault));
}

bool Document::has_fault_at(Position position) const {
  return std::any_of(faults_.begin(), faults_.end(),
                     [&](const Fault& fault) { return fault.position == position; });
}

std::string Document::locate(Position position) const {
  return name_ + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

void Document::report_unknown_keys() {
  for (Node& node : nodes_) {
    if (!node.read) continue;
    for (Entry& entry : node.entries) {
      if (std::exchange(entry.asked, true)) continue;
      std::string message = "unknown key '" + entry.key + "'";
      if (!node.known.empty()) message += "; known here: " + join(node.known);
      add_fault({entry.position, "yaml.unknown_key", entry.key, std::move(message)});
    }
  }
}

Error Document::to_error() const {
  std::vector<Fault> sorted = faults_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Fault& a, const Fault& b) { return a.position < b.position; });
  Error error = make_error(ErrorCode::validation, "");
  for (const Fault& fault : sorted) {
    if (!error.message.empty()) error.message += "\n";
    error.message += locate(fault.position) + ": " + fault.message;
    error.details.push_back({fault.rule, locate(fault.position), fault.value, fault.message});
  }
  if (suppressed_ > 0)
    error.message += "\n" + name_ + ": and " + std::to_string(suppressed_) + " more faults";
  return error;
}

}  // namespace chancery::yaml
