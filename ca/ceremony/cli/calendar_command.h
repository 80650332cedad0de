// The command `calendar`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/ceremony/cli/cli.h"

namespace CLI {
class App;
}

namespace chancery::ceremony {

class CalendarCommand {
 public:
  // `app` must outlive this, and this must stay where it is until the command line is parsed.
  void add_to(CLI::App& app, const std::string& footer);
  [[nodiscard]] bool chosen() const;
  [[nodiscard]] int run(const Surroundings& to) const;  // the exit status

 private:
  const CLI::App* command_ = nullptr;
  std::vector<std::string> bundles_;
  std::optional<std::string> output_, prometheus_;
  bool json_ = false;
};

}  // namespace chancery::ceremony
