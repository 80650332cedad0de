#include <algorithm>

#include "ca/policy/placeholder.h"
#include "ca/policy/quotas.h"
#include "ca/policy/read_names.h"

namespace chancery::policy {
namespace {

constexpr std::size_t most_identities = 100, most_roles = 2;
constexpr std::int64_t most_counted = 10000;  // the store looks at so many entries to decide

// A list that stands there empty would read as "nobody" and mean "anybody".
std::size_t least_if_present(const yaml::Reader& reader, std::string_view key) {
  return reader.has(key) ? 1 : 0;
}

void read_roles(yaml::Reader& reader, Requesters& requesters) {
  for (const std::string& text : reader.string_list("roles", least_if_present(reader, "roles"), most_roles)) {
    const std::optional<Role> role = parse_role(text);
    if (!role) {
      reader.reject_entry("roles", text, "'" + text + "' is no role; the roles are none and operator");
      continue;
    }
    if (std::find(requesters.roles.begin(), requesters.roles.end(), *role) != requesters.roles.end())
      reader.reject_entry("roles", text, "'" + text + "' stands here twice");
    requesters.roles.push_back(*role);
  }
  requesters.roles_location = reader.location("roles");
}

void read_identities(yaml::Reader& reader, Requesters& requesters) {
  const std::vector<std::string> texts =
      reader.string_list("identities", least_if_present(reader, "identities"), most_identities);
  const std::vector<std::string> locations = reader.entry_locations("identities");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (const Result<void> ok = check_identity_pattern(texts[i]); !ok)
      reader.reject_entry("identities", texts[i], ok.error().message);
    requesters.identities.push_back(
        {texts[i], i < locations.size() ? locations[i] : reader.location("identities")});
  }
}

std::optional<Quota> read_quota(yaml::Reader& quotas, std::string_view key) {
  std::optional<yaml::Reader> reader = quotas.optional_map(key);
  if (!reader) return std::nullopt;
  return Quota{.count = reader->required_integer("count", 1, most_counted),
               .window = reader->required_duration("window", Seconds(1), longest_quota_window),
               .location = reader->location("count")};
}

}  // namespace

void read_requesters(yaml::Reader& reader, Profile& profile) {
  std::optional<yaml::Reader> requesters = reader.optional_map("requesters");
  if (!requesters) return;
  read_roles(*requesters, profile.requesters);
  read_identities(*requesters, profile.requesters);
  if (!requesters->has("roles") && !requesters->has("identities"))
    reader.reject("requesters", "says nothing; list roles or identities, or leave it out");
}

void read_quotas(yaml::Reader& reader, Profile& profile) {
  std::optional<yaml::Reader> quotas = reader.optional_map("quotas");
  if (!quotas) return;
  profile.per_identity = read_quota(*quotas, "per_identity");
  profile.per_name = read_quota(*quotas, "per_name");
  if (!quotas->has("per_identity") && !quotas->has("per_name"))
    reader.reject("quotas", "says nothing; give per_identity or per_name, or leave it out");
}

void read_grandfathering(yaml::Reader& reader, Profile& profile) {
  profile.grandfathered_until = reader.optional_time("grandfathered_until");
  profile.grandfathered_location = reader.location("grandfathered_until");
}

}  // namespace chancery::policy
