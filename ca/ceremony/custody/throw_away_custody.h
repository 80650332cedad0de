// A rehearsal's key: in memory, and gone with the ceremony.
#pragma once

#include "ca/ceremony/custody/custody.h"

namespace chancery::ceremony {

// With `stands_for`, the type of a key in shares that it stands in for, deal_anew() deals another key of that
// type: everybody plays their part, and nobody gets a share of anything.
std::unique_ptr<Custody> throw_away_custody(std::optional<crypto::KeyType> stands_for = std::nullopt);

}  // namespace chancery::ceremony
