// The verdict of a replay, and the files made of it, as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "ca/ceremony/replay/replay.h"

namespace chancery::ceremony {

// [{"check","result","message"}]; a result is "passed", "failed" or "not_checked".
nlohmann::ordered_json checks_json(std::span<const Check> checks);

// bundle, passed, not_checked, title, kind, transcript_head (null where the bundle does not tell), checks. A
// damaged bundle may hold any octets: print it by json_text (certificate_facts.h).
nlohmann::ordered_json replay_json(const Replay& replay);

// path, format ("html", "pdf", "icalendar", "prometheus"), octets, sha256.
nlohmann::ordered_json written_json(const std::string& path, std::string_view format,
                                    std::string_view content);

}  // namespace chancery::ceremony
