#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule crl_partial{
    .id = "parser.crl_partial",
    .citation = "RFC 5280 sections 5, 5.2.4 and 5.2.5",
    .quote =
        "A full and complete CRL lists all unexpired certificates issued by a CA that have been revoked for "
        "any reason.",
    .advice =
        "Issue a complete list: no delta, no indirect one, for every reason, of public-key certificates."};

}  // namespace chancery::lint::reading
