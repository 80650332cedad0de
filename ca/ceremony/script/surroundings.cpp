#include <algorithm>
#include <set>

#include "ca/ceremony/preflight/preflight.h"
#include "ca/ceremony/script/schema.h"

namespace chancery::ceremony::schema {
namespace {

constexpr std::size_t digest_size = 32;
constexpr std::size_t most_libraries = 32;

std::string known_checks() {
  std::string list;
  for (const std::string_view check : preflight_checks) list += std::string(check) + ", ";
  return list + std::string(token_firmware_check);
}

bool is_known(std::string_view check) {
  return check == token_firmware_check ||
         std::find(preflight_checks.begin(), preflight_checks.end(), check) != preflight_checks.end();
}

// Why no reason can excuse this check; "" = a reason can.
std::string never_excused(const std::string& check) {
  if (check == "script") return "it only shows the script's hash, and fails for nobody";
  if (check == "binary") return "a pinned program is that program; change preflight.binary, or leave it out";
  if (check == "libraries") return "what runs beside the program is as much the program";
  if (check == "token_module") return "a module that cannot be read drives no token; name the right one";
  if (check == "entropy") return "keys from a generator that is not seeded can be guessed; seed it";
  return "";
}

void judge_exception(yaml::Reader& entry, const DeclaredException& exception) {
  if (const std::string never = never_excused(exception.check); !never.empty()) {
    entry.reject("check", "the check " + exception.check + " takes no exception: " + never);
  } else if (exception.check == "clock" && !exception.reason.empty() && !says_enough(exception.reason)) {
    entry.reject("reason",
                 "the recorded time of everything rests on the clock: an exception for it needs a "
                 "reason of at least " +
                     std::to_string(shortest_exception) + " octets");
  }
}

DeclaredException read_exception(yaml::Reader& entry, std::set<std::string>& declared) {
  DeclaredException exception{.check = entry.required_string("check", longest_text),
                              .reason = entry.required_string("reason", longest_text)};
  if (exception.check.empty()) return exception;
  if (!is_known(exception.check)) {
    entry.reject("check", "there is no check " + exception.check + "; known are " + known_checks());
  } else if (!declared.insert(exception.check).second) {
    entry.reject("check", "the exception for " + exception.check + " stands here a second time");
  } else {
    judge_exception(entry, exception);
  }
  return exception;
}

}  // namespace

std::optional<Bytes> read_hex(yaml::Reader& reader, std::string_view key, std::size_t least,
                              std::size_t most) {
  const std::string text = reader.required_string(key, longest_text);
  if (text.empty()) return std::nullopt;
  std::optional<Bytes> octets = parse_hex(text);
  if (octets && octets->size() >= least && octets->size() <= most) return octets;
  reader.reject(key, std::string(key) + " must be hex of " + std::to_string(least) +
                         (least == most ? "" : " to " + std::to_string(most)) + " octets");
  return std::nullopt;
}

PreflightPlan read_preflight(yaml::Reader& reader) {
  PreflightPlan plan;
  std::optional<yaml::Reader> map = reader.optional_map("preflight");
  if (!map) return plan;
  std::set<std::string> declared;
  for (yaml::Reader& entry : map->list_of_maps("exceptions", 0, preflight_checks.size() + 1)) {
    plan.exceptions.push_back(read_exception(entry, declared));
  }
  plan.clock_tolerance =
      map->optional_duration("clock_tolerance", plan.clock_tolerance, Seconds(1), Seconds(3600));
  for (yaml::Reader& entry : map->list_of_maps("libraries", 0, most_libraries)) {
    HashedModule library{entry.required_string("file", longest_text), {}};
    if (library.path.find('/') != std::string::npos)
      entry.reject("file", "file is the library's name without its folder");
    if (const auto digest = read_hex(entry, "sha256", digest_size, digest_size))
      library.sha256 = to_hex(*digest);
    plan.libraries.push_back(std::move(library));
  }
  if (map->has("binary")) {
    if (const auto digest = read_hex(*map, "binary", digest_size, digest_size)) plan.binary = to_hex(*digest);
  }
  return plan;
}

std::optional<crypto::Sha256Digest> read_head(yaml::Reader& map) {
  if (!map.has("transcript")) return std::nullopt;
  crypto::Sha256Digest digest{};
  if (const auto octets = read_hex(map, "transcript", digest_size, digest_size))
    std::copy(octets->begin(), octets->end(), digest.begin());
  return digest;
}

Previous read_previous(yaml::Reader& reader, Kind kind) {
  if (kind == Kind::root && !reader.has("previous")) return {};
  yaml::Reader map = reader.required_map("previous");
  if (!reader.sound("previous")) return {};
  const std::optional<crypto::Sha256Digest> head = read_head(map);
  if (map.has("bundle")) return PreviousBundle{map.required_string("bundle", longest_path), head};
  if (head) return *head;
  reader.reject("previous",
                "previous needs bundle (a folder), transcript (the hash of its last line), or both");
  return {};
}

}  // namespace chancery::ceremony::schema
