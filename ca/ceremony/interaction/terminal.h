// People at the terminal.
#pragma once

#include <iosfwd>

#include "ca/ceremony/interaction/interaction.h"

namespace chancery::ceremony {

// Asks on /dev/tty, so that redirecting standard input cannot feed it by accident. The terminal's own line
// editing is off while a question stands: Ctrl-C, and SIGINT, SIGTERM or SIGHUP from elsewhere, give up the
// question instead of killing the process with the echo off. So does a terminal that goes away.
class Terminal final : public Interaction {
 public:
  // `out` is for show() and must outlive this.
  explicit Terminal(std::ostream& out) : out_(out) {}

  void show(std::string_view text) override;
  Result<std::string> ask(const Question& question) override;
  Result<SecretBytes> ask_secret(const Question& question) override;
  Result<SecretBytes> ask_new_secret(const Question& question) override;
  [[nodiscard]] SecretWay secret_way(const Question& /*question*/) const override {
    return SecretWay::terminal;
  }
  [[nodiscard]] unsigned tries() const override { return 3; }
  Result<void> finish() override { return {}; }

 private:
  std::ostream& out_;
};

}  // namespace chancery::ceremony
