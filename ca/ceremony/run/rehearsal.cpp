#include "ca/ceremony/run/rehearsal.h"

#include <filesystem>
#include <utility>

#include "ca/ceremony/custody/secret_file.h"

namespace chancery::ceremony {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view word = "REHEARSAL ";

fs::path real_path(const Inputs& inputs, const std::string& path) {
  return path_in(inputs.input, path);
}

fs::path rehearsed_name(const fs::path& path) {
  return path.parent_path() / (std::string(rehearsal_mark) + path.filename().string());
}

fs::path rehearsed_path(const Inputs& inputs, const std::string& path) {
  return rehearsed_name(real_path(inputs, path));
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

Result<x509::Certificate> sign_certificate(const x509::CertificateFields& fields, const keys::Signer& key) {
  const Bytes tbs = x509::encode_tbs(fields);
  const Result<Bytes> signature = key.sign(fields.signature, tbs);
  if (!signature) return signature.error();
  return x509::Certificate::parse(x509::assemble_certificate(tbs, fields.signature, *signature));
}

x509::CertificateFields fields_for(const x509::ParsedTbs& real, const crypto::PublicKey& key) {
  x509::CertificateFields fields{.serial = real.serial,
                                 .signature = crypto::default_signature(key.type()),
                                 .issuer = real.issuer,
                                 .validity = real.validity,
                                 .subject = {},
                                 .spki = to_bytes(key.spki()),
                                 .extensions = real.extensions,
                                 .exact_subject = real.subject};
  fields.extensions.subject_key_identifier = to_bytes(key.key_identifier());
  if (equal(real.issuer, real.subject) && !fields.extensions.authority_key_identifier.empty()) {
    fields.extensions.authority_key_identifier = fields.extensions.subject_key_identifier;
  }
  return fields;
}

}  // namespace

std::string_view file_prefix(const Inputs& inputs) {
  return inputs.rehearsal ? rehearsal_mark : std::string_view{};
}

bool is_rehearsed(const Inputs& inputs, const std::string& path) {
  std::error_code ignored;
  return inputs.rehearsal && fs::exists(rehearsed_path(inputs, path), ignored);
}

std::string input_path(const Inputs& inputs, const std::string& path) {
  return is_rehearsed(inputs, path) ? rehearsed_path(inputs, path).string()
                                    : real_path(inputs, path).string();
}

std::optional<std::string> previous_folder(const Inputs& inputs) {
  const auto* bundle = std::get_if<PreviousBundle>(&inputs.script.previous);
  return bundle == nullptr ? std::nullopt : std::optional(input_path(inputs, bundle->path));
}

std::string output_pem(const Inputs& inputs, std::string pem) {
  if (!inputs.rehearsal) return pem;
  for (const std::string part : {"-----BEGIN ", "-----END "})
    replace_all(pem, part, part + std::string(word));
  return pem;
}

std::string input_pem(const Inputs& inputs, std::string pem) {
  return inputs.rehearsal ? earnest_pem(std::move(pem)) : pem;
}

std::string earnest_pem(std::string pem) {
  for (const std::string part : {"-----BEGIN ", "-----END "})
    replace_all(pem, part + std::string(word), part);
  return pem;
}

// The custody itself looks from the input folder, hence no input_path().
CustodyPlan used_custody(const Inputs& inputs, CustodyPlan plan) {
  const auto rehearsed = [&](std::string& file) {
    if (is_rehearsed(inputs, file)) file = rehearsed_name(file).string();
  };
  if (auto* shares = std::get_if<ShareCustody>(&plan)) {
    for (std::string& file : shares->files) rehearsed(file);
  } else if (auto* file = std::get_if<FileCustody>(&plan)) {
    rehearsed(file->file);
  }
  return made_custody(inputs, std::move(plan));
}

CustodyPlan made_custody(const Inputs& inputs, CustodyPlan plan) {
  if (auto* token = std::get_if<TokenCustody>(&plan)) token->key.insert(0, file_prefix(inputs));
  return plan;
}

Result<StandIn> stand_in_for(const x509::Certificate& real) {
  const Result<crypto::PublicKey> theirs = crypto::PublicKey::from_spki(real.fields().spki);
  if (!theirs) return theirs.error();
  Result<crypto::PrivateKey> key = crypto::PrivateKey::generate(theirs->type());
  if (!key) return std::move(key).error();
  std::unique_ptr<keys::Signer> signer = keys::make_memory_signer(std::move(*key));
  Result<x509::Certificate> certificate =
      sign_certificate(fields_for(real.fields(), signer->public_key()), *signer);
  if (!certificate) return std::move(certificate).error();
  return StandIn{std::move(*certificate), std::move(signer)};
}

}  // namespace chancery::ceremony
