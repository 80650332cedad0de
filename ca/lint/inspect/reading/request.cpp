#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule request{
    .id = "parser.request",
    .citation = "RFC 2986 sections 3 and 4",
    .quote =
        "A certification request consists of three parts: \"certification request information,\" a signature "
        "algorithm identifier, and a digital signature on the certification request information.",
    .advice =
        "Make the request again, as with: openssl req -new -key KEY -addext subjectAltName=DNS:web.example"};

}  // namespace chancery::lint::reading
