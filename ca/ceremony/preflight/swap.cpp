#include "ca/ceremony/preflight/kernel_file.h"

namespace chancery::ceremony {

Evidence check_swap(const Machine& machine) {
  const Result<std::vector<std::string>> lines = read_kernel_lines(machine, "/proc/swaps");
  if (!lines) {
    // A kernel without swap has no such file.
    if (lines.error().code == ErrorCode::not_found) return {"swap", true, "this kernel knows no swap"};
    return {"swap", false, lines.error().message};
  }
  if (lines->size() <= 1) return {"swap", true, "none"};
  return {"swap", false, "swap is on " + words_of((*lines)[1]).front() + "; turn it off (swapoff -a)"};
}

}  // namespace chancery::ceremony
