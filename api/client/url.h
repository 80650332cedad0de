// The base URL of a server: scheme, host and port, nothing else.
#pragma once

#include <string>
#include <string_view>

#include "ca/base/result.h"

namespace chancery::client {

struct Url {
  bool tls = true;
  std::string host;  // name, dotted quad, or IPv6 address without brackets
  int port = 443;
  std::string text;  // "https://ca.example:8443", for messages
};

// "https://HOST[:PORT]" or "http://HOST[:PORT]", an optional "/" at the end. Errors: validation (another
// scheme, user name, path, query, port outside 1..65535).
Result<Url> parse_url(std::string_view text);

// True for localhost, 127.0.0.0/8 and ::1: where plain HTTP does not leave the machine.
bool is_loopback(const Url& url);

}  // namespace chancery::client
