// What is sound in each file, and still weak in all of them together.
#pragma once

#include <string>
#include <vector>

#include "ca/policy/policy.h"

namespace chancery::policy {

// "operator.yaml:1:1: profile operator grants operator with 0 approvals, ...": one sentence for each profile
// that makes operators with fewer approvals than another profile asks for, because one operator who makes a
// second identity alone can give those approvals alone. Empty when there is none. Not a fault: the profiles
// come into force all the same.
std::vector<std::string> weaknesses(const ProfileSet& profiles);

}  // namespace chancery::policy
