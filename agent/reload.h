// Runs the command that makes a service read its new certificate. No shell: the configuration's words are the
// arguments.
#pragma once

#include <string>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/result.h"

namespace chancery::agent {

inline constexpr std::size_t output_limit = 4096;  // bytes kept of what the command prints

// Exit status 0 means only that the command believes it did its work: `nginx -s reload` exits 0 on failure
// (certbot #7555). What counts is the handshake afterwards (agent/verify.h).
class Reloader {
 public:
  virtual ~Reloader() = default;
  // Errors: unavailable (cannot start; exit status not 0; killed; took longer than `timeout` and was killed
  // with its process group), with the beginning of what the command printed in the message. An empty
  // `command` succeeds.
  virtual Result<void> reload(const std::vector<std::string>& command, Seconds timeout) = 0;
};

class ProcessReloader final : public Reloader {
 public:
  Result<void> reload(const std::vector<std::string>& command, Seconds timeout) override;
};

}  // namespace chancery::agent
