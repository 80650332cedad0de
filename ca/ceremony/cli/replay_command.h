// The command `replay`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/ceremony/cli/cli.h"

namespace CLI {
class App;
}

namespace chancery::ceremony {

class ReplayCommand {
 public:
  // `app` must outlive this, and this must stay where it is until the command line is parsed.
  void add_to(CLI::App& app, const std::string& footer);
  [[nodiscard]] bool chosen() const;
  [[nodiscard]] int run(const Surroundings& to) const;  // the exit status

 private:
  [[nodiscard]] int run_chain(const Surroundings& to) const;

  const CLI::App* command_ = nullptr;
  std::vector<std::string> bundles_;
  std::optional<std::string> previous_, root_;
  bool json_ = false, chain_ = false, strict_ = false;
};

}  // namespace chancery::ceremony
