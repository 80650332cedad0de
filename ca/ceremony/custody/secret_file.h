// Files of the custody folder.
#pragma once

#include <string>

#include "ca/base/result.h"

namespace chancery::ceremony {

// `path`, which may be relative to `folder`, without the "." in it.
std::string path_in(const std::string& folder, const std::string& path);

// Others may neither read nor write what is there. Errors: not_found, forbidden (they may, by its mode),
// unavailable, naming the path and what to do, also on a medium that keeps no modes (FAT).
Result<void> check_private(const std::string& path);
// Whether destroy_file() may be begun: `path` is a regular file, no symbolic link, that can be written, in a
// folder that can be. NOT promised: that it still is so later. Errors: not_found, unavailable, naming the
// path.
Result<void> check_destroyable(const std::string& path);
// Overwrites with zeros, durably, and leaves these. Errors: not_found, unavailable.
Result<void> wipe_file(const std::string& path);
// Nothing but zeros is in it. Errors: not_found, unavailable.
Result<bool> is_wiped(const std::string& path);
// Overwrites with zeros, then removes, durably. NOT promised: that the medium keeps no older copy of the
// octets; flash memory does. Media that held secrets are destroyed as well. Errors: not_found, unavailable.
Result<void> destroy_file(const std::string& path);
// The same of a file in the open folder `folder`; messages call it `path`.
Result<void> destroy_file_in(int folder, const std::string& name, const std::string& path);

}  // namespace chancery::ceremony
