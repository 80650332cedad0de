#include "api/client/url.h"

#include <algorithm>
#include <charconv>

namespace chancery::client {
namespace {

Error refuse(std::string_view text, std::string_view why) {
  return make_error(ErrorCode::validation, "the server address '" + std::string(text.substr(0, 200)) + "' " +
                                               std::string(why) + "; write it as https://HOST:PORT");
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_';
}

bool is_address_character(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

bool parse_port(std::string_view text, int& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

// Takes the host off the front of `rest`; false when there is none.
bool take_host(std::string_view& rest, std::string& host) {
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) return false;
    host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    return !host.empty() && std::all_of(host.begin(), host.end(), is_address_character);
  }
  const std::size_t end = std::min(rest.find(':'), rest.size());
  host = rest.substr(0, end);
  rest.remove_prefix(end);
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), is_host_character);
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    url.tls = false;
    url.port = 80;
    rest.remove_prefix(7);
  } else {
    return refuse(text, "does not begin with https:// (or http://)");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#@") != std::string_view::npos) {
    return refuse(text, "has a path, a query or a user name");
  }
  if (!take_host(rest, url.host)) return refuse(text, "names no host");
  if (!rest.empty() && (rest.front() != ':' || !parse_port(rest.substr(1), url.port))) {
    return refuse(text, "has a port outside 1 to 65535");
  }
  const bool bracketed = url.host.find(':') != std::string::npos;
  url.text = std::string(url.tls ? "https://" : "http://") + (bracketed ? "[" + url.host + "]" : url.host) +
             ":" + std::to_string(url.port);
  return url;
}

bool is_loopback(const Url& url) {
  return url.host == "localhost" || url.host == "::1" ||
         (url.host.starts_with("127.") && std::count(url.host.begin(), url.host.end(), '.') == 3 &&
          url.host.find_first_not_of("0123456789.") == std::string::npos);
}

}  // namespace chancery::client
