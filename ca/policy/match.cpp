#include "ca/policy/match.h"

#include <algorithm>

#include "ca/policy/cidr.h"
#include "ca/policy/placeholder.h"

namespace chancery::policy {
namespace {

using x509::GeneralNameType;

bool any_depth(std::string_view pattern) {
  return pattern.starts_with("**.");
}
bool one_label(std::string_view pattern) {
  return pattern.starts_with("*.");
}

// `name` is `suffix` (".b") with at least one octet in front, and with exactly one label when `single`.
bool under(std::string_view name, std::string_view suffix, bool single) {
  if (name.size() <= suffix.size() || !name.ends_with(suffix)) return false;
  const std::string_view front = name.substr(0, name.size() - suffix.size());
  return !single || front.find('.') == std::string_view::npos;
}

bool covers_dns(std::string_view pattern, std::string_view name) {
  if (any_depth(pattern)) return under(name, pattern.substr(2), false);
  if (one_label(pattern)) return under(name, pattern.substr(1), true);
  return pattern == name;
}

std::string folded(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

// The local part is case-sensitive, the domain is not (RFC 5321 2.4).
bool covers_email(std::string_view pattern, std::string_view address) {
  const std::size_t at = address.rfind('@'), pattern_at = pattern.rfind('@');
  if (at == std::string_view::npos || at == 0 || pattern_at == std::string_view::npos) return false;
  if (folded(address.substr(at)) != folded(pattern.substr(pattern_at))) return false;
  const std::string_view local = pattern.substr(0, pattern_at);
  return local == "*" || local == address.substr(0, at);
}

// What a server may normalise into another path than the one that was matched.
bool ambiguous_path(std::string_view uri) {
  if (uri.find_first_of("%\\") != std::string_view::npos) return true;
  for (const std::string_view segment : {"/./", "/../"}) {
    if (uri.find(segment) != std::string_view::npos) return true;
  }
  return uri.ends_with("/.") || uri.ends_with("/..");
}

bool covers_uri(std::string_view pattern, std::string_view uri) {
  if (!pattern.ends_with('*')) return pattern == uri;
  return uri.starts_with(pattern.substr(0, pattern.size() - 1)) && !ambiguous_path(uri);
}

bool covers_ip(std::string_view pattern, std::string_view address) {
  const std::optional<Cidr> range = Cidr::parse(pattern);
  return range && range->contains(address);
}

Error malformed(const std::string& pattern, const std::string& why) {
  return make_error(ErrorCode::validation, "the pattern '" + pattern + "' " + why);
}

Result<void> check_exact(GeneralNameType type, const std::string& pattern, const std::string& name) {
  const Result<x509::GeneralName> parsed =
      x509::parse_general_name(std::string(x509::to_string(type)) + ":" + name);
  if (!parsed) return malformed(pattern, "is not usable: " + parsed.error().message);
  if (parsed->value != name) return malformed(pattern, "must be written as '" + parsed->value + "'");
  return {};
}

Result<void> check_dns(const std::string& pattern) {
  const std::size_t prefix = any_depth(pattern) ? 3 : one_label(pattern) ? 2 : 0;
  const std::string rest = pattern.substr(prefix);
  if (rest.find('*') != std::string::npos) {
    return malformed(pattern,
                     "may have a star only as its first label: *.x for one label, **.x for any number");
  }
  return check_exact(GeneralNameType::dns, pattern, rest);
}

Result<void> check_email(const std::string& pattern) {
  const bool whole_domain = pattern.starts_with("*@");
  if (pattern.find('*', whole_domain ? 1 : 0) != std::string::npos) {
    return malformed(pattern, "may have a star only for the whole part in front of the @: *@example.com");
  }
  return check_exact(GeneralNameType::email, pattern, whole_domain ? "x" + pattern.substr(1) : pattern)
             ? Result<void>()
             : malformed(pattern, "is not an e-mail address or *@domain");
}

Result<void> check_uri(const std::string& pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string::npos) return check_exact(GeneralNameType::uri, pattern, pattern);
  const std::size_t host = pattern.find("://");
  const bool inside_path = host != std::string::npos && pattern.find('/', host + 3) < star;
  if (star + 1 != pattern.size() || !inside_path || ambiguous_path(pattern)) {
    return malformed(pattern, "may have a star only as its last character, behind a whole host and a slash");
  }
  return check_exact(GeneralNameType::uri, pattern, pattern.substr(0, star) + "x")
             ? Result<void>()
             : malformed(pattern, "is not an absolute URI");
}

Result<void> check_ip(const std::string& pattern) {
  if (Cidr::parse(pattern)) return {};
  return malformed(pattern, "is not an address range such as 10.0.0.0/8 or fd00::/8 without host bits");
}

// A denial must hold however the name is spelled: whole, with dot segments, in upper case.
bool touches_uri(std::string_view pattern, std::string_view uri) {
  const std::string folded_pattern = folded(pattern), folded_uri = folded(uri);
  if (!folded_pattern.ends_with('*')) return folded_pattern == folded_uri;
  return folded_uri.starts_with(std::string_view(folded_pattern).substr(0, folded_pattern.size() - 1));
}

bool touches_ip(std::string_view pattern, std::string_view address) {
  constexpr std::string_view mapped = "::ffff:";  // RFC 4291 2.5.5.2: the IPv4 address in another coat
  return covers_ip(pattern, address) ||
         (address.starts_with(mapped) && covers_ip(pattern, address.substr(mapped.size())));
}

bool touches_dns(std::string_view pattern, std::string_view name) {
  if (covers_dns(pattern, name)) return true;
  // A wildcard name behaves as the pattern "*.b": does it cover the exact name that is denied?
  return one_label(name) && pattern.find('*') == std::string_view::npos && covers_dns(name, pattern);
}

Result<void> check_plain(GeneralNameType type, const std::string& pattern) {
  switch (type) {
    case GeneralNameType::dns:
      return check_dns(pattern);
    case GeneralNameType::email:
      return check_email(pattern);
    case GeneralNameType::uri:
      return check_uri(pattern);
    case GeneralNameType::ip:
      return check_ip(pattern);
  }
  return malformed(pattern, "has an unknown type");
}

std::size_t common_length(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

std::size_t common_end(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend()).first -
                                  a.rbegin());
}

}  // namespace

