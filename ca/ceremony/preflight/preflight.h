// Checks of the machine before a ceremony, each giving evidence for the transcript. They look at files of the
// kernel, never at a socket.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/random.h"
#include "ca/base/result.h"
#include "ca/crypto/digest.h"

namespace chancery::ceremony {

struct Evidence {
  std::string check;
  bool passed = false;
  std::string seen;  // one line: what was found, or what is wrong and how to mend it
};

// Every check, in the order in which they run. A script may declare exceptions for these names.
inline constexpr std::array<std::string_view, 11> preflight_checks{
    "binary", "libraries",  "token_module", "script",  "interfaces", "routes",
    "swap",   "core_dumps", "memory_lock",  "entropy", "clock"};

// A script may also declare this one: of each token when it is found, which may be long after the others. Not
// met where its module tells no firmware version.
inline constexpr std::string_view token_firmware_check = "token_firmware";

// Where the kernel shows itself: "" for this machine, a folder with proc/, sys/ and etc/ in it for another.
struct Machine {
  std::string root;
};

// What a person read from a clock of their own, and this machine's clock at that moment.
struct ClockReading {
  std::string person;
  TimePoint said, here;
};

// A PKCS#11 module that the script names, as it was hashed.
struct HashedModule {
  std::string path, sha256;  // in hex
};

// SHA-256 of the program that runs; with `expected` it must be that one. Not met where LD_PRELOAD,
// LD_AUDIT or LD_LIBRARY_PATH is set, or etc/ld.so.preload names anything: the hash says nothing of what they
// load.
Evidence check_binary(const Machine& machine, const std::string& expected_hex);
// SHA-256 of every shared library that is loaded: each file with code of which proc/self/maps shows a part,
// the program itself left out. Not met where one was removed or replaced since it was loaded, or cannot be
// read; nor, where `pinned` names any (by the file's name, without its folder), unless each is one of these
// with that hash. A pinned one that is not loaded is no fault.
Evidence check_libraries(const Machine& machine, std::span<const HashedModule> pinned);
// What check_libraries() says of libraries that it passed. Errors: validation (another text).
Result<std::vector<HashedModule>> libraries_in(std::string_view seen);
// Why `loaded` are not those that are pinned; "" = they are, or none is pinned.
std::string pin_fault(std::span<const HashedModule> loaded, std::span<const HashedModule> pinned);
// SHA-256 of each PKCS#11 module in `paths` before it is loaded; `hashed` gets them. Passes without any.
Evidence check_token_modules(std::span<const std::string> paths, std::vector<HashedModule>& hashed);
// What that says of `hashed`, also to whoever reads a transcript.
std::string described(std::span<const HashedModule> hashed);
// SHA-256 of the script's bytes, for the witnesses to compare. Always passes.
Evidence check_script(const crypto::Sha256Digest& hash);
// No interface but lo is up (sys/class/net/*/flags, IFF_UP).
Evidence check_interfaces(const Machine& machine);
// No route leaves by another interface than lo (proc/net/route, proc/net/ipv6_route).
Evidence check_routes(const Machine& machine);
// proc/swaps lists none.
Evidence check_swap(const Machine& machine);
// Soft and hard limit of core files are 0 (proc/self/limits).
Evidence check_core_dumps(const Machine& machine);
// The kernel's generator is seeded (proc/sys/kernel/random), and `random` gives different octets twice.
Evidence check_entropy(const Machine& machine, RandomSource& random);
// Two readings by different people, each within `tolerance` of this machine's clock.
Evidence check_clock(const ClockReading& first, const ClockReading& second, Seconds tolerance);

// Locks all present and future memory of this process (mlockall(2)) and looks whether the kernel did. Passes
// only where the limit cannot make a later allocation fail: CAP_IPC_LOCK or an unlimited RLIMIT_MEMLOCK.
Evidence check_memory_lock();

}  // namespace chancery::ceremony
