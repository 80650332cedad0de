// Progress for people: a line when a step begins, then whatever is said and shown in it, and a line with the
// same number and name when it ended. What it gave stands on a line of its own when it is long.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "ca/ceremony/run/run.h"

namespace chancery::ceremony {

class TerminalProgress final : public Progress {
 public:
  // `out` must outlive this.
  TerminalProgress(std::ostream& out, bool colour) : out_(out), colour_(colour) {}

  void begin(std::size_t number, std::size_t total, std::string_view what) override;
  void done(std::string_view result) override;
  void failed() override;

 private:
  std::ostream& out_;
  bool colour_;
  std::string step_;  // "  3/14  Check the machine"
};

// `text` between the escape sequences of a colour, or as it is.
std::string green(std::string_view text, bool colour);
std::string red(std::string_view text, bool colour);
std::string yellow(std::string_view text, bool colour);

}  // namespace chancery::ceremony
