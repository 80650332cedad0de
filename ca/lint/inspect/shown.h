// Bytes in findings: where they stand, and what they are. Internal to ca/lint.
#pragma once

#include <string>

#include "ca/base/bytes.h"

namespace chancery::lint {

// Hex, at most 32 bytes of it.
std::string shown(ByteView value);

// "at byte 17, ". `part` is a view into `whole`.
std::string place_of(ByteView part, ByteView whole);

}  // namespace chancery::lint
