// The command line of chancery-ca.
#pragma once

#include <iosfwd>

#include "api/server/wiring.h"

namespace chancery::server {

// 0 on success, 1 when something was wrong (said on `err`), 2 for a wrong command line.
// `instruments` are for tests: the product gives none.
int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err,
        const Instruments& instruments = {});

}  // namespace chancery::server
