// Where a byte string stops being DER. Internal to ca/lint.
#pragma once

#include <optional>
#include <string>

#include "ca/base/bytes.h"

namespace chancery::lint {

struct DerFault {
  std::size_t offset = 0;  // of the element at fault, from 0
  std::string what;
};

// The first element, outermost first, whose tag or length the strict reader refuses, or bytes behind the
// whole. Looks into constructed elements, at most 32 deep. nullopt when there is none.
std::optional<DerFault> first_der_fault(ByteView der);

}  // namespace chancery::lint
