// api/rest/openapi.json, built into the program.
#pragma once

#include <string_view>

namespace chancery::rest {

std::string_view openapi_document();

}  // namespace chancery::rest
