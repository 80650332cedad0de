#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule crl_repeated_serial{
    .id = "parser.crl_repeated_serial",
    .citation = "RFC 5280 section 5.1.2.6",
    .quote = "Certificates revoked by the CA are uniquely identified by the certificate serial number.",
    .advice = "List each certificate once, with the date and reason that hold."};

}  // namespace chancery::lint::reading
