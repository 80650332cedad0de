// Logs: one JSON object a line on standard error (or a file): timestamp, level, event_type, message,
// component, request_id, then the event's own fields. The schema is docs/reference/logs.md. Secrets never go
// in: pass only what the table names.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/error.h"

namespace chancery::log {

enum class Level { debug, info, warning, error };

using FieldValue = std::variant<std::string, std::int64_t, bool>;
using Fields = std::vector<std::pair<std::string, FieldValue>>;

// Thread-safe. Never throws, never blocks on anything but the stream.
class Logger {
 public:
  virtual ~Logger() = default;
  virtual void write(Level level, std::string_view event_type, std::string_view message,
                     const Fields& fields = {}) const = 0;

  void info(std::string_view event_type, std::string_view message, const Fields& fields = {}) const {
    write(Level::info, event_type, message, fields);
  }
  void warning(std::string_view event_type, std::string_view message, const Fields& fields = {}) const {
    write(Level::warning, event_type, message, fields);
  }
  // Adds error_code, error_message and error_internal.
  void failure(std::string_view event_type, std::string_view message, const Error& error,
               Fields fields = {}) const;
};

// JSON lines on standard error through spdlog. `component` is the program's name. `clock` must outlive the
// logger.
std::unique_ptr<Logger> make_json_logger(std::string component, Level least, const Clock& clock);

// Keeps nothing: for tests and tools that print for people.
std::unique_ptr<Logger> make_null_logger();

}  // namespace chancery::log
