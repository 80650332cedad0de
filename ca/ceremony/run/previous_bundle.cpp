#include "ca/ceremony/run/previous_bundle.h"

#include <filesystem>

#include "ca/base/file.h"
#include "ca/ceremony/run/steps.h"
#include "ca/x509/chain.h"

namespace chancery::ceremony {
namespace {

constexpr std::size_t file_limit = std::size_t{16} << 20U;

// Names in a transcript have their rehearsal's prefix already, hence no input_path().
std::string path_of(const Inputs& inputs, const std::string& bundle, const std::string& name) {
  return (std::filesystem::path(inputs.input) / bundle / name).lexically_normal().string();
}

Result<void> check_name(const std::string& name) {
  if (!name.empty() && name.find('/') == std::string::npos && name != "..") return {};
  return make_error(ErrorCode::validation,
                    "the export list names \"" + name + "\", which is no plain file name");
}

Result<void> check_artefact(const Inputs& inputs, const std::string& bundle, const TranscriptLine& line) {
  const std::string name = text_in(line, "file");
  if (Result<void> ok = check_name(name); !ok) return ok;
  const std::string path = path_of(inputs, bundle, name);
  const Result<std::string> content = read_file(path, file_limit);
  if (!content) return with_context(content.error(), "a file of its export list");
  if (to_hex(crypto::sha256(as_bytes(*content))) == text_in(line, "sha256")) return {};
  return make_error(ErrorCode::validation, path + " is not the file whose SHA-256 the transcript records, " +
                                               text_in(line, "sha256") + "; bring the bundle as it was made");
}

std::string certificate_of(const Plan& plan) {
  if (const auto* one = std::get_if<RootPlan>(&plan)) return one->certificate_output;
  if (const auto* one = std::get_if<IntermediatePlan>(&plan)) return one->certificate_output;
  if (const auto* one = std::get_if<CrossCertificatePlan>(&plan)) return one->certificate_output;
  return "";
}

Result<PresentList> list_in(const Inputs& inputs, const std::string& path, bool last) {
  Result<std::string> text = read_file(path, 2 * x509::crl_limit);
  if (!text) return std::move(text).error();
  const Result<x509::Crl> crl = x509::Crl::parse_pem(input_pem(inputs, std::move(*text)));
  if (!crl) return with_context(crl.error(), path);
  const auto& number = crl->fields().number;
  if (!number) return make_error(ErrorCode::validation, path + ": the list has no number; it is not ours");
  return PresentList{true, number->to_string(), to_hex(crl->fingerprint()), last};
}

}  // namespace

Result<void> check_exported_files(const Inputs& inputs, const std::string& bundle,
                                  const Transcript& transcript) {
  for (const TranscriptLine& line : transcript.lines) {
    if (line.event != "artefact" || !std::get<bool>(line.data.at("public"))) continue;
    if (Result<void> ok = check_artefact(inputs, bundle, line); !ok) return ok;
  }
  for (const std::string& name :
       std::get<std::vector<std::string>>(transcript.lines.back().data.at("exported"))) {
    if (Result<void> ok = check_name(name); !ok) return ok;
    const std::string path = path_of(inputs, bundle, name);
    if (std::error_code error; !std::filesystem::is_regular_file(path, error))
      return make_error(ErrorCode::not_found, path + " is missing, and the export list names it");
  }
  return {};
}

Result<void> check_certified(const Inputs& inputs, const std::string& bundle, const Plan& plan) {
  const Authority* authority = authority_of(inputs.script.plan);
  const std::string name = certificate_of(plan);
  if (authority == nullptr || name.empty()) return {};
  const Result<x509::Certificate> issuer = read_certificate(inputs, authority->certificate);
  if (!issuer) return issuer.error();
  const Result<x509::Certificate> made = read_certificate(inputs, bundle + "/" + name);
  if (!made) return made.error();
  if (Result<void> ok = x509::verify_issued_by(*made, *issuer); !ok)
    return with_context(std::move(ok).error(), bundle + "/" + name);
  return {};
}

Result<PresentList> list_after(const Inputs& inputs, const std::string& bundle, const Script& script,
                               const Transcript& transcript) {
  if (const auto* crl = std::get_if<CrlPlan>(&script.plan))
    return list_in(inputs, input_path(inputs, bundle + "/" + crl->crl_output), !crl->last_reason.empty());
  if (script.kind() == Kind::root) return PresentList{};
  for (const TranscriptLine& line : transcript.lines) {
    if (line.event != "crl.present") continue;
    const auto last = line.data.find("last");
    return PresentList{std::get<bool>(line.data.at("known")), text_in(line, "number"),
                       text_in(line, "sha256"), last != line.data.end() && std::get<bool>(last->second)};
  }
  return PresentList{.known = false, .number = {}, .sha256 = {}};
}

}  // namespace chancery::ceremony
