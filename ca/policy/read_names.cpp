#include "ca/policy/read_names.h"

#include <array>

#include "ca/policy/match.h"

namespace chancery::policy {
namespace {

using x509::GeneralNameType;

constexpr std::size_t most_patterns = 100, most_names = 100;
constexpr std::array types{GeneralNameType::dns, GeneralNameType::ip, GeneralNameType::uri,
                           GeneralNameType::email};

using Check = Result<void> (*)(GeneralNameType, const std::string&);

std::vector<Pattern> read_patterns(yaml::Reader& names, const std::string& key, GeneralNameType type,
                                   Check check) {
  const std::vector<std::string> texts = names.string_list(key, 0, most_patterns);
  const std::vector<std::string> locations = names.entry_locations(key);
  std::vector<Pattern> patterns;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (const Result<void> ok = check(type, texts[i]); !ok) {
      names.reject_entry(key, texts[i], ok.error().message);
    }
    patterns.push_back({texts[i], i < locations.size() ? locations[i] : names.location(key)});
  }
  return patterns;
}

}  // namespace

void read_names(yaml::Reader& reader, Profile& profile) {
  yaml::Reader names = reader.required_map("names");
  profile.max_names = static_cast<std::size_t>(names.optional_integer("max", 10, 1, most_names));
  profile.max_names_location = names.location("max");
  profile.wildcards = names.optional_boolean("wildcards", false);
  profile.wildcards_location = names.has("wildcards") ? names.location("wildcards") : profile.location;
  for (const GeneralNameType type : types) {
    const std::string key(x509::to_string(type));
    std::vector<Pattern> allowed = read_patterns(names, key, type, check_pattern);
    if (!allowed.empty()) profile.allowed[type] = std::move(allowed);
    std::vector<Pattern> denied = read_patterns(names, "denied_" + key, type, check_denied_pattern);
    if (!denied.empty()) profile.denied[type] = std::move(denied);
  }
  if (profile.allowed.empty())
    names.reject("dns", "no name is allowed at all; list patterns under dns, ip, uri or email");
}

}  // namespace chancery::policy
