#include "ca/x509/extensions.h"

#include <algorithm>

#include "ca/x509/key_purpose.h"

namespace chancery::x509 {

std::string_view to_string(KeyPurpose purpose) {
  return key_purpose_rows.at(static_cast<std::size_t>(purpose)).name;
}

std::optional<KeyPurpose> parse_key_purpose(std::string_view text) {
  for (const KeyPurposeRow& row : key_purpose_rows) {
    if (row.name == text) return row.purpose;
  }
  return std::nullopt;
}

}  // namespace chancery::x509
