#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule certificate{
    .id = "parser.certificate",
    .citation = "RFC 5280 section 4.1",
    .quote = "The X.509 v3 certificate basic syntax is as follows.",
    .advice = "Make it again with software that writes what RFC 5280 asks; Chancery reads nothing else."};

}  // namespace chancery::lint::reading
