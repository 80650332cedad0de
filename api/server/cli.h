// The command line of chancery-ca.
#pragma once

#include <iosfwd>

namespace chancery::server {

// 0 on success, 1 when something was wrong (said on `err`), 2 for a wrong command line.
int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace chancery::server
