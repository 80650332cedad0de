// PDF through a program that is there already: chromium or weasyprint.
#pragma once

#include <string>
#include <string_view>

#include "ca/base/result.h"

namespace chancery::ceremony {

// Prints `html` into the new file `path`; its octets. Runs chromium, chromium-browser or weasyprint of PATH,
// the first that is there, in a temporary folder of its own; the child has nothing but its files. Errors:
// not_found (none of them is installed; says what to do instead), conflict (`path` exists), unavailable (it
// failed).
Result<std::string> print_pdf(std::string_view html, const std::string& path);

// How many pages a PDF of these programs has, whose page objects (ISO 32000-1, 7.7.3.3) are not compressed; 0
// when there is none to be seen.
std::size_t page_count(std::string_view pdf);

}  // namespace chancery::ceremony
