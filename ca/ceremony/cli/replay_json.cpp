#include "ca/ceremony/cli/replay_json.h"

#include "ca/crypto/digest.h"

namespace chancery::ceremony {
namespace {

using Json = nlohmann::ordered_json;

std::string_view result_of(const Check& check) {
  if (!check.passed) return "failed";
  return check.checked ? "passed" : "not_checked";
}

}  // namespace

Json checks_json(std::span<const Check> checks) {
  Json json = Json::array();
  for (const Check& check : checks)
    json.push_back({{"check", check.name}, {"result", result_of(check)}, {"message", check.message}});
  return json;
}

Json replay_json(const Replay& replay) {
  return {{"bundle", replay.bundle.path},
          {"passed", replay.passed()},
          {"not_checked", replay.not_checked()},
          {"title", replay.script ? Json(replay.script->title) : Json()},
          {"kind", replay.script ? Json(std::string(to_string(replay.script->kind()))) : Json()},
          {"transcript_head", replay.transcript ? Json(to_hex(replay.transcript->head())) : Json()},
          {"checks", checks_json(replay.checks)}};
}

Json written_json(const std::string& path, std::string_view format, std::string_view content) {
  return {{"path", path},
          {"format", format},
          {"octets", content.size()},
          {"sha256", to_hex(crypto::sha256(as_bytes(content)))}};
}

}  // namespace chancery::ceremony
