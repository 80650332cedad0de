// What stands between the wire and a handler, whatever the transport: proxy secret, request id, draining,
// exceptions, the access log.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string_view>

#include "api/http/request.h"
#include "api/http/response.h"
#include "ca/base/bytes.h"
#include "ca/base/random.h"
#include "ca/log/log.h"

namespace chancery::http {

// Thread-safe.
class Gate {
 public:
  // A request that has been let in counts as in flight until its ticket is gone; keep it until the response
  // is written.
  class Ticket {
   public:
    explicit Ticket(Gate& gate);
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    [[nodiscard]] bool admitted() const { return admitted_; }

   private:
    Gate& gate_;
    bool admitted_;
  };

  Gate(SecretBytes proxy_secret, std::function<Response(const Request&)> handler, RandomSource& random,
       const log::Logger& logger, bool access_log);

  // Checks the secret in constant time before anything else, then answers. Fills in request.id. Never throws.
  Response answer(Request& request, const Ticket& ticket);

  // For what the transport itself refuses (malformed or oversize messages).
  Response refuse(const Error& error);

  // No ticket is admitted any more. True when all admitted ones have gone within `patience`.
  bool drain(std::chrono::milliseconds patience);

 private:
  Response guarded(const Request& request, const Ticket& ticket) noexcept;
  RequestId new_request_id();
  void log_access(const Request& request, const Response& response,
                  std::chrono::steady_clock::time_point started) const;

  SecretBytes proxy_secret_;
  std::function<Response(const Request&)> handler_;
  RandomSource& random_;
  const log::Logger& logger_;
  bool access_log_;
  std::mutex mutex_;
  std::condition_variable idle_;
  bool draining_ = false;
  int in_flight_ = 0;
};

inline constexpr std::string_view proxy_secret_header = "x-chancery-proxy-secret";

}  // namespace chancery::http
