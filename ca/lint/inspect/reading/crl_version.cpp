#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule crl_version{
    .id = "parser.crl_version",
    .citation = "RFC 5280 section 5.1.2.1",
    .quote =
        "When extensions are used, as required by this profile, this field MUST be present and MUST specify "
        "version 2 (the integer value is 1).",
    .advice =
        "Issue the list again as version 2: one of version 1 has no number and no authorityKeyIdentifier."};

}  // namespace chancery::lint::reading
