#include "ca/log/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "ca/log/json_line.h"

namespace chancery::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

class JsonLogger final : public Logger {
 public:
  JsonLogger(std::string component, Level least, const Clock& clock)
      : component_(std::move(component)),
        clock_(clock),
        logger_(component_, std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_pattern("%v");
    logger_.set_level(to_spdlog(least));
    logger_.flush_on(spdlog::level::trace);
    // A log that cannot be written must not take the service down, nor write about itself to the same stream.
    logger_.set_error_handler([](const std::string&) {});
  }

  void write(Level level, std::string_view event_type, std::string_view message,
             const Fields& fields) const override {
    if (!logger_.should_log(to_spdlog(level))) return;
    try {
      logger_.log(to_spdlog(level),
                  spdlog::string_view_t(
                      json_line(to_rfc3339(clock_.now()), level, component_, event_type, message, fields)));
    } catch (const std::exception&) {  // out of memory, mostly: this line is lost, the caller goes on
    }
  }

 private:
  std::string component_;
  const Clock& clock_;
  mutable spdlog::logger logger_;  // spdlog's log() is not const, but thread-safe with this sink
};

class NullLogger final : public Logger {
 public:
  void write(Level /*level*/, std::string_view /*event_type*/, std::string_view /*message*/,
             const Fields& /*fields*/) const override {}
};

}  // namespace

void Logger::failure(std::string_view event_type, std::string_view message, const Error& error,
                     Fields fields) const {
  fields.emplace_back("error_code", std::string(to_string(error.code)));
  fields.emplace_back("error_message", error.message);
  if (!error.internal.empty()) fields.emplace_back("error_internal", error.internal);
  write(Level::error, event_type, message, fields);
}

std::unique_ptr<Logger> make_json_logger(std::string component, Level least, const Clock& clock) {
  return std::make_unique<JsonLogger>(std::move(component), least, clock);
}

std::unique_ptr<Logger> make_null_logger() {
  return std::make_unique<NullLogger>();
}

}  // namespace chancery::log
