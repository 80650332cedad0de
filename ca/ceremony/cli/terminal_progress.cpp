#include "ca/ceremony/cli/terminal_progress.h"

#include <iomanip>
#include <ostream>

namespace chancery::ceremony {
namespace {

constexpr int name_width = 42;

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

void TerminalProgress::begin(std::size_t number, std::size_t total, std::string_view what) {
  out_ << std::right << std::setw(3) << number << '/' << total << "  " << std::left << std::setw(name_width)
       << what << std::flush;
}

void TerminalProgress::done(std::string_view result) {
  out_ << green("ok", colour_) << "      " << result << '\n' << std::flush;
}

void TerminalProgress::failed() {
  out_ << red("FAILED", colour_) << '\n' << std::flush;
}

}  // namespace chancery::ceremony
