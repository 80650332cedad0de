#include "ca/base/locked_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#include "ca/base/bytes.h"

namespace chancery {
namespace {

// The VmFlags of the mapping that holds `address` (proc(5)): "lo" is locked, "dd" is left out of core dumps.
std::string vm_flags(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0, to = 0;
    char dash = 0;
    std::istringstream range(line);
    if (range >> std::hex >> from >> dash >> to && dash == '-') inside = from <= wanted && wanted < to;
    if (inside && line.starts_with("VmFlags:")) return line + " ";
  }
  return {};
}

std::size_t page() {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

TEST(LockedMemory, ASecretIsLeftOutOfCoreDumps) {
  const SecretBytes secret = SecretBytes::copy_of(as_bytes("a secret of the ceremony"));
  const std::string flags = vm_flags(secret.reveal().data());
  EXPECT_NE(flags.find(" dd "), std::string::npos) << flags;
}

TEST(LockedMemory, CountsWholePagesWhileTheyLive) {
  const LockedMemoryUse before = locked_memory_use();
  {
    const SecretBytes one(page()), two(page() + 1);
    EXPECT_EQ(locked_memory_use().locked, before.locked + 3 * page());
  }
  EXPECT_EQ(locked_memory_use().locked, before.locked);
  EXPECT_EQ(locked_memory_use().unlocked, before.unlocked);
}

#if !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)  // their mlock does nothing and says it did
TEST(LockedMemory, ASecretIsLocked) {
  const SecretBytes secret = SecretBytes::copy_of(as_bytes("a secret of the ceremony"));
  const std::string flags = vm_flags(secret.reveal().data());
  EXPECT_NE(flags.find(" lo "), std::string::npos) << flags;
}

// In a child, since a limit that was lowered stays low; root ignores it until it gives its rights up.
TEST(LockedMemory, BeyondTheLimitASecretIsHeldUnlockedAndCounted) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const rlimit none{0, 0};
    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0)) _exit(2);
    const SecretBytes secret = SecretBytes::copy_of(as_bytes("still usable"));
    _exit(as_text(secret.reveal()) == "still usable" && locked_memory_use().unlocked == page() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
}
#endif

}  // namespace
}  // namespace chancery
