#include "agent/config.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "api/client/url.h"
#include "ca/yaml/reader.h"

namespace chancery::agent {
namespace {

using yaml::Reader;

bool is_label(std::string_view text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(allowed) == std::string_view::npos &&
         text.front() != '.' && text.front() != '-';
}

std::string label(Reader& reader, std::string_view key, std::string value) {
  if (!value.empty() && !is_label(value)) {
    reader.reject(
        key,
        "'" + value + "' must be 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit");
  }
  return value;
}

// The file's value, unless the environment has one; then the file need not.
std::string overridable(Reader& reader, std::string_view key, const Environment& environment,
                        const std::string& name) {
  std::optional<std::string> value = environment("CHANCERY_AGENT_" + name);
  if (!value) return reader.required_string(key);
  reader.optional_string(key, {});
  return *value;
}

std::string url(Reader& reader, std::string_view key, std::string value, bool tls_only) {
  if (value.empty()) return value;
  Result<client::Url> parsed = client::parse_url(value);
  if (!parsed) {
    reader.reject(key, parsed.error().message);
  } else if (tls_only && !parsed->tls) {
    reader.reject(key, "'" + value + "' is not https: tokens and requests must not travel in clear");
  }
  return value;
}

std::optional<crypto::KeyType> parse_key_type(std::string_view text) {
  if (text == "RSA-2048" || text == "RSA-3072" || text == "RSA-4096") {
    return crypto::KeyType{crypto::KeyAlgorithm::rsa, text == "RSA-2048"   ? 2048
                                                      : text == "RSA-3072" ? 3072
                                                                           : 4096};
  }
  if (text == "P-256") return crypto::KeyType{crypto::KeyAlgorithm::ec_p256, 256};
  if (text == "P-384") return crypto::KeyType{crypto::KeyAlgorithm::ec_p384, 384};
  if (text == "P-521") return crypto::KeyType{crypto::KeyAlgorithm::ec_p521, 521};
  if (text == "Ed25519") return crypto::KeyType{crypto::KeyAlgorithm::ed25519, 256};
  return std::nullopt;
}

mode_t read_key_mode(Reader& reader) {
  const std::string text = reader.optional_string("key_mode", "0600");
  const std::set<std::string> allowed{"0400", "0440", "0600", "0640"};
  if (allowed.count(text) == 0) {
    reader.reject("key_mode", "'" + text + "' must be \"0400\", \"0440\", \"0600\" or \"0640\", in quotes");
    return 0600;
  }
  return static_cast<mode_t>(std::strtoul(text.c_str(), nullptr, 8));
}

std::vector<x509::GeneralName> read_names(Reader& reader) {
  std::vector<x509::GeneralName> names;
  for (const std::string& text : reader.string_list("names", 1, 100)) {
    Result<x509::GeneralName> name = x509::parse_general_name(text);
    if (!name) {
      reader.reject("names", name.error().message);
    } else if (std::find(names.begin(), names.end(), *name) != names.end()) {
      reader.reject("names", "'" + text + "' is there twice");
    } else {
      names.push_back(*name);
    }
  }
  return names;
}

std::optional<VerifyTarget> read_verify(Reader& reader) {
  std::optional<Reader> map = reader.optional_map("verify");
  if (!map) return std::nullopt;
  VerifyTarget target;
  target.address = map->required_string("address", 253);
  target.port = static_cast<int>(map->required_integer("port", 1, 65535));
  target.server_name = map->required_string("server_name", 253);
  target.patience = map->optional_duration("patience", Seconds(10), Seconds(1), Seconds(300));
  return target;
}

CertificateConfig read_certificate(Reader& reader) {
  CertificateConfig certificate;
  certificate.name = label(reader, "name", reader.required_string("name"));
  certificate.profile = ProfileName(label(reader, "profile", reader.required_string("profile")));
  certificate.names = read_names(reader);
  if (!reader.has("names"))
    reader.reject("names", "a certificate needs at least one name, as dns:web.example");
  const std::string key = reader.optional_string("key", "P-256");
  if (const auto type = parse_key_type(key)) {
    certificate.key = *type;
  } else {
    reader.reject("key",
                  "'" + key + "' must be P-256, P-384, P-521, Ed25519, RSA-2048, RSA-3072 or RSA-4096");
  }
  certificate.enrollment_token_file = reader.optional_string("enrollment_token_file", {});
  certificate.directory = reader.required_string("directory");
  certificate.owner = reader.optional_string("owner", {}, 64);
  certificate.group = reader.optional_string("group", {}, 64);
  certificate.key_mode = read_key_mode(reader);
  certificate.reload = reader.string_list("reload", 0, 32);
  certificate.reload_timeout =
      reader.optional_duration("reload_timeout", Seconds(30), Seconds(1), Seconds(600));
  certificate.verify = read_verify(reader);
  return certificate;
}

void read_server(Reader& root, const Environment& environment, Config& config) {
  Reader server = root.required_map("server");
  config.server_url = url(server, "url", overridable(server, "url", environment, "SERVER_URL"), true);
  config.roots_file = overridable(server, "roots", environment, "SERVER_ROOTS");
}

void read_push(Reader& root, const Environment& environment, Config& config) {
  if (std::optional<Reader> push = root.optional_map("push")) {
    PushConfig read;
    read.url = url(*push, "url", overridable(*push, "url", environment, "PUSH_URL"), false);
    read.interval = push->optional_duration("interval", Seconds(15), Seconds(1), Seconds(3600));
    config.push = read;
  } else if (const auto address = environment("CHANCERY_AGENT_PUSH_URL")) {
    config.push = PushConfig{url(root, "push", *address, false), Seconds(15)};
  }
}

void read_metrics(Reader& root, Config& config) {
  std::optional<Reader> metrics = root.optional_map("metrics");
  if (!metrics) return;
  ScrapeConfig scrape;
  scrape.address = metrics->optional_string("address", "127.0.0.1", 253);
  scrape.port = static_cast<int>(metrics->optional_integer("port", 9105, 1, 65535));
  config.metrics = scrape;
}

Seconds read_check_interval(Reader& root, const Environment& environment) {
  const Seconds from_file = root.optional_duration("check_interval", Seconds(60), Seconds(1), Seconds(86400));
  const auto text = environment("CHANCERY_AGENT_CHECK_INTERVAL");
  if (!text) return from_file;
  const std::optional<Seconds> value = parse_duration(*text);
  if (!value || *value > Seconds(86400)) {
    root.reject("check_interval",
                "CHANCERY_AGENT_CHECK_INTERVAL='" + *text + "' must be a duration of 1s to 1d");
    return from_file;
  }
  return *value;
}

void read_certificates(Reader& root, Config& config) {
  std::set<std::string> names, directories;
  for (Reader& entry : root.list_of_maps("certificates", 1, 100)) {
    CertificateConfig certificate = read_certificate(entry);
    if (!certificate.name.empty() && !names.insert(certificate.name).second) {
      entry.reject("name", "another certificate is called '" + certificate.name + "' already");
    }
    if (!certificate.directory.empty() && !directories.insert(certificate.directory).second) {
      entry.reject("directory", "another certificate is kept in '" + certificate.directory + "' already");
    }
    config.certificates.push_back(std::move(certificate));
  }
}

void make_absolute(std::string& path, const std::filesystem::path& folder) {
  if (path.empty()) return;
  path = (folder / path).lexically_normal().string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Result<Config> load_config(const std::string& path, const Environment& environment) {
  Result<Reader> root = Reader::load(path);
  if (!root) return root.error();
  Config config;
  config.node = label(*root, "node", overridable(*root, "node", environment, "NODE"));
  read_server(*root, environment, config);
  config.state_directory = overridable(*root, "state_directory", environment, "STATE_DIRECTORY");
  read_push(*root, environment, config);
  read_metrics(*root, config);
  config.check_interval = read_check_interval(*root, environment);
  read_certificates(*root, config);
  if (Result<void> done = root->finish(); !done) return done.error();

  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  make_absolute(config.roots_file, folder);
  make_absolute(config.state_directory, folder);
  for (CertificateConfig& certificate : config.certificates) {
    make_absolute(certificate.enrollment_token_file, folder);
    make_absolute(certificate.directory, folder);
  }
  return config;
}

}  // namespace chancery::agent
