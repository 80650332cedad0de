#include "api/http/json_document.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "api/http/limits.h"

namespace chancery::http {
namespace {

using nlohmann::json;

Error fault(std::string rule, std::string location, std::string value, std::string message) {
  Error error = make_error(ErrorCode::validation, "the body is not acceptable JSON: " + message);
  error.details.push_back({std::move(rule), std::move(location), std::move(value), std::move(message)});
  return error;
}

// Builds the document and stops at the first excess, so that nothing deep or huge is ever in memory.
// nlohmann's own DOM parser lets the last of two equal members win and has no limit of depth.
class LimitedBuilder final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return place(json()); }
  bool boolean(bool value) override { return place(json(value)); }
  bool number_integer(json::number_integer_t value) override { return place(json(value)); }
  bool number_unsigned(json::number_unsigned_t value) override { return place(json(value)); }
  bool number_float(json::number_float_t value, const std::string&) override { return place(json(value)); }
  bool string(std::string& value) override { return place(json(std::move(value))); }
  bool binary(json::binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    if (++members_ > limits::json_members) {
      return refuse("json.members", name, "more than " + std::to_string(limits::json_members) + " members");
    }
    if (stack_.back()->contains(name)) {
      return refuse("json.duplicate", name, "the member \"" + name + "\" is given twice");
    }
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    return refuse("json.syntax", std::to_string(position),
                  "a syntax error at byte " + std::to_string(position) + " (JSON in UTF-8 is expected)");
  }

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  json take() { return std::move(root_); }

 private:
  bool refuse(std::string rule, std::string value, std::string message) {
    error_ = fault(std::move(rule), "", std::move(value), std::move(message));
    return false;
  }

  json* insert(json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    json& parent = *stack_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[key_] = std::move(value));
  }

  bool place(json value) {
    insert(std::move(value));
    return true;
  }

  bool open(json container) {
    if (stack_.size() >= limits::json_depth) {
      return refuse("json.depth", "", "nested deeper than " + std::to_string(limits::json_depth) + " levels");
    }
    // Pointers into a vector that grows would dangle, but only the innermost container ever grows.
    stack_.push_back(insert(std::move(container)));
    return true;
  }

  bool close() {
    stack_.pop_back();
    return true;
  }

  json root_;
  std::vector<json*> stack_;
  std::string key_;
  std::size_t members_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<json> parse_document(std::string_view text) {
  LimitedBuilder builder;
  if (!json::sax_parse(text.begin(), text.end(), &builder)) {
    return builder.error().value_or(fault("json.syntax", "", "", "a syntax error"));
  }
  return builder.take();
}

}  // namespace chancery::http
