// A profile's quotas, brought to the store that counts them.
#pragma once

#include <vector>

#include "ca/policy/quotas.h"
#include "ca/store/store.h"

namespace chancery::authority {

// For an intent.
std::vector<store::Quota> to_count(const std::vector<policy::AppliedQuota>& quotas);

// How far each is used now: advice, and words for people. Errors: those of the store.
Result<std::vector<policy::Reason>> judge_quotas(store::Store& store,
                                                 const std::vector<policy::AppliedQuota>& quotas,
                                                 TimePoint now);

// Of those that are spent, as one error; nullopt when none is.
std::optional<Error> refusal_of(const std::vector<policy::Reason>& quotas, const policy::Profile& profile);

// The store's refusal (rate_limited) as the profile's, with the rule, its place and the value of each quota
// that was spent. Any other error is given back as it is.
Error explain_refusal(Error refusal, const policy::Profile& profile,
                      const std::vector<policy::AppliedQuota>& quotas, store::Store& store, TimePoint now);

}  // namespace chancery::authority
