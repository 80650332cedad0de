#include "ca/ceremony/preflight/preflight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ca/base/file.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;

// A machine of files.
class Preflight : public ::testing::Test {
 protected:
  Preflight() {
    std::string pattern = ::testing::TempDir() + "preflight-XXXXXX";
    machine.root = ::mkdtemp(pattern.data());
  }
  ~Preflight() override { std::filesystem::remove_all(machine.root); }

  void put(const std::string& path, std::string_view content) const {
    const std::filesystem::path file(machine.root + path);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }
  static void expect_failure(const Evidence& evidence, const std::string& why) {
    EXPECT_FALSE(evidence.passed);
    EXPECT_THAT(evidence.seen, HasSubstr(why));
  }

  Machine machine;
  SystemRandom random;
};

TEST_F(Preflight, OnlyLoopbackMayBeUp) {
  expect_failure(check_interfaces(machine), "/sys/class/net");
  put("/sys/class/net/lo/flags", "0x9\n");
  put("/sys/class/net/eth0/flags", "0x1002\n");
  put("/sys/class/net/bonding_masters", "\n");  // a file among the folders
  const Evidence quiet = check_interfaces(machine);
  EXPECT_TRUE(quiet.passed) << quiet.seen;
  EXPECT_EQ(quiet.check, "interfaces");
  EXPECT_EQ(quiet.seen, "2 interfaces, none up but lo");
  put("/sys/class/net/wlan0/flags", "0x1003\n");
  expect_failure(check_interfaces(machine), "up: wlan0");
  put("/sys/class/net/wlan0/flags", "nonsense\n");
  expect_failure(check_interfaces(machine), "cannot tell whether interface wlan0");
}

constexpr std::string_view route_heading = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n";

TEST_F(Preflight, NoRouteMayLeave) {
  expect_failure(check_routes(machine), "/proc/net/route");
  put("/proc/net/route", route_heading);
  EXPECT_TRUE(check_routes(machine).passed);
  put("/proc/net/ipv6_route",
      "00000000000000000000000000000001 80 00000000000000000000000000000000 00 "
      "00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo\n");
  EXPECT_TRUE(check_routes(machine).passed);
  put("/proc/net/ipv6_route",
      "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 "
      "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n");
  expect_failure(check_routes(machine), "by eth0");
  put("/proc/net/ipv6_route", "");
  put("/proc/net/route", std::string(route_heading) + "eth1\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\n");
  expect_failure(check_routes(machine), "by eth1");
}

TEST_F(Preflight, NoSwap) {
  EXPECT_TRUE(check_swap(machine).passed);  // a kernel without swap
  put("/proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
  EXPECT_TRUE(check_swap(machine).passed);
  put("/proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 100 0 -2\n");
  expect_failure(check_swap(machine), "/dev/sda2");
}

TEST_F(Preflight, NoCoreDumps) {
  expect_failure(check_core_dumps(machine), "limits");
  put("/proc/self/limits", "Limit  Soft Limit Hard Limit Units\nMax core file size        0   0   bytes\n");
  EXPECT_TRUE(check_core_dumps(machine).passed);
  put("/proc/self/limits", "Max core file size        0   unlimited   bytes\n");
  expect_failure(check_core_dumps(machine), "hard unlimited");
  put("/proc/self/limits", "Max open files 1 1 files\n");
  expect_failure(check_core_dumps(machine), "does not tell");
}

class StuckRandom final : public RandomSource {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(i);
  }
};

TEST_F(Preflight, EntropyIsThere) {
  expect_failure(check_entropy(machine, random), "entropy_avail");
  put("/proc/sys/kernel/random/entropy_avail", "256\n");
  EXPECT_TRUE(check_entropy(machine, random).passed);
  StuckRandom stuck;
  expect_failure(check_entropy(machine, stuck), "repeats itself");
  put("/proc/sys/kernel/random/entropy_avail", "255\n");
  expect_failure(check_entropy(machine, random), "255 bits");
  put("/proc/sys/kernel/random/entropy_avail", "many\n");
  expect_failure(check_entropy(machine, random), "not a number");
}

