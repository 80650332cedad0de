#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule crl_critical_extension{
    .id = "parser.crl_critical_extension",
    .citation = "RFC 5280 sections 5.2 and 5.3",
    .quote =
        "If a CRL contains a critical extension that the application cannot process, then the application "
        "MUST NOT use that CRL to determine the status of certificates.",
    .advice = "Leave the extension out, or do not mark it critical where its definition allows that."};

}  // namespace chancery::lint::reading
