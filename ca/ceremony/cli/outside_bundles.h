// What is written about finished ceremonies stays out of their bundles: with one file more a bundle no longer
// replays. Inside ca/ceremony/cli.
#pragma once

#include <string>
#include <vector>

#include "ca/base/result.h"

namespace chancery::ceremony {

// Of each of `files` ("" = none) the folder where it would be made, whatever symbolic links lead there, is
// none of `bundles` and below none. Errors: validation, naming both.
Result<void> check_outside_bundles(const std::vector<std::string>& files,
                                   const std::vector<std::string>& bundles);

}  // namespace chancery::ceremony
