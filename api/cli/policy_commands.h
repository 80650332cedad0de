// `chancery policy ...`: what would be decided, by files that need not be in force anywhere.
#pragma once

#include <string>
#include <vector>

#include "api/cli/session.h"

namespace CLI {
class App;
}

namespace chancery::cli {

struct PolicyTestOptions {
  std::string csr_file, profile, identity;
  std::string policies;            // file or directory; "" = the server's
  std::string role = "none";       // of whoever asks; offline only
  std::vector<std::string> names;  // that the token would name; empty = those of the request
  bool renewal = false;            // of a certificate with a key of the same kind; offline only
};

struct PolicyReplayOptions {
  std::string policies;       // file or directory
  std::string since = "90d";  // a duration, or an RFC 3339 time
};

struct PolicyOptions {
  PolicyTestOptions test;
  PolicyReplayOptions replay;
  std::string checked;  // of check: file or directory
};

// Adds `policy` and its commands; parsing writes into `options`, which must outlive the parse.
void add_policy(CLI::App& app, PolicyOptions& options);
// Of the parsed `policy` command: whether it asks a service, and its exit status.
bool policy_needs_server(const CLI::App& policy, const PolicyOptions& options);
int run_policy(const CLI::App& policy, const PolicyOptions& options, const ServerOptions& server,
               const Terminal& terminal);

// 0 allowed, 1 denied, 2 nothing could be decided, 3 the service cannot be reached.
int policy_test(const PolicyTestOptions& options, const ServerOptions& server, const Terminal& terminal);
// 0 sound, 1 faults, each with its place.
int policy_check(const std::string& policies, const ServerOptions& server, const Terminal& terminal);
// 0 nothing would be decided differently, 1 something would, 2 it could not be told, 3 as above.
int policy_replay(const PolicyReplayOptions& options, const ServerOptions& server, const Terminal& terminal);

}  // namespace chancery::cli
