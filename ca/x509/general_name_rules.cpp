#include "ca/x509/general_name_rules.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace chancery::x509 {
namespace {

constexpr std::size_t dns_limit = 253, label_limit = 63;    // RFC 1035
constexpr std::size_t email_limit = 254, local_limit = 64;  // RFC 5321
constexpr std::size_t uri_limit = 2048;

bool digit(char c) {
  return c >= '0' && c <= '9';
}
bool alphanumeric(char c) {
  return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool one_of(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

const char* label_fault(std::string_view label) {
  if (label.empty()) return "it has an empty label";
  if (label.size() > label_limit) return "a label is longer than 63 octets";
  if (label.front() == '-' || label.back() == '-') return "a label starts or ends with a hyphen";
  const auto ldh = [](char c) { return alphanumeric(c) || c == '-'; };
  if (!std::all_of(label.begin(), label.end(), ldh))
    return "only letters, digits and hyphens are allowed in labels";
  return nullptr;
}

// RFC 3986 section 2: unreserved, gen-delims, sub-delims, and whole percent escapes.
bool uri_characters(std::string_view uri) {
  const auto hex = [](char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  for (std::size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] == '%') {
      if (i + 2 >= uri.size() || !hex(uri[i + 1]) || !hex(uri[i + 2])) return false;
    } else if (!alphanumeric(uri[i]) && !one_of(uri[i], "-._~:/?#[]@!$&'()*+,;=")) {
      return false;
    }
  }
  return true;
}

}  // namespace

const char* dns_fault(std::string_view name, bool wildcard_allowed) {
  if (name.empty()) return "it is empty";
  if (name.size() > dns_limit) return "it is longer than 253 octets";
  if (name.back() == '.') return "it ends with a dot";
  if (wildcard_allowed && name.starts_with("*.")) name.remove_prefix(2);
  if (name.find('*') != std::string_view::npos) return "\"*\" is allowed only as the whole left-most label";
  std::string_view last;
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('.', start), name.size());
    last = name.substr(start, end - start);
    if (const char* fault = label_fault(last)) return fault;
    start = end + 1;
  }
  if (std::all_of(last.begin(), last.end(), digit))
    return "its last label is a number, as in an IPv4 address; use ip:";
  return nullptr;
}

const char* email_fault(std::string_view address) {
  if (address.size() > email_limit) return "it is longer than 254 octets";
  const std::size_t at = address.find('@');
  if (at == std::string_view::npos || address.find('@', at + 1) != std::string_view::npos) {
    return "it must have exactly one \"@\"";
  }
  const std::string_view local = address.substr(0, at);
  if (local.empty() || local.size() > local_limit) return "the part before \"@\" must have 1 to 64 octets";
  const auto atom = [](char c) { return alphanumeric(c) || one_of(c, ".!#$%&'*+-/=?^_`{|}~"); };
  if (!std::all_of(local.begin(), local.end(), atom))
    return "the part before \"@\" has characters that are not allowed";
  return dns_fault(address.substr(at + 1), false);
}

std::string_view uri_host(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  if (colon == std::string_view::npos || !uri.substr(colon + 1).starts_with("//")) return {};
  const std::string_view after_slashes = uri.substr(colon + 3);
  std::string_view authority = after_slashes.substr(0, after_slashes.find_first_of("/?#"));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
  return authority.substr(0, authority.find(':'));
}

const char* uri_fault(std::string_view uri) {
  if (uri.size() > uri_limit) return "it is longer than 2048 octets";
  if (!uri_characters(uri)) return "it has characters that RFC 3986 does not allow";
  const std::size_t colon = uri.find(':');
  const std::string_view scheme = uri.substr(0, colon);
  const auto scheme_character = [](char c) { return alphanumeric(c) || one_of(c, "+-."); };
  if (colon == std::string_view::npos || scheme.empty() || digit(scheme[0]) || !alphanumeric(scheme[0]) ||
      !std::all_of(scheme.begin(), scheme.end(), scheme_character)) {
    return "it must be absolute, with a scheme";
  }
  if (uri_host(uri).empty()) return "it must name a host";
  return nullptr;
}

std::optional<Bytes> parse_address(std::string_view text) {
  const std::string terminated(text);
  if (terminated.size() != std::string_view(terminated.c_str()).size()) return std::nullopt;  // NUL inside
  Bytes octets(4);
  if (inet_pton(AF_INET, terminated.c_str(), octets.data()) == 1) return octets;
  octets.resize(16);
  if (inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1) return octets;
  return std::nullopt;
}

std::string address_text(ByteView octets) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(octets.size() == 4 ? AF_INET : AF_INET6, octets.data(), text.data(), text.size());
  return text.data();
}

}  // namespace chancery::x509
