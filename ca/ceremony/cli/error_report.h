// How the program tells people of an error.
#pragma once

#include "ca/base/error.h"
#include "ca/ceremony/cli/cli.h"

namespace chancery::ceremony {

inline constexpr int status_done = 0, status_failed = 1, status_misused = 2;

// The message, every detail that it does not hold already, and what is for the log only. Gives status_failed.
int report_error(const Error& error, const Surroundings& to);

}  // namespace chancery::ceremony
