// Findings: what a check has to say, all of it at once, so that an operator sees every fault in one run.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chancery {

enum class Severity { notice, warning, error };

std::string_view to_string(Severity severity);

struct Finding {
  Severity severity = Severity::error;
  std::string id;        // stable and unique, e.g. "rfc5280.serial_number_size"
  std::string citation;  // e.g. "RFC 5280 section 4.1.2.2"
  std::string message;   // one sentence, with the offending value
  std::string location;  // file:line:column where a file is at fault, else empty
  std::string quote;     // the cited sentence, word for word; may be empty
  std::string advice;    // what to do about it; may be empty
};

class Findings {
 public:
  void add(Finding finding) { list_.push_back(std::move(finding)); }
  void append(const Findings& other) { list_.insert(list_.end(), other.list_.begin(), other.list_.end()); }

  [[nodiscard]] bool has_errors() const;
  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] const std::vector<Finding>& list() const { return list_; }

 private:
  std::vector<Finding> list_;
};

// One line each: "error rfc5280.serial_number_size: message (RFC 5280 section 4.1.2.2)".
std::string to_string(const Findings& findings);

}  // namespace chancery
