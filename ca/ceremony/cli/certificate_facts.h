// A certificate as people and programs are shown it. Inside ca/ceremony/cli.
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>

#include "ca/x509/certificate.h"

namespace chancery::ceremony {

// Upper-case hex with colons, as openssl and browsers show a fingerprint, in two lines, the second behind
// `indent` spaces: both fit on a console of 80 columns.
std::string fingerprint_text(const crypto::Sha256Digest& digest, std::size_t indent);

inline constexpr std::size_t facts_column = 15;  // where the values of "  name         value" begin

void print_certificate(std::ostream& out, const x509::Certificate& certificate);
// {"subject","serial","fingerprint","not_before","not_after"}; the fingerprint in lower-case hex of SHA-256.
nlohmann::ordered_json certificate_json(const x509::Certificate& certificate);
// Indented, with a line feed. Subjects come from certificates that anybody may have written: what is not
// UTF-8 is replaced.
std::string json_text(const nlohmann::ordered_json& json);

}  // namespace chancery::ceremony
