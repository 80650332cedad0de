#include "ca/policy/load_yaml.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "ca/base/file.h"
#include "ca/policy/read_names.h"
#include "ca/yaml/reader.h"

namespace chancery::policy {
namespace {

using x509::GeneralNameType;

constexpr std::size_t file_limit = 262144;          // bytes, as ca/yaml
constexpr Seconds longest_lifetime{398LL * 86400};  // BR 6.3.2 until 2026; an upper bound, not advice
constexpr std::int64_t most_approvals = 2;
constexpr Seconds longest_wait{30LL * 86400};
constexpr std::size_t most_urls = 4, most_profiles = 100;

// "service", "web-front": what may stand in a URL, a metric label and a file name.
bool is_profile_name(const std::string& text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed) && text.front() != '-' &&
         text.back() != '-';
}

void read_name(yaml::Reader& reader, Profile& profile) {
  const std::string name = reader.required_string("name", 64);
  if (!name.empty() && !is_profile_name(name)) {
    reader.reject("name", "a profile's name has lower-case letters, digits and inner dashes only");
  }
  profile.name = ProfileName(name);
  profile.description = reader.optional_string("description", "");
  profile.location = reader.location();
}

void read_grants(yaml::Reader& reader, Profile& profile) {
  const std::string text = reader.optional_string("grants", "none");
  const std::optional<Role> role = parse_role(text);
  if (!role) reader.reject("grants", "'" + text + "' is no role; the roles are none and operator");
  profile.grants = role.value_or(Role::none);
}

void read_times(yaml::Reader& reader, Profile& profile) {
  profile.lifetime = reader.required_duration("lifetime", Seconds(1), longest_lifetime);
  profile.renew_after = reader.required_duration("renew_after", Seconds(1), longest_lifetime);
  profile.lifetime_location = reader.location("lifetime");
  profile.renew_after_location = reader.location("renew_after");
  profile.backdate = reader.optional_duration("backdate", Seconds(0), Seconds(1), longest_lifetime);
  if (reader.sound("renew_after") && reader.sound("lifetime") && profile.renew_after >= profile.lifetime) {
    reader.reject("renew_after", "must be shorter than lifetime (" + to_string(profile.lifetime) +
                                     "), or nothing is left to renew");
  }
  if (reader.sound("renew_after") && reader.sound("backdate") && profile.backdate >= profile.renew_after) {
    reader.reject("backdate", "must be shorter than renew_after (" + to_string(profile.renew_after) +
                                  "), or each certificate is due when it is issued");
  }
}

KeyRule read_key(yaml::Reader& reader) {
  KeyRule rule;
  const std::string text = reader.required_string("algorithm", 16);
  const std::optional<crypto::KeyAlgorithm> algorithm = crypto::parse_key_algorithm(text);
  if (!algorithm && !text.empty()) {
    reader.reject("algorithm", "'" + text + "' is unknown; known are P-256, P-384, P-521, RSA and Ed25519");
  }
  rule.algorithm = algorithm.value_or(crypto::KeyAlgorithm::ec_p256);
  const bool rsa = rule.algorithm == crypto::KeyAlgorithm::rsa;
  if (reader.has("min_bits") && algorithm && !rsa)
    reader.reject("min_bits", "is for RSA only: other keys have one size");
  const std::int64_t bits = reader.optional_integer("min_bits", 3072, 2048, 16384);
  rule.min_bits = rsa ? static_cast<int>(bits) : 0;
  return rule;
}

void read_keys(yaml::Reader& reader, Profile& profile) {
  profile.keys_location = reader.location("keys");
  for (yaml::Reader& entry : reader.list_of_maps("keys", 1, 8)) profile.keys.push_back(read_key(entry));
}

void read_purposes(yaml::Reader& reader, Profile& profile) {
  profile.extended_key_usage_location = reader.location("extended_key_usage");
  for (const std::string& text : reader.string_list("extended_key_usage", 1, 8)) {
    const std::optional<x509::KeyPurpose> purpose = x509::parse_key_purpose(text);
    if (!purpose || *purpose == x509::KeyPurpose::any) {
      reader.reject_entry("extended_key_usage", text,
                          "'" + text + "' is not a purpose; write serverAuth or clientAuth");
      continue;
    }
    const auto& known = profile.extended_key_usage;
    if (std::find(known.begin(), known.end(), *purpose) != known.end()) {
      reader.reject_entry("extended_key_usage", text, "'" + text + "' stands here twice");
    }
    profile.extended_key_usage.push_back(*purpose);
  }
}

void read_subject(yaml::Reader& reader, Profile& profile) {
  std::optional<yaml::Reader> subject = reader.optional_map("subject");
  if (!subject) return;
  constexpr std::array<std::pair<const char*, x509::AttributeType>, 3> attributes{
      {{"country", x509::AttributeType::country},
       {"organization", x509::AttributeType::organization},
       {"organizational_unit", x509::AttributeType::organizational_unit}}};
  for (const auto& [key, type] : attributes) {
    const std::string value = subject->optional_string(key, "", 256);
    if (!subject->has(key)) continue;
    if (const Result<void> ok = x509::check_name(x509::Name({{type, value}})); !ok) {
      subject->reject(key, ok.error().message);
    }
    profile.subject.push_back({type, value});
  }
  profile.common_name = subject->optional_boolean("common_name", true);
}

std::vector<std::string> read_urls(yaml::Reader& reader, const std::string& key) {
  std::vector<std::string> urls = reader.string_list(key, 0, most_urls);
  for (const std::string& url : urls) {
    const bool http = url.starts_with("http://");
    if (!http || !x509::check_general_name({GeneralNameType::uri, url})) {
      // https would need the very certificate that is being checked (RFC 5280 section 8).
      reader.reject_entry(key, url, "'" + url + "' is not an http:// URL");
    }
  }
  return urls;
}

void read_approvals(yaml::Reader& reader, Profile& profile) {
  Approvals& approvals = profile.approvals;
  approvals.location = reader.location("approvals");
  std::optional<yaml::Reader> map = reader.optional_map("approvals");
  if (!map) return;
  approvals.required = static_cast<int>(map->optional_integer("required", 1, 0, most_approvals));
  approvals.location = map->location("required");
  approvals.expires_after =
      map->optional_duration("expires_after", approvals.expires_after, Seconds(60), longest_wait);
  approvals.renewals = map->optional_boolean("renewals", false);
}

Profile read_profile(yaml::Reader& reader) {
  Profile profile;
  read_name(reader, profile);
  read_grants(reader, profile);
  read_requesters(reader, profile);
  read_quotas(reader, profile);
  read_grandfathering(reader, profile);
  read_times(reader, profile);
  read_keys(reader, profile);
  read_names(reader, profile);
  read_purposes(reader, profile);
  read_subject(reader, profile);
  profile.crl_distribution_points = read_urls(reader, "crl_distribution_points");
  profile.ca_issuers = read_urls(reader, "ca_issuers");
  profile.ocsp = read_urls(reader, "ocsp");
  read_approvals(reader, profile);
  return profile;
}

Result<std::vector<std::string>> profile_files(const std::string& directory) {
  std::error_code error;
  std::vector<std::string> files;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == ".yaml") files.push_back(entry->path().string());
  }
  if (error) {
    return make_error(ErrorCode::not_found, "cannot read the profile directory " + directory + ": " +
                                                error.message() + "; check `policies` in the configuration");
  }
  if (files.empty() || files.size() > most_profiles) {
    return make_error(ErrorCode::validation, directory + " holds " + std::to_string(files.size()) +
                                                 " *.yaml files; from 1 to " + std::to_string(most_profiles) +
                                                 " profiles are needed");
  }
  std::sort(files.begin(), files.end());
  return files;
}

