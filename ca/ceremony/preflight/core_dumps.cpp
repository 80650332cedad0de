#include "ca/ceremony/preflight/kernel_file.h"

namespace chancery::ceremony {

Evidence check_core_dumps(const Machine& machine) {
  const std::string check = "core_dumps", name = "Max core file size";
  const Result<std::vector<std::string>> lines = read_kernel_lines(machine, "/proc/self/limits");
  if (!lines) return {check, false, lines.error().message};
  for (const std::string& line : *lines) {
    if (!line.starts_with(name)) continue;
    const std::vector<std::string> words = words_of(line.substr(name.size()));
    if (words.size() < 2) break;
    const bool off = words[0] == "0" && words[1] == "0";
    return {check, off, "limits of core files: soft " + words[0] + ", hard " + words[1]};
  }
  return {check, false, "/proc/self/limits does not tell the limit of core files"};
}

}  // namespace chancery::ceremony