TEST(PreflightClock, TwoPeopleWithinTheTolerance) {
  const TimePoint now = parse_rfc3339("2026-03-01T12:00:00Z").value();
  const Seconds tolerance(120);
  const auto reading = [&](const std::string& person, int off) {
    return ClockReading{person, now + Seconds(off), now};
  };
  EXPECT_TRUE(check_clock(reading("Ada", 120), reading("Bob", -120), tolerance).passed);
  EXPECT_FALSE(check_clock(reading("Ada", 121), reading("Bob", 0), tolerance).passed);
  EXPECT_FALSE(check_clock(reading("Ada", 0), reading("Bob", -121), tolerance).passed);
  const Evidence alone = check_clock(reading("Ada", 0), reading("Ada", 0), tolerance);
  EXPECT_FALSE(alone.passed);
  EXPECT_THAT(alone.seen, HasSubstr("two people"));
}

TEST_F(Preflight, BinaryIsHashedAndCompared) {
  put("/proc/self/exe", "the program");
  const std::string hash = to_hex(crypto::sha256(as_bytes("the program")));
  EXPECT_EQ(check_binary(machine, "").seen, "sha256 " + hash);
  EXPECT_TRUE(check_binary(machine, hash).passed);
  expect_failure(check_binary(machine, std::string(64, '0')), "but the script expects 0000");
}

TEST_F(Preflight, CodeBesideTheBinaryIsRefused) {
  put("/proc/self/exe", "the program");
  for (const char* name : {"LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH"}) {
    ::setenv(name, "/tmp/x", 1);
    expect_failure(check_binary(machine, ""), std::string(name) + " is set");
    ::setenv(name, "", 1);
    EXPECT_TRUE(check_binary(machine, "").passed) << name;
    ::unsetenv(name);
  }
}

TEST_F(Preflight, WhatTheLinkerLoadsIntoEveryProgramIsRefused) {
  put("/proc/self/exe", "the program");
  put("/etc/ld.so.preload", " \n\t\n");
  EXPECT_TRUE(check_binary(machine, "").passed);
  put("/etc/ld.so.preload", "/usr/lib/spy.so\n");
  expect_failure(check_binary(machine, ""), "/etc/ld.so.preload is not empty");
  std::filesystem::remove(machine.root + "/etc/ld.so.preload");
  EXPECT_TRUE(check_binary(machine, "").passed);
  std::filesystem::create_directory(machine.root + "/etc/ld.so.preload");
  EXPECT_FALSE(check_binary(machine, "").passed);  // what cannot be read has not passed
}

TEST_F(Preflight, EveryLibraryThatIsLoadedIsHashed) {
  const auto at = [this](const std::string& name) { return machine.root + "/" + name; };
  put("/a library.so", "a");
  put("/b.so", "b");
  const std::string maps = "7f00-7f01 r--p 00000000 fe:00 7      " + at("a library.so") + "\n" +
                           "7f01-7f02 r-xp 00001000 fe:00 7      " + at("a library.so") + "\n" +
                           "7f03-7f04 r-xp 00001000 fe:00 8      " + at("b.so") + "\n" +
                           "7f05-7f06 r--p 00000000 fe:00 9      /usr/lib/locale/C.utf8/LC_CTYPE\n" +
                           "7f07-7f08 rw-p 00000000 00:00 0\n7f08-7f09 r-xp 00000000 00:00 0      [vdso]\n" +
                           "5500-5501 r-xp 00000000 fe:00 6      " + at("program") + "\n";
  put("/proc/self/maps", maps);
  std::filesystem::create_symlink(at("program"), at("proc/self/exe"));
  const auto line = [&](const std::string& name, const std::string& content) {
    return at(name) + ": sha256 " + to_hex(crypto::sha256(as_bytes(content)));
  };
  const Evidence seen = check_libraries(machine, {});
  EXPECT_TRUE(seen.passed) << seen.seen;
  EXPECT_EQ(seen.seen, line("a library.so", "a") + "; " + line("b.so", "b"));
}

TEST_F(Preflight, OnlyPinnedLibrariesMayBeLoaded) {
  put("/a.so", "a");
  put("/proc/self/maps", "7f00-7f01 r-xp 00000000 fe:00 7  " + machine.root + "/a.so\n");
  const std::string hash = to_hex(crypto::sha256(as_bytes(std::string("a")))), other(64, '0');
  EXPECT_TRUE(check_libraries(machine, {{{"a.so", hash}, {"b.so", other}}}).passed);
  expect_failure(check_libraries(machine, {{{"b.so", hash}}}), "preflight.libraries does not name it");
  expect_failure(check_libraries(machine, {{{"a.so", other}}}), "where preflight.libraries says " + other);
}

