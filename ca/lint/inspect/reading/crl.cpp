#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule crl{
    .id = "parser.crl",
    .citation = "RFC 5280 section 5.1",
    .quote = "The X.509 v2 CRL syntax is as follows.",
    .advice = "Issue it again as RFC 5280 writes lists; at most 100,000 entries in 8 MiB are read."};

}  // namespace chancery::lint::reading
