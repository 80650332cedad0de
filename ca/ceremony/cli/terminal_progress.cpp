#include "ca/ceremony/cli/terminal_progress.h"

#include <iomanip>
#include <ostream>
#include <sstream>

#include "ca/ceremony/interaction/text.h"

namespace chancery::ceremony {
namespace {

constexpr int step_width = 50;
constexpr std::size_t longest_beside = 40;  // octets

std::string painted(std::string_view code, std::string_view text, bool colour) {
  if (!colour) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

}  // namespace

std::string green(std::string_view text, bool colour) {
  return painted("32", text, colour);
}
std::string red(std::string_view text, bool colour) {
  return painted("1;31", text, colour);
}
std::string yellow(std::string_view text, bool colour) {
  return painted("33", text, colour);
}

void TerminalProgress::begin(std::size_t number, std::size_t total, std::string_view what) {
  std::ostringstream step;
  step << std::right << std::setw(3) << number << '/' << total << "  " << what;
  step_ = step.str();
  out_ << step_ << " ...\n" << std::flush;
}

void TerminalProgress::done(std::string_view given) {
  const std::string result = for_terminal(given);
  const bool own_line = result.size() > longest_beside;
  if (own_line) out_ << "        " << result << '\n';
  out_ << std::left << std::setw(step_width) << step_ << green("ok", colour_);
  if (!own_line) out_ << "      " << result;
  out_ << '\n' << std::flush;
}

void TerminalProgress::failed() {
  out_ << std::left << std::setw(step_width) << step_ << red("FAILED", colour_) << '\n' << std::flush;
}

}  // namespace chancery::ceremony
