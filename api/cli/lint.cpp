// lint: files judged on this machine, by the rules that the CA signs by. Asks no service.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "api/cli/commands.h"
#include "api/cli/json_text.h"
#include "api/cli/table.h"
#include "ca/base/file.h"
#include "ca/lint/inspect.h"

namespace chancery::cli {
namespace {

using lint::Inspection;
using nlohmann::json;

// What the options name, read.
struct Inputs {
  std::string text;
  crypto::KeyBlocklist blocked_keys;
  lint::InspectOptions options;
};

std::optional<lint::ObjectKind> kind_of(const std::string& text) {
  for (const auto kind : {lint::ObjectKind::root, lint::ObjectKind::intermediate, lint::ObjectKind::cross,
                          lint::ObjectKind::leaf, lint::ObjectKind::crl}) {
    if (lint::to_string(kind) == text) return kind;
  }
  return std::nullopt;
}

Result<std::string> read_input(const std::string& path) {
  Result<std::string> text = read_file(path, lint::inspect_limit);
  if (!text && text.error().code == ErrorCode::payload_too_large) {
    return make_error(ErrorCode::payload_too_large, path + " has more than " +
                                                        std::to_string(lint::inspect_limit) +
                                                        " bytes; nothing that is linted is so long");
  }
  return text;
}

Result<std::vector<x509::Certificate>> read_certificates(const std::string& path) {
  const Result<std::string> text = read_input(path);
  if (!text) return text.error();
  Result<std::vector<x509::Certificate>> chain = x509::parse_pem_chain(*text);
  if (!chain) return with_context(chain.error(), path);
  return chain;
}

Result<void> read_comparisons(const LintOptions& given, lint::InspectOptions& into) {
  if (!given.issuer_file.empty()) {
    Result<std::vector<x509::Certificate>> issuers = read_certificates(given.issuer_file);
    if (!issuers) return std::move(issuers).error();
    into.issuers = std::move(*issuers);
  }
  if (!given.target_file.empty()) {
    const Result<std::vector<x509::Certificate>> target = read_certificates(given.target_file);
    if (!target) return target.error();
    into.target = target->front();
  }
  if (!given.previous_file.empty()) {
    const Result<std::string> text = read_input(given.previous_file);
    if (!text) return text.error();
    Result<x509::Crl> previous = x509::Crl::parse_pem(*text);
    if (!previous) return with_context(std::move(previous).error(), given.previous_file);
    into.previous = std::move(*previous);
  }
  return {};
}

Result<Inputs> read_inputs(const LintOptions& given) {
  Inputs inputs;
  inputs.options.kind = kind_of(given.kind);
  if (!given.at.empty()) {
    inputs.options.signing_time = parse_rfc3339(given.at);
    if (!inputs.options.signing_time) {
      return make_error(ErrorCode::validation,
                        "--at '" + given.at + "' is no time; write it as 2026-11-27T12:00:00Z");
    }
  }
  if (Result<void> ok = read_comparisons(given, inputs.options); !ok) return std::move(ok).error();
  if (!given.blocklist_file.empty()) {
    Result<crypto::KeyBlocklist> list = crypto::KeyBlocklist::load(given.blocklist_file);
    if (!list) return std::move(list).error();
    inputs.blocked_keys = std::move(*list);
  }
  Result<std::string> text = read_input(given.file);
  if (!text) return std::move(text).error();
  inputs.text = std::move(*text);
  return inputs;
}

std::size_t count(const std::vector<Inspection>& found, Severity severity) {
  std::size_t sum = 0;
  for (const Inspection& each : found) {
    sum += static_cast<std::size_t>(
        std::count_if(each.findings.list().begin(), each.findings.list().end(),
                      [severity](const Finding& finding) { return finding.severity == severity; }));
  }
  return sum;
}

json to_json(const Inspection& inspection) {
  json findings = json::array();
  for (const Finding& finding : inspection.findings.list()) {
    findings.push_back({{"severity", to_string(finding.severity)},
                        {"id", finding.id},
                        {"message", finding.message},
                        {"citation", finding.citation},
                        {"quote", finding.quote},
                        {"advice", finding.advice}});
  }
  return {{"line", inspection.line},       {"kind", lint::to_string(inspection.kind)},
          {"subject", inspection.subject}, {"serial", inspection.serial},
          {"findings", findings},          {"not_judged", inspection.not_judged}};
}

std::string counted(std::size_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

std::string coloured(const Finding& finding, const Terminal& terminal) {
  std::string word(to_string(finding.severity));
  if (!terminal.colour || finding.severity == Severity::notice) return word;
  return (finding.severity == Severity::error ? "\033[31m" : "\033[33m") + word + "\033[0m";
}

void print(const Inspection& inspection, const std::string& file, const Terminal& terminal) {
  terminal.out << printable(file) << ":" << inspection.line << ": " << lint::to_string(inspection.kind);
  if (!inspection.subject.empty()) terminal.out << " " << printable(inspection.subject);
  if (!inspection.serial.empty()) terminal.out << ", number " << printable(inspection.serial);
  terminal.out << (inspection.findings.empty() ? ": nothing found\n" : "\n");
  for (const Finding& finding : inspection.findings.list()) {
    terminal.out << "  " << coloured(finding, terminal) << " " << finding.id << ": "
                 << printable(finding.message) << "\n"
                 << "    " << finding.citation << ": \"" << finding.quote << "\"\n"
                 << "    " << finding.advice << "\n";
  }
  if (inspection.not_judged.empty()) return;
  terminal.out << "  not judged, for want of what to compare with (--issuer, --target, --previous): ";
  for (const std::string& id : inspection.not_judged)
    terminal.out << (&id == inspection.not_judged.data() ? "" : ", ") << id;
  terminal.out << "\n";
}

int unreadable(const Error& error, const LintOptions& given, const ServerOptions& server,
               const Terminal& terminal) {
  const bool about_file = error.message.find(given.file) == std::string::npos;
  (void)complain(about_file && error.message.starts_with("line ") ? with_context(error, given.file) : error,
                 server, terminal);
  return exit_usage;
}

}  // namespace

int lint_file(const LintOptions& given, const ServerOptions& server, const Terminal& terminal) {
  Result<Inputs> inputs = read_inputs(given);
  if (!inputs) return unreadable(inputs.error(), given, server, terminal);
  inputs->options.blocked_keys = &inputs->blocked_keys;
  const Result<std::vector<Inspection>> found = lint::inspect(inputs->text, inputs->options);
  if (!found) return unreadable(with_context(found.error(), given.file), given, server, terminal);
  const std::size_t errors = count(*found, Severity::error), warnings = count(*found, Severity::warning);
  if (server.json) {
    json objects = json::array();
    for (const Inspection& inspection : *found) objects.push_back(to_json(inspection));
    terminal.out << pretty(
        {{"file", given.file}, {"objects", objects}, {"errors", errors}, {"warnings", warnings}});
  } else {
    for (const Inspection& inspection : *found) print(inspection, given.file, terminal);
    terminal.out << counted(errors, "error") << ", " << counted(warnings, "warning") << "\n";
  }
  return errors == 0 ? exit_ok : exit_refused;
}

}  // namespace chancery::cli
