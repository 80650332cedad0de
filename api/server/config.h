// chancery-ca's configuration: a YAML file, overridden by CHANCERY_CA_* variables. The table is
// docs/reference/configuration-ca.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "ca/base/clock.h"
#include "ca/base/result.h"
#include "ca/log/log.h"

namespace chancery::server {

struct Config {
  struct Listen {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  // 0 = any free one; server.ready in the log names it
    int threads = 64;
  } listen;
  struct IssuerFiles {
    std::string certificate, key, passphrase_file;
    std::string previous;  // certificates of earlier issuers; "" = none
    bool cross_check = true;
  } issuer;
  Seconds repeat_window{600};  // for how long a repeated request is the same one; 0 = never
  std::string proxy_secret_file;
  std::string database;
  std::string policies;  // directory
  std::string roots;
  std::string key_blocklist;  // keys that are never certified; "" = none
  struct Audit {
    std::string origin = "chancery.internal/log";  // the log's name in its checkpoints and its key
    std::string key_file;                          // signs checkpoints; made at the first start when missing
    std::string last_checkpoint_file;              // against a database that was put back; made when missing
  } audit;
  log::Level log_level = log::Level::info;
};

using Environment = std::map<std::string, std::string>;

// Relative paths in the file are taken from the file's own directory; those in the environment from the
// working directory. Errors: not_found, validation with file:line:column of every fault; an unknown
// CHANCERY_CA_* variable is one too.
Result<Config> load_config(const std::string& path, const Environment& environment);
Result<Config> parse_config(std::string_view yaml, const std::string& path, const Environment& environment);

// Of this process: CHANCERY_CA_* and CREDENTIALS_DIRECTORY.
Environment process_environment();

}  // namespace chancery::server
