// Strings that must not be mixed up get types of their own.
#pragma once

#include <compare>
#include <string>
#include <utility>

namespace chancery {

template <typename Tag>
class StrongString {
 public:
  StrongString() = default;
  explicit StrongString(std::string value) : value_(std::move(value)) {}
  [[nodiscard]] const std::string& text() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  friend auto operator<=>(const StrongString&, const StrongString&) = default;

 private:
  std::string value_;
};

using Identity =
    StrongString<struct IdentityTag>;  // a node or a person, e.g. "web-01": what a certificate is bound to
using ProfileName = StrongString<struct ProfileNameTag>;  // e.g. "service"
using RequestId = StrongString<struct RequestIdTag>;      // one REST request, for logs and audit

}  // namespace chancery
