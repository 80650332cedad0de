#include "api/server/config.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <functional>
#include <optional>

#include "api/http/pistache_server.h"
#include "ca/base/file.h"
#include "ca/merkle/note.h"
#include "ca/yaml/reader.h"

namespace chancery::server {
namespace {

constexpr std::size_t path_limit = 4096;
constexpr int most_threads = 1024;
constexpr Seconds longest_repeat_window{86400};
constexpr std::string_view prefix = "CHANCERY_CA_";

std::optional<log::Level> parse_level(std::string_view text) {
  if (text == "debug") return log::Level::debug;
  if (text == "info") return log::Level::info;
  if (text == "warning") return log::Level::warning;
  if (text == "error") return log::Level::error;
  return std::nullopt;
}

// Botan's second reading of each certificate.
std::optional<bool> parse_cross_check(std::string_view text) {
  if (text == "always") return true;
  if (text == "never") return false;
  return std::nullopt;
}

std::optional<Seconds> parse_repeat_window(std::string_view text) {
  if (text == "none") return Seconds(0);
  const auto window = parse_duration(text);
  return window && *window <= longest_repeat_window ? window : std::nullopt;
}

// --- the file

std::string beside(const std::string& config_path, const std::string& path) {
  if (path.empty() || path.front() == '/') return path;
  return (std::filesystem::path(config_path).parent_path() / path).lexically_normal().string();
}

void read_listen(yaml::Reader& reader, Config& config) {
  auto listen = reader.optional_map("listen");
  if (!listen) return;
  config.listen.address = listen->optional_string("address", config.listen.address, 64);
  if (!http::is_loopback(config.listen.address)) {
    listen->reject("address", "address must be IPv4 loopback, such as 127.0.0.1: nginx faces the network");
  }
  config.listen.port =
      static_cast<std::uint16_t>(listen->optional_integer("port", config.listen.port, 0, 65535));
  config.listen.threads =
      static_cast<int>(listen->optional_integer("threads", config.listen.threads, 1, most_threads));
}

void read_issuer(yaml::Reader& reader, Config& config, const std::string& path) {
  yaml::Reader issuer = reader.required_map("issuer");
  config.issuer.certificate = beside(path, issuer.required_string("certificate", path_limit));
  config.issuer.key = beside(path, issuer.required_string("key", path_limit));
  config.issuer.passphrase_file = beside(path, issuer.optional_string("passphrase_file", "", path_limit));
  config.issuer.previous = beside(path, issuer.optional_string("previous", "", path_limit));
  const auto cross_check = parse_cross_check(issuer.optional_string("cross_check", "always", 16));
  if (!cross_check) issuer.reject("cross_check", "cross_check must be always or never");
  config.issuer.cross_check = cross_check.value_or(true);
}

void read_log(yaml::Reader& reader, Config& config) {
  auto log = reader.optional_map("log");
  if (!log) return;
  const auto level = parse_level(log->optional_string("level", "info", 16));
  if (!level) log->reject("level", "level must be debug, info, warning or error");
  config.log_level = level.value_or(log::Level::info);
}

void read_audit(yaml::Reader& reader, Config& config, const std::string& path) {
  auto audit = reader.optional_map("audit");
  if (!audit) return;
  config.audit.origin = audit->optional_string("origin", config.audit.origin, merkle::origin_limit);
  if (auto ok = merkle::check_origin(config.audit.origin); !ok) audit->reject("origin", ok.error().message);
  config.audit.key_file = beside(path, audit->optional_string("key_file", "", path_limit));
  config.audit.last_checkpoint_file =
      beside(path, audit->optional_string("last_checkpoint_file", "", path_limit));
}

// --- the environment

// "" when the value was taken, else what it must be.
using Setter = std::string (*)(Config&, const std::string&);

template <typename Integer>
std::string set_integer(Integer& target, const std::string& text, int least, int most) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value < least || value > most) {
    return std::to_string(least) + " to " + std::to_string(most);
  }
  target = static_cast<Integer>(value);
  return {};
}

std::string set_path(std::string& target, const std::string& text) {
  if (text.empty()) return "a path";
  target = text;
  return {};
}

struct Variable {
  std::string_view name;
  Setter set;
};

