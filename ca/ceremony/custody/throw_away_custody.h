// A rehearsal's key: in memory, and gone with the ceremony.
#pragma once

#include "ca/ceremony/custody/custody.h"

namespace chancery::ceremony {

std::unique_ptr<Custody> throw_away_custody();

}  // namespace chancery::ceremony
