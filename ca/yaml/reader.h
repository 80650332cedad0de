// YAML as Chancery accepts it: a schema-driven reader over yaml-cpp, which alone silently takes duplicate
// keys, broken UTF-8, aliases and octal numbers.
//
// Refused with file:line:column: files over 256 KiB, nesting over 16, what is no UTF-8 or cannot be seen as
// what it is (ca/base/unicode.h; tab, line feed, carriage return and a byte order mark in front are taken),
// in comments and by escapes too, several documents or text after "...", anchors, aliases, tags, merge keys,
// duplicate keys, unknown keys, non-plain numbers
// ("010", "0x10", "1_000"). Every fault of a file is found in one pass and reported together.
//
//   Result<Reader> parsed = Reader::load(path);  if (!parsed) return std::move(parsed).error();
//   Reader& reader = *parsed;
//   config.port = reader.required_integer("port", 1, 65535);
//   if (auto tls = reader.optional_map("tls")) { tls->required_string("certificate"); ... }
//   for (Reader& entry : reader.list_of_maps("certificates", 1, 100)) ...
//   Result<void> ok = reader.finish();
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/result.h"

namespace chancery::yaml {

// One mapping of the document. Each key is asked for once; keys never asked for are unknown and refused by
// finish(). A getter of a missing or wrong value records a finding and returns a harmless default ("",
// `least`, the fallback, an empty list, the epoch), so that reading goes on: NOTHING read may be used before
// finish() has said ok. A required map that is missing is one fault; its reader then answers defaults in
// silence. Not thread-safe. Child readers share the document's findings; finish() on the root checks them
// all.
class Reader {
 public:
  // Reads and checks the whole text. `name` is the file's path as it shall appear in messages. Errors:
  // validation, for what makes the text unreadable (size, UTF-8, syntax, depth, several documents, no mapping
  // at the top). Other faults wait for finish(), to be reported together with those of meaning.
  static Result<Reader> parse(std::string_view text, std::string name);
  // Errors also: not_found, unavailable (the file cannot be read).
  static Result<Reader> load(const std::string& path);

  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  // Strings: not empty when required, at most `longest` bytes. Plain and quoted scalars are the same. Numbers
  // and booleans must be plain.
  std::string required_string(std::string_view key, std::size_t longest = 1024);
  std::string optional_string(std::string_view key, std::string fallback, std::size_t longest = 1024);
  std::int64_t required_integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::int64_t optional_integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                                std::int64_t most);
  bool optional_boolean(std::string_view key, bool fallback);
  Seconds required_duration(std::string_view key, Seconds least, Seconds most);
  Seconds optional_duration(std::string_view key, Seconds fallback, Seconds least, Seconds most);
  TimePoint required_time(std::string_view key);  // RFC 3339, UTC
  std::optional<TimePoint> optional_time(std::string_view key);
  std::vector<std::string> string_list(std::string_view key, std::size_t least,
                                       std::size_t most);  // absent = empty
  std::optional<Reader> optional_map(std::string_view key);
  Reader required_map(std::string_view key);
  std::vector<Reader> list_of_maps(std::string_view key, std::size_t least, std::size_t most);
  [[nodiscard]] bool has(std::string_view key) const;
  // Present, asked for, and nothing found wrong with it yet: worth comparing with other values.
  [[nodiscard]] bool sound(std::string_view key) const;

  // Where `key`'s value stands ("policies/service.yaml:12:5"); with the key absent, where the mapping begins.
  // For rules that cite their place, and for the caller's own findings.
  [[nodiscard]] std::string location(std::string_view key) const;
  [[nodiscard]] std::string location() const;
  // The position of each entry of a string list.
  [[nodiscard]] std::vector<std::string> entry_locations(std::string_view key) const;

  // A fault of meaning that only the caller can see, e.g. "renew_after must be shorter than lifetime".
  void reject(std::string_view key, std::string message);
  // The same for one entry of a string list; shown at each entry that reads `entry`.
  void reject_entry(std::string_view key, std::string_view entry, const std::string& message);

  // Errors: validation, with one ErrorDetail for every fault (rule, location, value, message); the message is
  // the whole list.
  [[nodiscard]] Result<void> finish();

  struct State;

 private:
  explicit Reader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace chancery::yaml
