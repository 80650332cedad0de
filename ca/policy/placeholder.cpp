#include "ca/policy/placeholder.h"

#include <algorithm>
#include <array>

namespace chancery::policy {
namespace {

using x509::GeneralNameType;

constexpr std::size_t longest_identity = 128, longest_label = 63;
constexpr std::string_view node = "{node}";
constexpr std::array<std::string_view, 2> placeholders{node, "{identity}"};

bool label_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool identity_character(char c) {
  return label_character(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '@';
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= longest_label && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), label_character);
}

struct Found {
  std::size_t at = 0;
  std::string_view placeholder;
};

std::optional<Found> find(std::string_view pattern) {
  if (pattern.find('{') == std::string_view::npos) return std::nullopt;
  for (const std::string_view placeholder : placeholders) {
    const std::size_t at = pattern.find(placeholder);
    if (at != std::string_view::npos) return Found{at, placeholder};
  }
  return std::nullopt;
}

bool fits(GeneralNameType type, std::string_view placeholder, std::string_view identity) {
  if (placeholder == node || type == GeneralNameType::dns) return is_label(identity);
  if (identity.empty() || identity.size() > longest_identity ||
      !std::all_of(identity.begin(), identity.end(), identity_character)) {
    return false;
  }
  if (type == GeneralNameType::uri) return identity != "." && identity != "..";
  return identity.find('@') == std::string_view::npos;
}

std::string replaced(std::string_view pattern, const Found& found, std::string_view by) {
  return std::string(pattern.substr(0, found.at)) + std::string(by) +
         std::string(pattern.substr(found.at + found.placeholder.size()));
}

// What stands around a placeholder that is a whole part of its pattern, "" when it is none.
std::string_view wrong_place(GeneralNameType type, std::string_view pattern, const Found& found) {
  const std::string_view front = pattern.substr(0, found.at);
  const std::string_view rest = pattern.substr(found.at + found.placeholder.size());
  switch (type) {
    case GeneralNameType::dns:
      if ((front.empty() || front.ends_with('.')) && rest.starts_with('.') && rest.size() > 1) return "";
      return "must have its placeholder as a whole label, in front of the fixed ones: {node}.nodes.internal";
    case GeneralNameType::email:
      if (front.empty() && rest.starts_with('@')) return "";
      return "must have its placeholder as the whole part in front of the @: {identity}@ops.internal";
    case GeneralNameType::uri: {
      const std::size_t host = front.find("://");
      const bool in_path = host != std::string_view::npos && front.find('/', host + 3) != front.npos;
      if (in_path && front.ends_with('/') && (rest.empty() || rest.starts_with('/'))) return "";
      return "must have its placeholder as a whole segment of the path: spiffe://a.internal/node/{node}";
    }
    case GeneralNameType::ip:
      return "may hold no placeholder: an identity is no address";
  }
  return "may hold no placeholder";
}

Error malformed(const std::string& pattern, std::string_view why) {
  return make_error(ErrorCode::validation, "the pattern '" + pattern + "' " + std::string(why));
}

}  // namespace

bool has_placeholder(std::string_view pattern) {
  return find(pattern).has_value();
}

std::optional<std::string> fill_in(GeneralNameType type, std::string_view pattern, const Identity& identity) {
  const std::optional<Found> found = find(pattern);
  if (!found) return std::string(pattern);
  if (!fits(type, found->placeholder, identity.text())) return std::nullopt;
  return replaced(pattern, *found, identity.text());
}

Result<std::string> check_placeholder(GeneralNameType type, const std::string& pattern) {
  const std::optional<Found> found = find(pattern);
  if (!found) return malformed(pattern, "has braces; the placeholders are {node} and {identity}");
  std::string example = replaced(pattern, *found, "x");
  if (example.find_first_of("{}") != std::string::npos)
    return malformed(pattern, "may hold one placeholder, {node} or {identity}, once");
  const std::string_view fault = wrong_place(type, pattern, *found);
  if (!fault.empty()) return malformed(pattern, fault);
  return example;
}

bool covers_identity(std::string_view pattern, const Identity& identity) {
  const std::string_view text = identity.text();
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  const std::string_view front = pattern.substr(0, star), end = pattern.substr(star + 1);
  if (text.size() <= front.size() + end.size() || !text.starts_with(front) || !text.ends_with(end))
    return false;
  const std::string_view middle = text.substr(front.size(), text.size() - front.size() - end.size());
  return middle.find_first_of(".@") == std::string_view::npos &&
         std::all_of(middle.begin(), middle.end(), identity_character);
}

Result<void> check_identity_pattern(const std::string& pattern) {
  const auto good = [](char c) { return identity_character(c) || c == '*'; };
  if (pattern.empty() || pattern.size() > longest_identity ||
      !std::all_of(pattern.begin(), pattern.end(), good)) {
    return malformed(pattern, "must be 1 to 128 letters, digits or . - _ @ and at most one star");
  }
  if (std::count(pattern.begin(), pattern.end(), '*') > 1)
    return malformed(pattern, "may have one star, for characters other than . and @");
  return {};
}

}  // namespace chancery::policy
