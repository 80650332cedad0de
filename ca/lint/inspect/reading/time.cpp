#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule time{
    .id = "parser.time",
    .citation = "RFC 5280 section 4.1.2.5",
    .quote =
        "CAs conforming to this profile MUST always encode certificate validity dates through the year 2049 "
        "as UTCTime; certificate validity dates in 2050 or later MUST be encoded as GeneralizedTime.",
    .advice =
        "Write YYMMDDHHMMSSZ until 2049 and YYYYMMDDHHMMSSZ from 2050, with seconds and without fractions."};

}  // namespace chancery::lint::reading
