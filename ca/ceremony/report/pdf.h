// PDF through a program that is there already: chromium or weasyprint.
#pragma once

#include <string>
#include <string_view>

#include "ca/base/result.h"

namespace chancery::ceremony {

// Prints `html` into the new file `path`. Runs chromium, chromium-browser or weasyprint of PATH, the first
// that is there, in a temporary folder of its own; the child has nothing but its files. Errors: not_found
// (none of them is installed; says what to do instead), conflict (`path` exists), unavailable (it failed).
Result<void> print_pdf(std::string_view html, const std::string& path);

}  // namespace chancery::ceremony
