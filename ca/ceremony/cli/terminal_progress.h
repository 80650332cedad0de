// Progress for people: one line a step, written in two halves so that a slow step is seen while it runs.
#pragma once

#include <iosfwd>

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
};

// `text` between the escape sequences of a colour, or as it is.
std::string green(std::string_view text, bool colour);
std::string red(std::string_view text, bool colour);

}  // namespace chancery::ceremony
