// The agent's YAML configuration (docs/reference/configuration-agent.md).
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/ids.h"
#include "ca/base/result.h"
#include "ca/crypto/algorithms.h"
#include "ca/x509/general_name.h"

namespace chancery::agent {

struct VerifyTarget {
  std::string address;      // host name or IP literal to connect to
  int port = 443;           //
  std::string server_name;  // sent as SNI, and a name the served certificate must carry
  Seconds patience{10};     // how long a reload may take to show, 1 s to 5 min
};

struct CertificateConfig {
  std::string name;  // unique; a file name in the state directory
  ProfileName profile;
  std::vector<x509::GeneralName> names;
  crypto::KeyType key;
  std::string enrollment_token_file;  // "" = none: only renewal is possible
  std::string directory;
  std::string owner, group;  // "" = the agent's own
  mode_t key_mode = 0600;    // never for others
  std::vector<std::string> reload;
  Seconds reload_timeout{30};
  std::optional<VerifyTarget> verify;
};

struct PushConfig {
  std::string url;
  Seconds interval{15};
};

struct ScrapeConfig {
  std::string address;
  int port = 9105;
};

struct Config {
  std::string node;  // letters, digits, '.', '_', '-': stands in metrics and in the Pushgateway's path
  std::string server_url, roots_file;
  std::string state_directory;
  std::optional<PushConfig> push;
  std::optional<ScrapeConfig> metrics;
  Seconds check_interval{60};  // 1 s to 1 d
  std::vector<CertificateConfig> certificates;
};

// The value of an environment variable, or nullopt: CHANCERY_AGENT_NODE, _SERVER_URL, _SERVER_ROOTS,
// _STATE_DIRECTORY, _PUSH_URL and _CHECK_INTERVAL override the file.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// Relative paths are taken from the configuration file's folder. Errors: validation, with every fault at its
// file:line:column; those of reading the file.
Result<Config> load_config(const std::string& path, const Environment& environment);

// Looks at what the configuration points to: roots, owner and group, token file's mode, reload program. Every
// fault as one detail of a validation error.
Result<void> check_config(const Config& config);

}  // namespace chancery::agent
