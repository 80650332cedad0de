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

// The program's own words in a colour, or as they are; printed as a command of the program's where the stream
// is one that lets no others through (ca/command_line/clean_output.h).
struct Painted {
  std::string_view code;  // "" = none
  std::string_view text;
};
std::ostream& operator<<(std::ostream& out, const Painted& painted);
Painted green(std::string_view text, bool colour);
Painted red(std::string_view text, bool colour);
Painted yellow(std::string_view text, bool colour);

}  // namespace chancery::ceremony
