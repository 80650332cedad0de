// The answer to whoever asked for a certificate: the certificate, or the place where it waits for approval.
#pragma once

#include <string_view>

#include "api/rest/context.h"

namespace chancery::rest {

// Seconds after which it is worth asking again for what waits. A worker thread is not held meanwhile.
inline constexpr std::string_view approval_retry_after = "10";

// 201 and CERT, or 202 and REQUEST; with Location.
Result<http::Response> answer_with(const Call& call, const authority::Answered& answered);

void count_issue(Context& context, const ProfileName& profile, const Result<authority::Answered>& answered);

}  // namespace chancery::rest
