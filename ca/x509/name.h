// Distinguished names (RFC 5280 4.1.2.4): one attribute per RDN, in order.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/result.h"

namespace chancery::x509 {

enum class AttributeType { country, organization, organizational_unit, common_name };

struct NameAttribute {
  AttributeType type = AttributeType::common_name;
  std::string value;  // UTF-8 without what find_text_fault() finds (ca/base/unicode.h)
  friend bool operator==(const NameAttribute&, const NameAttribute&) = default;
};

class Name {
 public:
  Name() = default;
  explicit Name(std::vector<NameAttribute> attributes) : attributes_(std::move(attributes)) {}

  // Accepts UTF8String and PrintableString. Errors: validation for other attributes, several attributes in
  // one RDN, malformed UTF-8, control characters and what else people cannot see as what it is, a country
  // that is not two letters, a value over its upper bound (RFC 5280 A.1: CN, O, OU 64 characters).
  static Result<Name> parse(ByteView der);
  // C as PrintableString, the others as UTF8String.
  [[nodiscard]] Bytes to_der() const;
  // RFC 4514 order and escapes: "CN=web,O=Example". "" for the empty name.
  [[nodiscard]] std::string to_string() const;

  [[nodiscard]] bool empty() const { return attributes_.empty(); }
  [[nodiscard]] const std::vector<NameAttribute>& attributes() const { return attributes_; }
  // The last CN, or "".
  [[nodiscard]] std::string common_name() const;
  friend bool operator==(const Name&, const Name&) = default;

 private:
  std::vector<NameAttribute> attributes_;
};

// Upper bounds and characters, the same as parse() checks; for names that come from configuration.
Result<void> check_name(const Name& name);

}  // namespace chancery::x509
