// The shape of an AuthorityKeyIdentifier, in certificates and in revocation lists. Internal to ca/lint.
#pragma once

#include "ca/base/bytes.h"

namespace chancery::lint {

// SEQUENCE { [0] keyIdentifier }, and nothing behind it.
inline bool is_only_key_identifier(ByteView value, ByteView identifier) {
  return identifier.size() < 124 && value.size() == identifier.size() + 4 && value[0] == 0x30 &&
         value[2] == 0x80 && value[3] == identifier.size();
}

}  // namespace chancery::lint
