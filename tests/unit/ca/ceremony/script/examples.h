// The example scripts of policies/ceremonies.
#pragma once

#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony::testing {

inline std::string example(const std::string& name) {
  return read_file(CHANCERY_SOURCE_DIR "/policies/ceremonies/" + name + ".yaml", script_limit).value();
}

}  // namespace chancery::ceremony::testing
