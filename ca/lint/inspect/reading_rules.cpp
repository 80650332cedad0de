#include "ca/lint/inspect/reading_rules.h"

#include <array>

namespace chancery::lint {
namespace reading {

constinit const ReadingRule algorithms_differ{
    .id = "parser.algorithms_differ",
    .citation = "RFC 5280 sections 4.1.1.2 and 5.1.1.2",
    .quote =
        "This field MUST contain the same algorithm identifier as the signature field in the sequence "
        "tbsCertificate (Section 4.1.2.3).",
    .advice = "Issue it again; the algorithm outside of what is signed could have been changed by anybody."};
constinit const ReadingRule certificate{
    .id = "parser.certificate",
    .citation = "RFC 5280 section 4.1",
    .quote = "The X.509 v3 certificate basic syntax is as follows.",
    .advice = "Make it again with software that writes what RFC 5280 asks; Chancery reads nothing else."};
constinit const ReadingRule crl{
    .id = "parser.crl",
    .citation = "RFC 5280 section 5.1",
    .quote = "The X.509 v2 CRL syntax is as follows.",
    .advice = "Issue a complete list of version 2, with nextUpdate and without unknown critical extensions."};
constinit const ReadingRule der{
    .id = "parser.der",
    .citation = "X.690 section 10.1",
    .quote = "The definite form of length encoding shall be used, encoded in the minimum number of octets.",
    .advice = "Fetch the file again; if it stays so, what made it writes no DER."};
constinit const ReadingRule explanatory_text{
    .id = "parser.explanatory_text",
    .citation = "RFC 7468 section 2",
    .quote =
        "Data before the encapsulation boundaries are permitted, and parsers MUST NOT malfunction when "
        "processing such data.",
    .advice = "Remove it before Chancery's services read the file: they take PEM blocks and nothing else.",
    .severity = Severity::notice};
constinit const ReadingRule extension{
    .id = "parser.extension",
    .citation = "RFC 5280 section 4.2",
    .quote = "Each extension includes an OID and an ASN.1 structure.",
    .advice = "Write the extension as its section of RFC 5280 says, or leave it out."};
constinit const ReadingRule public_key{
    .id = "parser.public_key",
    .citation = "RFC 5280 section 4.1.2.7, BR 7.1.3.1",
    .quote =
        "This field is used to carry the public key and identify the algorithm with which the key is used "
        "(e.g., RSA, DSA, or Diffie-Hellman).",
    .advice =
        "Make a new key: P-256, P-384, P-521 as an uncompressed point of a named curve, RSA or Ed25519."};
constinit const ReadingRule request{
    .id = "parser.request",
    .citation = "RFC 2986 sections 3 and 4",
    .quote =
        "A certification request consists of three parts: \"certification request information,\" a signature "
        "algorithm identifier, and a digital signature on the certification request information.",
    .advice =
        "Make the request again, as with: openssl req -new -key KEY -addext subjectAltName=DNS:web.example"};
constinit const ReadingRule serial_number{
    .id = "parser.serial_number",
    .citation = "RFC 5280 section 4.1.2.2",
    .quote = "CAs MUST force the serialNumber to be a non-negative integer.",
    .advice =
        "Issue it again with a positive serial number of at most 20 octets, without superfluous zeros."};
constinit const ReadingRule signature{
    .id = "chain.signature",
    .citation = "RFC 5280 sections 6.1.3 (a)(1) and 6.3.3 (g)",
    .quote =
        "The signature on the certificate can be verified using working_public_key_algorithm, the "
        "working_public_key, and the working_public_key_parameters.",
    .advice =
        "Give the certificate that really issued it; if this is the one, do not trust what it has signed."};
constinit const ReadingRule time{
    .id = "parser.time",
    .citation = "RFC 5280 section 4.1.2.5",
    .quote =
        "CAs conforming to this profile MUST always encode certificate validity dates through the year 2049 "
        "as UTCTime; certificate validity dates in 2050 or later MUST be encoded as GeneralizedTime.",
    .advice =
        "Write YYMMDDHHMMSSZ until 2049 and YYYYMMDDHHMMSSZ from 2050, with seconds and without fractions."};
constinit const ReadingRule version{
    .id = "parser.version",
    .citation = "RFC 5280 section 4.1.2.1",
    .quote = "When extensions are used, as expected in this profile, version MUST be 3 (value is 2).",
    .advice = "Issue it again as version 3: one of version 1 cannot say whether it is a CA."};

}  // namespace reading

std::span<const ReadingRule> all_reading_rules() {
  static const std::array rules{
      reading::signature, reading::algorithms_differ, reading::certificate, reading::crl,
      reading::der,       reading::explanatory_text,  reading::extension,   reading::public_key,
      reading::request,   reading::serial_number,     reading::time,        reading::version,
  };
  return rules;
}

void report(const ReadingRule& rule, Findings& findings, std::string message) {
  findings.add({rule.severity,
                std::string(rule.id),
                std::string(rule.citation),
                std::move(message),
                {},
                std::string(rule.quote),
                std::string(rule.advice)});
}

}  // namespace chancery::lint
