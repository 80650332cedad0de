#include <sys/mman.h>
#include <sys/resource.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "ca/ceremony/preflight/kernel_file.h"

namespace chancery::ceremony {
namespace {

constexpr unsigned cap_ipc_lock = 14;  // capabilities(7)

Evidence evidence(bool passed, std::string seen) {
  return {"memory_lock", passed, std::move(seen)};
}

// The value of a line such as "CapEff:\t000001ffffffffff".
std::string status_value(const std::string& name) {
  const Result<std::vector<std::string>> lines = read_kernel_lines({}, "/proc/self/status");
  if (!lines) return {};
  for (const std::string& line : *lines) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() >= 2 && words[0] == name + ":") return words[1];
  }
  return {};
}

bool may_lock_anything() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY) return true;
  const std::string text = status_value("CapEff");
  std::uint64_t capabilities = 0;
  std::from_chars(text.data(), text.data() + text.size(), capabilities, 16);
  return (capabilities >> cap_ipc_lock & 1U) != 0;
}

}  // namespace

Evidence check_memory_lock() {
  if (!may_lock_anything()) {
    return evidence(false,
                    "the limit of locked memory is too small; raise it (ulimit -l unlimited) or run as root");
  }
  if (::mlockall(MCL_CURRENT | MCL_FUTURE) != 0) {
    return evidence(false, std::string("mlockall: ") + std::strerror(errno));
  }
  const std::string locked = status_value("VmLck");
  if (locked.empty() || locked == "0") return evidence(false, "mlockall said yes, but no memory is locked");
  return evidence(true, locked + " kB locked, and all that follows");
}

}  // namespace chancery::ceremony
