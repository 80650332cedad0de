#include "ca/ceremony/cli/results.h"

#include <algorithm>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <ostream>

#include "ca/ceremony/cli/certificate_facts.h"
#include "ca/ceremony/cli/terminal_progress.h"
#include "ca/command_line/clean_output.h"

namespace chancery::ceremony {
namespace {

using command_line::indented;
using command_line::one_line;
using Json = nlohmann::ordered_json;

constexpr int check_width = 30;
constexpr std::size_t message_column = 40;  // behind the name and its state

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

void print_checks(std::ostream& out, const CertificateReport& report, bool colour) {
  for (const Check& check : report.checks) {
    out << "  " << std::left << std::setw(check_width) << check.name
        << (check.passed ? green("ok    ", colour) : red("FAILED", colour)) << "  "
        << indented(check.message, message_column) << '\n';
  }
}

}  // namespace

void print_verification(std::ostream& out, const Verification& verification, bool colour) {
  std::size_t checks = 0, failed = 0;
  for (const CertificateReport& report : verification.certificates) {
    out << kind_text(report.kind) << "  " << one_line(report.path) << '\n';
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

void print_facts(std::ostream& out, const std::vector<Fact>& facts) {
  std::size_t width = 0;
  for (const Fact& fact : facts) width = std::max(width, fact.name.size());
  for (const Fact& fact : facts) {
    out << "  " << std::left << std::setw(static_cast<int>(width)) << fact.name << "  "
        << indented(fact.value, width + 4) << '\n';
  }
}

Json facts_json(const std::vector<Fact>& facts) {
  Json json = Json::object();
  for (const Fact& fact : facts) json[fact.name] = fact.value;
  return json;
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
  return json_text(json);
}

}  // namespace chancery::ceremony