void append(Error& all, const Error& more) {
  if (!all.message.empty()) all.message += "\n";
  all.message += more.message;
  all.details.insert(all.details.end(), more.details.begin(), more.details.end());
}

Error same_name(const Profile& first, const Profile& second) {
  const std::string message =
      "profile '" + second.name.text() + "' stands already in " + first.file + "; rename one";
  Error error = make_error(ErrorCode::validation, second.location + ": " + message);
  error.details.push_back({"policy.duplicate_profile", second.location, second.name.text(), message});
  return error;
}

}  // namespace

Result<std::shared_ptr<const Profile>> parse_profile(std::string_view yaml, const std::string& file) {
  Result<yaml::Reader> reader = yaml::Reader::parse(yaml, file);
  if (!reader) return std::move(reader).error();
  auto profile = std::make_shared<Profile>(read_profile(*reader));
  if (Result<void> ok = reader->finish(); !ok) return std::move(ok).error();
  profile->file = file;
  profile->hash = crypto::sha256(as_bytes(yaml));
  return std::shared_ptr<const Profile>(std::move(profile));
}

Result<std::vector<ProfileFile>> read_profile_files(const std::string& directory) {
  const Result<std::vector<std::string>> paths = profile_files(directory);
  if (!paths) return paths.error();
  Error faults = make_error(ErrorCode::validation, "");
  std::vector<ProfileFile> files;
  for (const std::string& path : *paths) {
    Result<std::string> text = read_file(path, file_limit);
    if (!text) {
      append(faults, text.error());
      continue;
    }
    files.push_back({path, std::move(*text)});
  }
  if (!faults.message.empty()) return faults;
  return files;
}

Result<ProfileSet> parse_profiles(const std::vector<ProfileFile>& files) {
  Error faults = make_error(ErrorCode::validation, "");
  std::vector<std::shared_ptr<const Profile>> profiles;
  for (const ProfileFile& file : files) {
    Result<std::shared_ptr<const Profile>> profile = parse_profile(file.text, file.path);
    if (!profile) {
      append(faults, profile.error());
      continue;
    }
    const auto same = std::find_if(profiles.begin(), profiles.end(),
                                   [&](const auto& known) { return known->name == (*profile)->name; });
    if (same != profiles.end()) append(faults, same_name(**same, **profile));
    profiles.push_back(std::move(*profile));
  }
  if (!faults.message.empty()) return faults;
  return ProfileSet(std::move(profiles));
}

Result<ProfileSet> load_profiles(const std::string& directory) {
  const Result<std::vector<ProfileFile>> files = read_profile_files(directory);
  if (!files) return files.error();
  return parse_profiles(*files);
}

}  // namespace chancery::policy
