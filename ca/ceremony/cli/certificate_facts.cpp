#include "ca/ceremony/cli/certificate_facts.h"

#include <ostream>

#include "ca/command_line/clean_output.h"

namespace chancery::ceremony {

using Json = nlohmann::ordered_json;

std::string fingerprint_text(const crypto::Sha256Digest& digest, std::size_t indent) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    if (i != 0) text += ':';
    if (i == digest.size() / 2) text.append("\n").append(indent, ' ');
    text += digits[digest[i] >> 4U];
    text += digits[digest[i] & 0x0fU];
  }
  return text;
}

void print_certificate(std::ostream& out, const x509::Certificate& certificate) {
  out << "  subject      " << command_line::one_line(certificate.subject_text()) << '\n'
      << "  serial       " << certificate.serial().to_string() << '\n'
      << "  valid        " << to_rfc3339(certificate.validity().not_before()) << " to "
      << to_rfc3339(certificate.validity().not_after()) << '\n'
      << "  fingerprint  " << fingerprint_text(certificate.fingerprint(), facts_column) << '\n';
}

Json certificate_json(const x509::Certificate& certificate) {
  return {{"subject", certificate.subject_text()},
          {"serial", certificate.serial().to_string()},
          {"fingerprint", to_hex(certificate.fingerprint())},
          {"not_before", to_rfc3339(certificate.validity().not_before())},
          {"not_after", to_rfc3339(certificate.validity().not_after())}};
}

std::string json_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chancery::ceremony
