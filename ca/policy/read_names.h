// The part of a profile's schema that is about names and who may have them. Internal to ca/policy.
#pragma once

#include "ca/policy/policy.h"
#include "ca/yaml/reader.h"

namespace chancery::policy {

// `names`. Faults are recorded in the reader, here and below.
void read_names(yaml::Reader& reader, Profile& profile);
// `requesters`, `quotas`, `grandfathered_until`.
void read_requesters(yaml::Reader& reader, Profile& profile);
void read_quotas(yaml::Reader& reader, Profile& profile);
void read_grandfathering(yaml::Reader& reader, Profile& profile);

}  // namespace chancery::policy
