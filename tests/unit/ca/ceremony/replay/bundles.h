// Bundles of real ceremonies, made once, to be copied and damaged.
#pragma once

#include <memory>

#include "ca/ceremony/replay/chain.h"
#include "ca/ceremony/replay/replay.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony::testing {

class Bundles : public CeremonyTest {
 public:
  Bundles() {
    EXPECT_TRUE(hold_root());
    clock.advance(Seconds(3600));
    const Result<Outcome> held = hold_intermediate();
    EXPECT_TRUE(held) << held.error().message;
  }
  void TestBody() override {}

  [[nodiscard]] std::string root() const { return out("root/bundle"); }
  [[nodiscard]] std::string intermediate() const { return out("intermediate/bundle"); }
  // Another root of the same names, and an intermediate of its own.
  void make_others() {
    if (std::filesystem::exists(out("other"))) return;
    std::filesystem::rename(out("root"), out("kept"));
    EXPECT_TRUE(hold_root());
    EXPECT_TRUE(hold_intermediate(intermediate_script, "other-intermediate"));
    std::filesystem::rename(out("root"), out("other"));
    std::filesystem::rename(out("kept"), out("root"));
  }
  // A copy to damage.
  std::string copy(const std::string& bundle) {
    const std::string to = folder + "/copy-" + std::to_string(++copies_);
    std::filesystem::copy(bundle, to);
    return to;
  }
  static std::string content(const std::string& path) { return read(path); }
  static void put(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  }
  [[nodiscard]] std::string path(const std::string& name) const { return out(name); }

 private:
  int copies_ = 0;
};

// "name: message" of every check that failed.
inline std::vector<std::string> failures_of(const Replay& replay) {
  std::vector<std::string> failed;
  for (const Check& check : replay.checks) {
    if (!check.passed) failed.push_back(check.name + ": " + check.message);
  }
  return failed;
}

inline std::vector<std::string> failures(const std::string& bundle,
                                         const std::optional<std::string>& previous = {},
                                         const std::optional<std::string>& root = {}) {
  const Result<Replay> result = replay({bundle, previous, root});
  if (!result) return {result.error().message};
  EXPECT_EQ(result->passed(), failures_of(*result).empty());
  return failures_of(*result);
}

// Of the links and of the chain itself.
inline std::vector<std::string> faults(const Chain& chain) {
  std::vector<std::string> all;
  for (const Replay& link : chain.links)
    for (const std::string& fault : failures_of(link)) all.push_back(fault);
  for (const Check& check : chain.checks)
    if (!check.passed) all.push_back(check.name + ": " + check.message);
  EXPECT_EQ(chain.passed(), all.empty());
  return all;
}

}  // namespace chancery::ceremony::testing
