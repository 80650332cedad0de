#include "ca/ceremony/cli/error_report.h"

#include <ostream>
#include <string>

#include "ca/ceremony/cli/terminal_progress.h"
#include "ca/ceremony/interaction/text.h"

namespace chancery::ceremony {

int report_error(const Error& error, const Surroundings& to) {
  to.err << red("error", to.colour) << ": " << for_terminal(error.message) << '\n';
  for (const ErrorDetail& detail : error.details) {
    if (error.message.find(detail.message) != std::string::npos) continue;
    to.err << "  " << for_terminal(detail.rule + ": " + detail.message) << '\n';
  }
  if (!error.internal.empty()) to.err << "  (" << for_terminal(error.internal) << ")\n";
  return status_failed;
}

}  // namespace chancery::ceremony
