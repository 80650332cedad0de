#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule crl_number{
    .id = "parser.crl_number",
    .citation = "RFC 5280 section 5.2.3",
    .quote = "Conforming CRL issuers MUST NOT use CRLNumber values longer than 20 octets.",
    .advice = "Number lists from 0 to 2^159 - 1, without superfluous octets."};

}  // namespace chancery::lint::reading
