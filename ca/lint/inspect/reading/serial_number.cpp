#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule serial_number{
    .id = "parser.serial_number",
    .citation = "RFC 5280 section 4.1.2.2",
    .quote = "CAs MUST force the serialNumber to be a non-negative integer.",
    .advice =
        "Issue it again with a positive serial number of at most 20 octets, without superfluous zeros."};

}  // namespace chancery::lint::reading
