#include "ca/ceremony/cli/error_report.h"

#include <ostream>
#include <string>

#include "ca/ceremony/cli/terminal_progress.h"
#include "ca/command_line/clean_output.h"

namespace chancery::ceremony {

using command_line::indented;
using command_line::one_line;

int report_error(const Error& error, const Surroundings& to) {
  to.err << red("error", to.colour) << ": " << indented(error.message, 2) << '\n';
  for (const ErrorDetail& detail : error.details) {
    if (error.message.find(detail.message) != std::string::npos) continue;
    to.err << "  " << indented(detail.rule + ": " + detail.message, 4) << '\n';
  }
  if (!error.internal.empty()) to.err << "  (" << one_line(error.internal) << ")\n";
  return status_failed;
}

}  // namespace chancery::ceremony
