// A profile's quotas, brought to the store that counts them.
#pragma once

#include <vector>

#include "ca/authority/approve.h"
#include "ca/policy/quotas.h"
#include "ca/store/store.h"

namespace chancery::authority {

std::vector<policy::AppliedQuota> quotas_of(const ApprovedRequest& approved);
// For an intent, or a request that waits.
std::vector<store::Quota> to_count(const std::vector<policy::AppliedQuota>& quotas);

// How far each is used now: advice, and words for people. Errors: those of the store.
Result<std::vector<policy::Reason>> judge_quotas(store::Store& store,
                                                 const std::vector<policy::AppliedQuota>& quotas,
                                                 TimePoint now);

// The store's refusal (rate_limited) as the profile's, with the rule, its place and the value of each quota
// that was spent. Any other error is given back as it is.
Error explain_refusal(Error refusal, const ApprovedRequest& approved, store::Store& store, TimePoint now);

}  // namespace chancery::authority
