#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule crl_empty{
    .id = "parser.crl_empty",
    .citation = "RFC 5280 section 5.1.2.6",
    .quote = "When there are no revoked certificates, the revoked certificates list MUST be absent.",
    .advice = "Leave revokedCertificates out while nothing is revoked."};

}  // namespace chancery::lint::reading
