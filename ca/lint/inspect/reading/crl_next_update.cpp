#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule crl_next_update{
    .id = "parser.crl_next_update",
    .citation = "RFC 5280 section 5.1.2.5",
    .quote = "Conforming CRL issuers MUST include the nextUpdate field in all CRLs.",
    .advice =
        "Issue the list again with nextUpdate: without it an old list passes for the present one for ever."};

}  // namespace chancery::lint::reading
