// `chancery-ca serve`.
#pragma once

#include <iosfwd>
#include <string>

#include "api/server/wiring.h"

namespace chancery::server {

// Until SIGTERM or SIGINT. 0 when everything that was accepted has been finished.
int serve(const std::string& config_path, std::ostream& err, const Instruments& instruments);

}  // namespace chancery::server
