#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule version{
    .id = "parser.version",
    .citation = "RFC 5280 section 4.1.2.1",
    .quote = "When extensions are used, as expected in this profile, version MUST be 3 (value is 2).",
    .advice = "Issue it again as version 3: one of version 1 cannot say whether it is a CA."};

}  // namespace chancery::lint::reading
