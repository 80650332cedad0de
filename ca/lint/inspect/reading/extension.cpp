#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule extension{
    .id = "parser.extension",
    .citation = "RFC 5280 section 4.2",
    .quote = "Each extension includes an OID and an ASN.1 structure.",
    .advice = "Write the extension as its section of RFC 5280 says, or leave it out."};

}  // namespace chancery::lint::reading
