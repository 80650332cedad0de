// JSON bodies as Chancery accepts them: one object, every member known, every value of its type and size.
//
//   auto reader = JsonReader::parse(body);
//   request.profile = reader->required_string("profile", 64);
//   if (auto ok = reader->finish(); !ok) return ok.error();
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/result.h"

namespace chancery::http {

// Not thread-safe. A getter of a missing or wrong member records a fault and returns a harmless default;
// finish() reports all faults at once, each with the JSON pointer (RFC 6901) of its value.
class JsonReader {
 public:
  // Errors: payload_too_large (over limits::body_bytes); validation: not JSON (RFC 8259, UTF-8 only), nested
  // deeper than limits::json_depth, more than limits::json_members members, a member given twice, or not an
  // object.
  static Result<JsonReader> parse(std::string_view body);

  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;
  ~JsonReader();

  // Strings are 1..longest octets, without NUL.
  std::string required_string(std::string_view key, std::size_t longest);
  std::optional<std::string> optional_string(std::string_view key, std::size_t longest);
  std::int64_t optional_integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                                std::int64_t most);
  std::vector<std::string> required_strings(std::string_view key, std::size_t least, std::size_t most,
                                            std::size_t longest);

  // A fault of meaning that only the caller can see. `pointer` as in "/names/3".
  void reject(std::string rule, std::string pointer, std::string value, std::string message);

  // Errors: validation with one detail for each fault, members nobody asked for included.
  [[nodiscard]] Result<void> finish();

  struct State;

 private:
  explicit JsonReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace chancery::http
