// The {serial} of a path.
#pragma once

#include <string>

#include "api/rest/context.h"

namespace chancery::rest {

// The route's first parameter as the store writes serials. Errors: validation.
Result<std::string> serial_parameter(const Call& call);

}  // namespace chancery::rest
