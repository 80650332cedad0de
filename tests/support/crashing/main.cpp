// chancery-ca, but it dies by SIGKILL at a chosen point, counts its signatures for the outside and can be
// told another time. Never installed.
//
//   CHANCERY_TEST_CRASH_AT=POINT       where it dies; "never" = nowhere
//   CHANCERY_TEST_CRASH_COUNT=N        at the N-th passing (default 1)
//   CHANCERY_TEST_SIGNATURES=FILE      where each signature is written down (default nowhere)
//   CHANCERY_TEST_CLOCK=FILE           the clock is ahead of the machine's by the seconds in it, read at each
//   look
//
// Without CHANCERY_TEST_CRASH_AT it prints all points and ends.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "api/server/cli.h"
#include "tests/support/crashing/deaths.h"

namespace {

using namespace chancery;

std::string environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

class ShiftedClock final : public Clock {
 public:
  explicit ShiftedClock(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] TimePoint now() const override {
    std::int64_t seconds = 0;
    if (!path_.empty()) std::ifstream(path_) >> seconds;
    return system_.now() + Seconds(seconds);
  }

 private:
  std::string path_;
  SystemClock system_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string point = environment("CHANCERY_TEST_CRASH_AT", "");
  if (point.empty()) {
    for (const std::string& name : test::death_points()) std::cout << name << '\n';
    return 0;
  }
  test::Death death(point, std::atoi(environment("CHANCERY_TEST_CRASH_COUNT", "1").c_str()));  // NOLINT
  test::watch_disk(test::DyingDisk(death));
  const ShiftedClock clock(environment("CHANCERY_TEST_CLOCK", ""));
  const std::string signatures = environment("CHANCERY_TEST_SIGNATURES", "");
  return server::run(argc, argv, std::cout, std::cerr,
                     {.observe =
                          [&death](authority::StepObserver& metrics) {
                            return std::make_unique<test::DyingObserver>(metrics, death);
                          },
                      .around_key =
                          [&](std::unique_ptr<keys::Signer> key) {
                            return std::make_unique<test::WitnessedSigner>(std::move(key), death, signatures);
                          },
                      .clock = &clock});
}
