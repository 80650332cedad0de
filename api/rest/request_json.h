// REQUEST: how a request for approval looks in every answer (docs/reference/rest.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ca/store/request_records.h"

namespace chancery::rest {

// Appends the object. `certificate_json`: its CERT, or "null".
void append_request(std::string& out, const store::ApprovalRequest& request,
                    std::string_view certificate_json);

std::optional<store::RequestState> parse_request_state(std::string_view text);

}  // namespace chancery::rest
