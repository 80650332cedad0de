#include "ca/ceremony/run/attempt_files.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "ca/ceremony/custody/share_custody.h"
#include "ca/shares/secret_sharing.h"

namespace chancery::ceremony {
namespace {

constexpr std::array own_names{"script.yaml",    "issuer.pem",       "previous-crl.pem",   "target.pem",
                               "target.csr.pem", "transcript.jsonl", "transcript.sig.void"};
constexpr std::size_t longest_number = 4;  // digits

std::set<std::string> outputs_of(const Plan& plan) {
  if (const auto* root = std::get_if<RootPlan>(&plan)) return {root->certificate_output};
  if (const auto* below = std::get_if<IntermediatePlan>(&plan))
    return {below->certificate_output, below->chain_output};
  if (const auto* csr = std::get_if<CrossCsrPlan>(&plan)) return {csr->request_output};
  if (const auto* cross = std::get_if<CrossCertificatePlan>(&plan))
    return {cross->certificate_output, cross->chain_output};
  if (const auto* crl = std::get_if<CrlPlan>(&plan)) return {crl->crl_output};
  return {};
}

// "revoked-12.pem"
bool is_numbered(std::string_view name, std::string_view before, std::string_view behind) {
  if (!name.starts_with(before) || !name.ends_with(behind)) return false;
  name.remove_prefix(before.size());
  if (name.size() <= behind.size() || name.size() > behind.size() + longest_number) return false;
  name.remove_suffix(behind.size());
  return name.front() != '0' &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string aborted_file(std::size_t number) {
  return std::string(aborted_prefix) + std::to_string(number) + std::string(aborted_suffix);
}

std::string file_stem(const Plan& plan) {
  std::string file;
  if (const auto* root = std::get_if<RootPlan>(&plan)) file = root->certificate_output;
  if (const auto* one = std::get_if<IntermediatePlan>(&plan)) file = one->certificate_output;
  if (const auto* one = std::get_if<RecoverPlan>(&plan)) file = one->authority.certificate;
  return std::filesystem::path(file).stem().string();
}

AttemptFiles::AttemptFiles(const Script& script, std::string prefix) : prefix_(std::move(prefix)) {
  for (const char* name : own_names) bundle_.insert(prefix_ + name);
  for (const std::string& name : outputs_of(script.plan)) bundle_.insert(prefix_ + name);
  const std::string stem = file_stem(script.plan);
  if (const auto* root = std::get_if<RootPlan>(&script.plan)) add_custody(root->custody, stem);
  if (const auto* below = std::get_if<IntermediatePlan>(&script.plan)) add_custody(below->custody, stem);
  const auto* recover = std::get_if<RecoverPlan>(&script.plan);
  if (recover != nullptr && recover->reshare) add_custody(*recover->reshare, stem);
}

// The number of officers may have been another one.
void AttemptFiles::add_custody(const CustodyPlan& plan, const std::string& stem) {
  if (const auto* one = std::get_if<FileCustody>(&plan)) custody_.insert(prefix_ + one->file);
  if (!std::holds_alternative<ShareCustody>(plan)) return;
  for (unsigned number = 1; number <= shares::most_shares; ++number)
    custody_.insert(prefix_ + share_file_name(stem, number));
}

void AttemptFiles::add(const Transcript& attempt) {
  for (const TranscriptLine& line : attempt.lines) {
    if (line.event != "artefact") continue;
    const auto& name = std::get<std::string>(line.data.at("file"));
    (std::get<bool>(line.data.at("public")) ? bundle_ : custody_).insert(name);
  }
}

bool AttemptFiles::in_bundle(const std::string& name) const {
  return bundle_.contains(name) || is_numbered(name, prefix_ + "revoked-", ".pem") ||
         is_numbered(name, prefix_ + std::string(aborted_prefix), aborted_suffix);
}

}  // namespace chancery::ceremony
