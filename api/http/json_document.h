// The first half of JsonReader: from text to a document that is within limits. Internal to api/http.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "ca/base/result.h"

namespace chancery::http {

// Errors: validation, as JsonReader::parse.
Result<nlohmann::json> parse_document(std::string_view text);

}  // namespace chancery::http