TEST(PreflightText, LibrariesAreReadAgainFromWhatWasSeen) {
  const std::string hash(64, 'a');
  const auto read = libraries_in("/lib/a; b.so: sha256 " + hash + "; /lib/c.so: sha256 " + hash);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(read->front().path, "/lib/a; b.so");
  EXPECT_EQ(read->back().path, "/lib/c.so");
  EXPECT_TRUE(libraries_in("none: the program is whole in itself").value().empty());
  for (const std::string& wrong :
       {std::string("x"), std::string("/lib/c.so: sha256 aa"), "/lib/c.so: sha256 " + hash + " and more"})
    EXPECT_FALSE(libraries_in(wrong)) << wrong;
}

TEST_F(Preflight, ALibraryThatIsNoLongerThereIsRefused) {
  expect_failure(check_libraries(machine, {}), "maps");
  put("/proc/self/maps", "7f00-7f01 r-xp 00000000 fe:00 7  " + machine.root + "/gone.so\n");
  expect_failure(check_libraries(machine, {}), "gone.so");
  put("/gone.so", "another");
  put("/proc/self/maps", "7f00-7f01 r-xp 00000000 fe:00 7  " + machine.root + "/gone.so (deleted)\n");
  expect_failure(check_libraries(machine, {}), "it was removed or replaced after it was loaded");
}

TEST_F(Preflight, TokenModulesAreHashedBeforeTheyAreLoaded) {
  std::vector<HashedModule> hashed;
  EXPECT_EQ(check_token_modules({}, hashed).seen, "none: no token is used");
  put("/module.so", "a module");
  const std::vector<std::string> paths{machine.root + "/module.so"};
  const Evidence seen = check_token_modules(paths, hashed);
  EXPECT_TRUE(seen.passed);
  ASSERT_EQ(hashed.size(), 1U);
  EXPECT_EQ(hashed[0].sha256, to_hex(crypto::sha256(as_bytes("a module"))));
  EXPECT_EQ(seen.seen, paths[0] + ": sha256 " + hashed[0].sha256);
}

TEST_F(Preflight, ATokenModuleThatCannotBeReadIsRefused) {
  std::vector<HashedModule> hashed;
  const std::vector<std::string> paths{machine.root + "/none.so"};
  expect_failure(check_token_modules(paths, hashed), "none.so");
  EXPECT_TRUE(hashed.empty());
}

TEST(PreflightHere, TheRealMachineIsReadable) {
  const Machine here;
  const Evidence libraries = check_libraries(here, {});
  EXPECT_TRUE(libraries.passed) << libraries.seen;
  EXPECT_THAT(libraries.seen, ::testing::AllOf(HasSubstr("libc"), HasSubstr("libcrypto")));
  EXPECT_TRUE(check_binary(here, "").passed);
  for (const Evidence& evidence : {check_routes(here), check_swap(here), check_core_dumps(here)}) {
    EXPECT_THAT(evidence.seen, ::testing::Not(HasSubstr("cannot"))) << evidence.check;
  }
  // A bare root or a container may hide /sys: what cannot be seen has not passed.
  const Evidence interfaces = check_interfaces(here);
  if (std::filesystem::exists("/sys/class/net")) {
    EXPECT_THAT(interfaces.seen, ::testing::Not(HasSubstr("cannot")));
  } else {
    EXPECT_FALSE(interfaces.passed) << interfaces.seen;
  }
  SystemRandom random;
  EXPECT_TRUE(check_entropy(here, random).passed);
}

// In a child, for the lock stays with the process.
int locked_in_child(bool may) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit none{0, 0};
    // Whoever is root keeps CAP_IPC_LOCK until the user changes.
    if (!may && (::setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (::geteuid() == 0 && ::setuid(65534) != 0)))
      ::_exit(3);
    ::_exit(check_memory_lock().passed ? 1 : 0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(PreflightHere, MemoryLockFailsWhereTheLimitForbidsIt) {
  EXPECT_EQ(locked_in_child(false), 0);
}

TEST(PreflightHere, MemoryIsLockedWhereTheLimitAllowsIt) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_MEMLOCK, &limit), 0);
  const bool unlimited = limit.rlim_cur == RLIM_INFINITY;
  const int locked = locked_in_child(true);
  if (unlimited) {
    EXPECT_EQ(locked, 1);
  } else {
    EXPECT_THAT(locked, ::testing::AnyOf(0, 1));  // 1 with CAP_IPC_LOCK
  }
}

}  // namespace
}  // namespace chancery::ceremony
