#include "ca/ceremony/cli/results.h"

#include <algorithm>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <ostream>

#include "ca/ceremony/cli/terminal_progress.h"

namespace chancery::ceremony {
namespace {

using Json = nlohmann::ordered_json;

constexpr int check_width = 30;

std::string_view kind_text(lint::Kind kind) {
  switch (kind) {
    case lint::Kind::root:
      return "root";
    case lint::Kind::intermediate:
      return "intermediate";
    case lint::Kind::cross:
      return "cross";
    case lint::Kind::leaf:
      return "leaf";
  }
  return "?";
}

Json certificate_json(const x509::Certificate& certificate) {
  return {{"subject", certificate.subject_text()},
          {"serial", certificate.serial().to_string()},
          {"fingerprint", to_hex(certificate.fingerprint())},
          {"not_before", to_rfc3339(certificate.validity().not_before())},
          {"not_after", to_rfc3339(certificate.validity().not_after())}};
}

// Subjects come from certificates that anybody may have written; what is not UTF-8 must not throw here.
std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void print_certificate(std::ostream& out, const x509::Certificate& certificate) {
  out << "  subject      " << certificate.subject_text() << '\n'
      << "  serial       " << certificate.serial().to_string() << '\n'
      << "  valid        " << to_rfc3339(certificate.validity().not_before()) << " to "
      << to_rfc3339(certificate.validity().not_after()) << '\n'
      << "  fingerprint  " << fingerprint_text(certificate.fingerprint()) << '\n';
}

void print_checks(std::ostream& out, const CertificateReport& report, bool colour) {
  for (const Check& check : report.checks) {
    out << "  " << std::left << std::setw(check_width) << check.name
        << (check.passed ? green("ok    ", colour) : red("FAILED", colour)) << "  " << check.message << '\n';
  }
}

}  // namespace

std::string fingerprint_text(const crypto::Sha256Digest& digest) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const std::uint8_t octet : digest) {
    if (!text.empty()) text += ':';
    text += digits[octet >> 4U];
    text += digits[octet & 0x0fU];
  }
  return text;
}

void print_outcome(std::ostream& out, const Outcome& outcome) {
  out << (outcome.made ? "\nThe certificate\n" : "\nThe certificate of the key that was used\n");
  print_certificate(out, outcome.certificate);
  out << "\nThe transcript's head\n  " << to_hex(outcome.transcript_head) << '\n';
  out << "\nThe files (SHA-256)\n";
  for (const WrittenFile& file : outcome.files) out << "  " << to_hex(file.hash) << "  " << file.path << '\n';
  if (outcome.made) {
    out << "\nWrite the fingerprint into the ceremony's record; whoever installs the root must compare it.\n";
  }
}

void print_verification(std::ostream& out, const Verification& verification, bool colour) {
  std::size_t checks = 0, failed = 0;
  for (const CertificateReport& report : verification.certificates) {
    out << kind_text(report.kind) << "  " << report.path << '\n';
    print_certificate(out, report.certificate);
    print_checks(out, report, colour);
    out << '\n';
    checks += report.checks.size();
    for (const Check& check : report.checks) failed += check.passed ? 0 : 1;
  }
  if (failed == 0) {
    out << green("verified", colour) << ": " << verification.certificates.size() << " certificates, "
        << checks << " checks. Compare the root's fingerprint with the ceremony's record.\n";
  } else {
    out << red("NOT verified", colour) << ": " << failed << " of " << checks << " checks failed.\n";
  }
}

std::string outcome_json(const Outcome& outcome) {
  Json json = certificate_json(outcome.certificate);
  json["transcript_head"] = to_hex(outcome.transcript_head);
  json["files"] = Json::array();
  for (const WrittenFile& file : outcome.files) {
    json["files"].push_back({{"path", file.path}, {"sha256", to_hex(file.hash)}});
  }
  return dump(json);
}

void print_facts(std::ostream& out, const std::vector<Fact>& facts) {
  std::size_t width = 0;
  for (const Fact& fact : facts) width = std::max(width, fact.name.size());
  for (const Fact& fact : facts) {
    out << "  " << std::left << std::setw(static_cast<int>(width)) << fact.name << "  " << fact.value << '\n';
  }
}

std::string facts_json(const std::vector<Fact>& facts) {
  Json json = Json::object();
  for (const Fact& fact : facts) json[fact.name] = fact.value;
  return dump(json);
}

std::string verification_json(const Verification& verification) {
  Json json{{"passed", verification.passed()}, {"certificates", Json::array()}};
  for (const CertificateReport& report : verification.certificates) {
    Json entry{{"path", report.path}, {"kind", kind_text(report.kind)}};
    entry.update(certificate_json(report.certificate));
    entry["checks"] = Json::array();
    for (const Check& check : report.checks) {
      entry["checks"].push_back(
          {{"check", check.name}, {"passed", check.passed}, {"message", check.message}});
    }
    json["certificates"].push_back(std::move(entry));
  }
  return dump(json);
}

}  // namespace chancery::ceremony
