#include "ca/lint/inspect/reading/rules.h"

namespace chancery::lint::reading {

constinit const ReadingRule public_key{
    .id = "parser.public_key",
    .citation = "RFC 5280 section 4.1.2.7, BR 7.1.3.1",
    .quote =
        "This field is used to carry the public key and identify the algorithm with which the key is used "
        "(e.g., RSA, DSA, or Diffie-Hellman).",
    .advice =
        "Make a new key: P-256, P-384, P-521 as an uncompressed point of a named curve, RSA or Ed25519."};

}  // namespace chancery::lint::reading
