// The command line of chancery-root.
#pragma once

#include <functional>
#include <iosfwd>

#include "ca/base/clock.h"
#include "ca/base/random.h"
#include "ca/ceremony/preflight/preflight.h"
#include "ca/shares/seal.h"

namespace chancery::ceremony {

struct Surroundings {
  std::ostream& out;
  std::ostream& err;
  bool colour;  // true only when both streams are terminals
  const Clock& clock;
  RandomSource& random;
  Machine machine;  // what the preflight looks at
  std::function<Evidence()> lock_memory = check_memory_lock;
  shares::KdfPolicy kdf = shares::production_kdf;
};

// The exit status: 0 done; 1 the ceremony or the verification failed; 2 the command line is wrong. Never
// throws.
int run_program(int argc, const char* const* argv, const Surroundings& surroundings);

}  // namespace chancery::ceremony
