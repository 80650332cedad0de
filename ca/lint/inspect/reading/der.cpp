#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule der{
    .id = "parser.der",
    .citation = "X.690 section 10.1",
    .quote = "The definite form of length encoding shall be used, encoded in the minimum number of octets.",
    .advice = "Fetch the file again; if it stays so, what made it writes no DER."};

}  // namespace chancery::lint::reading
