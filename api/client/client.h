// An HTTPS client that speaks the REST envelope, for the agent and the command line. Over cpp-httplib.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "ca/base/clock.h"
#include "ca/base/result.h"

namespace chancery::client {

struct Options {
  std::string url;      // "https://ca.example:8443", or "http://127.0.0.1:9091" where plain HTTP is meant
  std::string ca_file;  // PEM roots; the server's certificate and name are always verified against these only
  std::string certificate_file;  // PEM chain for TLS client authentication; "" = none
  std::string key_file;          // its PKCS#8 key
  Seconds connect_timeout{5};
  Seconds timeout{30};
};

struct Request {
  std::string method = "GET";
  std::string path;
  std::string body;
  std::string content_type = "application/json";
  std::string bearer_token;
  std::string idempotency_key;
};

struct Response {
  int status = 0;
  std::string body;
  std::optional<Seconds> retry_after;  // RFC 9110 10.2.3, the form in seconds
  std::optional<TimePoint> date;       // the server's clock (RFC 9110 6.6.1)
};

inline constexpr std::size_t response_limit = std::size_t{8}
                                              << 20;  // bytes of body; a longer answer is an error

// One connection, opened when needed and kept. Not thread-safe.
class Client {
 public:
  // Errors: validation (URL), not_found or unavailable (files).
  static Result<Client> create(Options options);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  // Any HTTP answer is a Response; errors are unavailable (no connection, TLS refused: says which and why)
  // only.
  Result<Response> send(const Request& request);

  struct State;

 private:
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The `data` member of a successful envelope. An unsuccessful one becomes an Error with the server's code,
// message and details; an answer that is no envelope becomes unavailable. rate_limited and unavailable may be
// retried.
Result<nlohmann::json> envelope_data(const Response& response);

}  // namespace chancery::client
