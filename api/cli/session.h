// What every command of `chancery` shares: where the service is, who asks, and where answers are printed.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "api/client/client.h"
#include "ca/base/result.h"

namespace chancery::cli {

enum ExitStatus : int { exit_ok = 0, exit_refused = 1, exit_usage = 2, exit_unreachable = 3, exit_waits = 4 };

struct Terminal {
  std::ostream& out;
  std::ostream& error;
  bool colour = false;    // out is a terminal and NO_COLOR is not set
  bool progress = false;  // error is a terminal: say what is waited for after a second
};

struct ServerOptions {
  std::string server, roots, certificate, key;
  bool json = false;
};

// What the service answered with success.
struct Reply {
  nlohmann::json data, meta;
  bool waits = false;  // HTTP 202: taken, and waiting for approval
  std::optional<Seconds> retry_after;
};

// Sends, and reads the envelope. `progress` of the terminal shows what is waited for. Errors: the service's
// own; unavailable; validation (no server given, or a plain http:// address that is not this machine's: a
// token would travel in clear).
Result<Reply> exchange(const ServerOptions& options, const client::Request& request,
                       const Terminal& terminal);

// Its `data` alone.
Result<nlohmann::json> call(const ServerOptions& options, const client::Request& request,
                            const Terminal& terminal);

// The body of a successful answer that is no envelope, over a connection that is kept. Waits as long as the
// service asks for when it says that there were too many requests. Errors as call().
class Connection {
 public:
  static Result<Connection> open(const ServerOptions& options);
  Result<std::string> get(const std::string& path);

 private:
  explicit Connection(client::Client client) : client_(std::move(client)) {}
  client::Client client_;
};

// Prints the error, one line for each detail with rule, file:line and value; says how to go on. Returns the
// exit status: unavailable is 3, everything else 1. With --json an object {"error": {...}} goes to out as
// well.
int complain(const Error& error, const ServerOptions& options, const Terminal& terminal);

}  // namespace chancery::cli
