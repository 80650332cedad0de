// What a renewal is judged as, wherever it is judged: by the authority, offline, and when the past is
// replayed.
#pragma once

#include "ca/policy/policy.h"

namespace chancery::policy {

// A renewal has no operator's rights, for its names are bound; but who renews has the role all the same.
inline Role renewing_role(const Profile& profile) {
  return profile.grants;
}

}  // namespace chancery::policy
