#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule explanatory_text{
    .id = "parser.explanatory_text",
    .citation = "RFC 7468 section 2",
    .quote =
        "Data before the encapsulation boundaries are permitted, and parsers MUST NOT malfunction when "
        "processing such data.",
    .advice = "Remove it before Chancery's services read the file: they take PEM blocks and nothing else.",
    .severity = Severity::notice};

}  // namespace chancery::lint::reading
