// The command `report`.
#pragma once

#include <optional>
#include <string>

#include "ca/ceremony/cli/cli.h"

namespace CLI {
class App;
}

namespace chancery::ceremony {

class ReportCommand {
 public:
  // `app` must outlive this, and this must stay where it is until the command line is parsed.
  void add_to(CLI::App& app, const std::string& footer);
  [[nodiscard]] bool chosen() const;
  [[nodiscard]] int run(const Surroundings& to) const;  // the exit status

 private:
  const CLI::App* command_ = nullptr;
  std::string bundle_;
  std::optional<std::string> previous_, root_, output_, pdf_;
  bool json_ = false;
};

}  // namespace chancery::ceremony
