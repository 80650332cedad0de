// The HTTP server: Pistache on loopback, behind nginx. The only folder that knows Pistache, and why it is
// kept on a short lead is in docs/decisions (nginx in front of Pistache).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/http/request.h"
#include "api/http/response.h"
#include "ca/base/bytes.h"
#include "ca/base/random.h"
#include "ca/base/result.h"
#include "ca/log/log.h"

namespace chancery::http {

struct ServerOptions {
  std::string address = "127.0.0.1";  // IPv4 loopback (127.0.0.0/8) only
  std::uint16_t port = 0;             // 0 = any free one
  int threads = 64;                   // handlers block on durable commits, so more than there are cores
  SecretBytes proxy_secret;           // what nginx sends as X-Chancery-Proxy-Secret; at least 16 octets
  bool access_log = true;             // one http.request line for each request
};

// Runs in a worker thread, many at once. May throw: the server answers 500 and logs.
using Handler = std::function<Response(const Request&)>;

// Worker threads are named "rest". Start and stop are for one thread; the rest is thread-safe.
//
// Every request must carry the proxy secret: without it the answer is 401 whatever it asks. Responses are
// written by the worker that read the request, before it looks at anything else, so that no answer can reach
// another connection.
class PistacheServer {
 public:
  // Binds and starts to serve. `random` and `logger` must outlive the server. Ignores SIGPIPE in the whole
  // process. Errors: validation (address not loopback, secret too short, thread count), conflict (port
  // taken), unavailable.
  static Result<std::unique_ptr<PistacheServer>> start(ServerOptions options, Handler handler,
                                                       RandomSource& random, const log::Logger& logger);
  ~PistacheServer();  // as stop(), without patience
  PistacheServer(const PistacheServer&) = delete;
  PistacheServer& operator=(const PistacheServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;

  // From now on new requests are answered 503 with Retry-After; those being handled are finished, for at most
  // `patience`. Then the port is closed. False when some were still unfinished.
  bool stop(std::chrono::milliseconds patience);

  struct State;

 private:
  explicit PistacheServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Whether an address is one that the server may listen on.
bool is_loopback(const std::string& address);

}  // namespace chancery::http
