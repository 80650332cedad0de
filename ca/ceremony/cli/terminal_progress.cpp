#include "ca/ceremony/cli/terminal_progress.h"

#include <iomanip>
#include <ostream>
#include <sstream>

#include "ca/command_line/clean_output.h"

namespace chancery::ceremony {
namespace {

constexpr int step_width = 50;
constexpr std::size_t longest_beside = 40;  // octets

void command(std::ostream& out, std::string_view sequence) {
  if (auto* clean = dynamic_cast<command_line::CleanOutput*>(&out)) {
    clean->command(sequence);
  } else {
    out << sequence;
  }
}

Painted painted(std::string_view code, std::string_view text, bool colour) {
  return {colour ? code : std::string_view(), text};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Painted& painted) {
  if (painted.code.empty()) return out << painted.text;
  command(out, painted.code);
  out << painted.text;
  command(out, "\033[0m");
  return out;
}

Painted green(std::string_view text, bool colour) {
  return painted("\033[32m", text, colour);
}
Painted red(std::string_view text, bool colour) {
  return painted("\033[1;31m", text, colour);
}
Painted yellow(std::string_view text, bool colour) {
  return painted("\033[33m", text, colour);
}

void TerminalProgress::begin(std::size_t number, std::size_t total, std::string_view what) {
  std::ostringstream step;
  step << std::right << std::setw(3) << number << '/' << total << "  " << what;
  step_ = step.str();
  out_ << step_ << " ...\n" << std::flush;
}

void TerminalProgress::done(std::string_view given) {
  const std::string result = command_line::one_line(given);
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