constexpr std::array<Variable, 18> variables{{
    {"LISTEN_ADDRESS",
     [](Config& config, const std::string& text) -> std::string {
       config.listen.address = text;
       return http::is_loopback(text) ? "" : "IPv4 loopback, such as 127.0.0.1";
     }},
    {"LISTEN_PORT", [](Config& c, const std::string& t) { return set_integer(c.listen.port, t, 0, 65535); }},
    {"LISTEN_THREADS",
     [](Config& c, const std::string& t) { return set_integer(c.listen.threads, t, 1, most_threads); }},
    {"PROXY_SECRET_FILE", [](Config& c, const std::string& t) { return set_path(c.proxy_secret_file, t); }},
    {"DATABASE", [](Config& c, const std::string& t) { return set_path(c.database, t); }},
    {"POLICIES", [](Config& c, const std::string& t) { return set_path(c.policies, t); }},
    {"ISSUER_CERTIFICATE", [](Config& c, const std::string& t) { return set_path(c.issuer.certificate, t); }},
    {"ISSUER_KEY", [](Config& c, const std::string& t) { return set_path(c.issuer.key, t); }},
    {"ISSUER_PASSPHRASE_FILE",
     [](Config& c, const std::string& t) { return set_path(c.issuer.passphrase_file, t); }},
    {"ISSUER_PREVIOUS", [](Config& c, const std::string& t) { return set_path(c.issuer.previous, t); }},
    {"ISSUER_CROSS_CHECK",
     [](Config& config, const std::string& text) -> std::string {
       const auto when = parse_cross_check(text);
       config.issuer.cross_check = when.value_or(true);
       return when ? "" : "always or never";
     }},
    {"KEY_BLOCKLIST", [](Config& c, const std::string& t) { return set_path(c.key_blocklist, t); }},
    {"REPEAT_WINDOW",
     [](Config& config, const std::string& text) -> std::string {
       const auto window = parse_repeat_window(text);
       config.repeat_window = window.value_or(config.repeat_window);
       return window ? "" : "1s to 1d, or none";
     }},
    {"ROOTS", [](Config& c, const std::string& t) { return set_path(c.roots, t); }},
    {"AUDIT_ORIGIN",
     [](Config& config, const std::string& text) -> std::string {
       config.audit.origin = text;
       return merkle::check_origin(text) ? "" : "1 to 256 visible ASCII characters without '+'";
     }},
    {"AUDIT_KEY_FILE", [](Config& c, const std::string& t) { return set_path(c.audit.key_file, t); }},
    {"AUDIT_LAST_CHECKPOINT_FILE",
     [](Config& c, const std::string& t) { return set_path(c.audit.last_checkpoint_file, t); }},
    {"LOG_LEVEL",
     [](Config& config, const std::string& text) -> std::string {
       const auto level = parse_level(text);
       config.log_level = level.value_or(config.log_level);
       return level ? "" : "debug, info, warning or error";
     }},
}};

Result<void> apply(const std::string& name, const std::string& value, Config& config) {
  for (const Variable& variable : variables) {
    if (name.compare(prefix.size(), std::string::npos, variable.name) != 0) continue;
    const std::string wanted = variable.set(config, value);
    if (wanted.empty()) return {};
    std::string message = "environment variable " + name;
    message.append(" must be ").append(wanted).append(", but is \"").append(value).append("\"");
    return make_error(ErrorCode::validation, std::move(message));
  }
  std::string known;
  for (const Variable& variable : variables)
    known.append(known.empty() ? "" : ", ").append(prefix).append(variable.name);
  return make_error(ErrorCode::validation, "unknown environment variable " + name + "; known are " + known);
}

Result<void> override_from(const Environment& environment, Config& config) {
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(prefix)) continue;
    if (auto ok = apply(name, value, config); !ok) return ok.error();
  }
  if (!config.issuer.passphrase_file.empty()) return {};
  const auto credentials = environment.find("CREDENTIALS_DIRECTORY");
  if (credentials != environment.end())
    config.issuer.passphrase_file = credentials->second + "/issuer-passphrase";
  return {};
}

}  // namespace

Result<Config> load_config(const std::string& path, const Environment& environment) {
  constexpr std::size_t config_limit = 256UL * 1024;
  auto text = read_file(path, config_limit);
  if (!text) return with_context(text.error(), "the configuration cannot be read");
  return parse_config(*text, path, environment);
}

Result<Config> parse_config(std::string_view yaml, const std::string& path, const Environment& environment) {
  auto reader = yaml::Reader::parse(yaml, path);
  if (!reader) return reader.error();
  Config config;
  read_listen(*reader, config);
  read_issuer(*reader, config, path);
  read_log(*reader, config);
  read_audit(*reader, config, path);
  if (const auto window = parse_repeat_window(reader->optional_string("repeat_window", "10m", 16))) {
    config.repeat_window = *window;
  } else {
    reader->reject("repeat_window", "repeat_window must be 1s to 1d, or none");
  }
  config.proxy_secret_file = beside(path, reader->required_string("proxy_secret_file", path_limit));
  config.database = beside(path, reader->required_string("database", path_limit));
  config.policies = beside(path, reader->required_string("policies", path_limit));
  config.roots = beside(path, reader->required_string("roots", path_limit));
  config.key_blocklist = beside(path, reader->optional_string("key_blocklist", "", path_limit));
  if (auto ok = reader->finish(); !ok) return ok.error();
  if (auto ok = override_from(environment, config); !ok) return ok.error();
  if (config.audit.key_file.empty()) config.audit.key_file = config.database + ".log-key.pem";
  if (config.audit.last_checkpoint_file.empty())
    config.audit.last_checkpoint_file = config.database + ".checkpoint";
  return config;
}

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    if (equals == std::string_view::npos) continue;
    if (name.starts_with(prefix) || name == "CREDENTIALS_DIRECTORY") {
      environment.emplace(name, text.substr(equals + 1));
    }
  }
  return environment;
}

}  // namespace chancery::server
