// Decisions about requests for approval that every implementation shares.
#pragma once

#include "ca/base/result.h"
#include "ca/store/request_records.h"

namespace chancery::store {

// forbidden when the approver asked for it, made its token (`token_maker`, "" = no token) or is whom it is
// for; conflict when the approver has approved it already. Whether the certificate is valid is another
// question.
Result<void> check_approver(const ApprovalRequest& request, const Identity& token_maker,
                            const Approval& approval);

// Whether `end` may be the end of a request in this state: conflict when not.
Result<void> check_end(const ApprovalRequest& request, const RequestEnd& end);

}  // namespace chancery::store