bool covers(std::string_view pattern, const x509::GeneralName& name) {
  switch (name.type) {
    case GeneralNameType::dns:
      return covers_dns(pattern, name.value);
    case GeneralNameType::email:
      return covers_email(pattern, name.value);
    case GeneralNameType::uri:
      return covers_uri(pattern, name.value);
    case GeneralNameType::ip:
      return covers_ip(pattern, name.value);
  }
  return false;
}

bool touches(std::string_view pattern, const x509::GeneralName& name) {
  switch (name.type) {
    case GeneralNameType::dns:
      return touches_dns(pattern, name.value);
    case GeneralNameType::email:
      return covers_email(folded(pattern), folded(name.value));
    case GeneralNameType::uri:
      return touches_uri(pattern, name.value);
    case GeneralNameType::ip:
      return touches_ip(pattern, name.value);
  }
  return true;
}

std::size_t closeness(std::string_view pattern, const x509::GeneralName& name) {
  const bool from_end = name.type == GeneralNameType::dns || name.type == GeneralNameType::email;
  return from_end ? common_end(pattern, name.value) : common_length(pattern, name.value);
}

Result<void> check_pattern(GeneralNameType type, const std::string& pattern) {
  if (pattern.find_first_of("{}") == std::string::npos) return check_plain(type, pattern);
  const Result<std::string> example = check_placeholder(type, pattern);
  if (!example) return example.error();
  if (Result<void> ok = check_plain(type, *example); !ok) {
    return malformed(pattern, "is not usable even with an identity in its place: " + ok.error().message);
  }
  return {};
}

Result<void> check_denied_pattern(GeneralNameType type, const std::string& pattern) {
  if (pattern.find_first_of("{}") == std::string::npos) return check_plain(type, pattern);
  return malformed(pattern, "denies, so it may hold no placeholder: it must hold for every identity");
}

}  // namespace chancery::policy
