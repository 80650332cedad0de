// Proves by a TLS handshake which certificate a service really serves.
#pragma once

#include <string>

#include "agent/config.h"
#include "agent/waiter.h"
#include "ca/base/clock.h"
#include "ca/base/result.h"

namespace chancery::agent {

struct Served {
  std::string serial;
  TimePoint not_after;
  std::string problem;  // why a client that trusts only our roots would refuse it; "" = it would not
};

class Prober {
 public:
  virtual ~Prober() = default;
  // Errors: unavailable (no connection, no handshake within a few seconds), with what to look at.
  virtual Result<Served> probe(const VerifyTarget& target) = 0;
};

// TLS 1.2 or newer, SNI, the roots of one file and no others. Chain and name are judged by OpenSSL at the
// system's time.
class TlsProber final : public Prober {
 public:
  explicit TlsProber(std::string roots_file, Seconds timeout = Seconds(3))
      : roots_file_(std::move(roots_file)), timeout_(timeout) {}
  Result<Served> probe(const VerifyTarget& target) override;

 private:
  std::string roots_file_;
  Seconds timeout_;
};

// Probes until `serial` is served without a problem, for as long as the target's patience: a reload takes
// effect after the command has ended. Errors: unavailable (what was served instead, or why nothing could be
// seen; or told to stop).
Result<Served> wait_until_served(Prober& prober, const VerifyTarget& target, const std::string& serial,
                                 Waiter& waiter);

}  // namespace chancery::agent
