#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule signature{
    .id = "chain.signature",
    .citation = "RFC 5280 sections 6.1.3 (a)(1) and 6.3.3 (g)",
    .quote =
        "The signature on the certificate can be verified using working_public_key_algorithm, the "
        "working_public_key, and the working_public_key_parameters.",
    .advice =
        "Give the certificate that really issued it; if this is the one, do not trust what it has signed."};

}  // namespace chancery::lint::reading
