// Small files of /proc and /sys. Internal to ca/ceremony/preflight.
#pragma once

#include <string>
#include <vector>

#include "ca/base/result.h"
#include "ca/ceremony/preflight/preflight.h"

namespace chancery::ceremony {

// `path` such as "/proc/swaps". Errors: those of read_file, at most 1 MiB.
Result<std::string> read_kernel_file(const Machine& machine, const std::string& path);
// The same as lines; empty ones left out.
Result<std::vector<std::string>> read_kernel_lines(const Machine& machine, const std::string& path);
// The words of a line, whatever blanks are between them.
std::vector<std::string> words_of(const std::string& line);

}  // namespace chancery::ceremony
