// Reading members of answers without trusting their types.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace chancery::cli {

// "" when absent or not a string; numbers as their digits.
std::string text(const nlohmann::json& object, const char* key);
// An array; empty when absent or not one.
nlohmann::json list_of(const nlohmann::json& object, const char* key);
// "dns:a, dns:b"
std::string joined(const nlohmann::json& object, const char* key);
// Two spaces deep, with a newline.
std::string pretty(const nlohmann::json& value);

}  // namespace chancery::cli
