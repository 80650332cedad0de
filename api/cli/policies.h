// Policies as a command line names them: one file, or a directory of files.
#pragma once

#include <string>

#include "ca/policy/load_yaml.h"

namespace chancery::cli {

bool is_directory(const std::string& path);
// Errors: not_found, validation with every fault of every file.
Result<policy::ProfileSet> load_policies(const std::string& path);
// "front, service"
std::string names_of(const policy::ProfileSet& profiles);

}  // namespace chancery::cli
