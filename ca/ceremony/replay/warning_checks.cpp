// What the lints warn of, against what the transcript says that people were told, and answered for.
#include <algorithm>
#include <array>

#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/run/finished_certificate.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

using Warnings = std::vector<Finding>;

// Of which no program before format 3 warned: a rule that begins to warn is named here, and a new format
// begun.
constexpr std::array<std::string_view, 5> since_format_3{
    "crl.number_step", "crl.reissue_margin", "crl.root_serial", "crl.serial_length", "cross.not_after"};

Warnings only_warnings(const Material& material, const Findings& findings) {
  const auto unknown_then = [&](const Finding& finding) {
    return material.format() < 3 &&
           std::find(since_format_3.begin(), since_format_3.end(), finding.id) != since_format_3.end();
  };
  Warnings warnings;
  std::copy_if(findings.list().begin(), findings.list().end(), std::back_inserter(warnings),
               [&](const Finding& finding) {
                 return finding.severity == Severity::warning && !unknown_then(finding);
               });
  return warnings;
}

// Of what was signed; nothing where there is none, or where other checks say that it cannot be judged.
std::optional<Warnings> warnings_of(const Material& material) {
  const Kind kind = material.script.kind();
  const x509::Certificate* issuer = material.signer();
  if (issuer == nullptr) return std::nullopt;
  if (const x509::Crl* crl = material.crl(crl_output(material.script.plan))) {
    const Result<Findings> findings = crl_findings(material, *crl, *issuer);
    return findings ? std::optional(only_warnings(material, *findings)) : std::nullopt;
  }
  const x509::Certificate *made = material.made(), *target = material.certificate(target_file);
  if (made == nullptr || (kind == Kind::cross_certificate && target == nullptr)) return std::nullopt;
  return only_warnings(material, lint_findings(*made, lint_kind(kind), kind == Kind::root ? nullptr : issuer,
                                               target, signing_moment(material)));
}

std::string told_fault(const std::vector<Entry>& told, const Warnings& found) {
  for (std::size_t i = 0; i < std::min(told.size(), found.size()); ++i) {
    for (const auto& [field, wanted] :
         {std::pair<std::string_view, std::string>{"rule", found[i].id}, {"message", found[i].message}}) {
      if (told[i].text(field) != wanted)
        return told[i].place(field) + ": it says \"" + told[i].text(field) + "\", the lints \"" + wanted +
               "\"";
    }
  }
  if (told.size() > found.size()) return told[found.size()].place("rule") + ": the lints do not warn of this";
  if (told.size() == found.size()) return "";
  return std::string(transcript_file) + ": nobody was told of the warning " + found[told.size()].id + ": " +
         found[told.size()].message;
}

// What it must come before: the last word, or the first thing that was written.
std::optional<Entry> last_moment(const Material& material) {
  const std::vector<Entry> words = material.record.all("point_of_no_return"),
                           written = material.record.all("artefact");
  if (knows_what_is_signed(material) && !words.empty()) return words.back();
  if (!written.empty()) return written.front();
  return std::nullopt;
}

// That the answer is right is the matter of people_checks.cpp.
std::string confirmed_fault(const Material& material, const std::vector<Entry>& told) {
  if (told.empty()) return "";
  for (const Entry& answer : material.record.all("answer")) {
    if (answer.text("id") != warnings_question) continue;
    if (answer.line < told.back().line)
      return answer.place("id") + ": it was answered before the warning of line " +
             std::to_string(told.back().line);
    if (const std::optional<Entry> moment = last_moment(material); moment && answer.line > moment->line)
      return answer.place("id") + ": it was answered after line " + std::to_string(moment->line);
  }
  return "";
}

}  // namespace

void check_warnings(const Material& material, std::vector<Check>& checks) {
  const std::optional<Warnings> found = warnings_of(material);
  if (!found) return;
  const std::string name = "warnings of the lints";
  if (material.format() < 2 && !found->empty()) {
    checks.push_back(recorded_since_format_2(name));
    return;
  }
  const std::vector<Entry> told = material.record.all("lint.warning");
  std::string fault = told_fault(told, *found);
  if (fault.empty()) fault = confirmed_fault(material, told);
  checks.push_back(check_of(
      name, fault,
      told.empty() ? "none" : std::to_string(told.size()) + ", told and confirmed before the signature"));
}

}  // namespace chancery::ceremony
