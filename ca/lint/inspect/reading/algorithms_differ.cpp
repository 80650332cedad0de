#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule algorithms_differ{
    .id = "parser.algorithms_differ",
    .citation = "RFC 5280 sections 4.1.1.2 and 5.1.1.2",
    .quote =
        "This field MUST contain the same algorithm identifier as the signature field in the sequence "
        "tbsCertificate (Section 4.1.2.3).",
    .advice = "Issue it again; the algorithm outside of what is signed could have been changed by anybody."};

}  // namespace chancery::lint::reading
