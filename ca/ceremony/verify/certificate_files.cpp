#include "ca/ceremony/verify/certificate_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "ca/base/file.h"
#include "ca/ceremony/script/script.h"

namespace chancery::ceremony {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_limit = std::size_t{32} * x509::certificate_limit;  // a full chain in base64
constexpr std::size_t most_certificates = 64;

using List = std::vector<CertificateFile>;

bool self_issued(const CertificateFile& file) {
  return equal(file.certificate.fields().issuer, file.certificate.fields().subject);
}

void add_once(List& list, CertificateFile file) {
  const auto same = [&](const CertificateFile& other) {
    return equal(other.certificate.der(), file.certificate.der());
  };
  if (std::none_of(list.begin(), list.end(), same)) list.push_back(std::move(file));
}

Result<void> add_pem(List& list, const std::string& path, std::string_view text) {
  const Result<std::vector<x509::Certificate>> chain = x509::parse_pem_chain(text);
  if (!chain) return with_context(chain.error(), path);
  for (const x509::Certificate& certificate : *chain) add_once(list, {path, certificate});
  if (list.size() <= most_certificates) return {};
  return make_error(ErrorCode::validation, "more than " + std::to_string(most_certificates) +
                                               " certificates; verify fewer at a time");
}

Result<void> add_file(List& list, const std::string& path) {
  const Result<std::string> text = read_file(path, file_limit);
  if (!text) return text.error();
  return add_pem(list, path, *text);
}

bool begins_with_certificate(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && text.substr(start).starts_with("-----BEGIN CERTIFICATE-----");
}

Result<std::vector<std::string>> pem_files(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".pem") names.push_back(it->path().string());
  }
  if (error) return make_error(ErrorCode::unavailable, "cannot look into " + folder + ": " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> add_folder(List& list, const std::string& folder) {
  const Result<std::vector<std::string>> names = pem_files(folder);
  if (!names) return names.error();
  for (const std::string& name : *names) {
    if (fs::path(name).filename().string().starts_with(rehearsal_mark)) {
      return make_error(
          ErrorCode::validation,
          name +
              " was made by a rehearsal: nothing of it may be used, and nothing of its folder is verified");
    }
  }
  std::vector<std::pair<std::string, std::string>> texts;
  for (const std::string& name : *names) {
    Result<std::string> text = read_file(name, file_limit);
    if (!text) return std::move(text).error();
    if (begins_with_certificate(*text)) texts.emplace_back(name, std::move(*text));  // keys lie there too
  }
  // Short files first, so that a certificate is shown under its own file rather than a chain's.
  std::stable_sort(texts.begin(), texts.end(),
                   [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  for (const auto& [name, text] : texts) {
    if (Result<void> ok = add_pem(list, name, text); !ok) return ok;
  }
  return {};
}

Result<CertificateFile> only_root(const List& found) {
  const auto first = std::find_if(found.begin(), found.end(), self_issued);
  if (first == found.end()) {
    return make_error(ErrorCode::validation, "no self-signed root among the files; name it with --root");
  }
  if (std::find_if(std::next(first), found.end(), self_issued) != found.end()) {
    return make_error(ErrorCode::validation,
                      "several self-signed roots among the files; choose one with --root");
  }
  return *first;
}

Result<CertificateFile> read_root(const std::string& path) {
  const Result<std::string> text = read_file(path, file_limit);
  if (!text) return with_context(text.error(), "the root");
  const Result<x509::Certificate> root = x509::Certificate::parse_pem(*text);
  if (!root) return with_context(root.error(), "the root " + path);
  return CertificateFile{path, *root};
}

}  // namespace

Result<CertificateFiles> load_certificate_files(const std::optional<std::string>& root_path,
                                                const std::vector<std::string>& paths) {
  List found;
  for (const std::string& path : paths) {
    std::error_code ignored;
    Result<void> ok = fs::is_directory(path, ignored) ? add_folder(found, path) : add_file(found, path);
    if (!ok) return std::move(ok).error();
  }
  Result<CertificateFile> root = root_path ? read_root(*root_path) : only_root(found);
  if (!root) return std::move(root).error();
  std::erase_if(found, [&](const CertificateFile& file) {
    return equal(file.certificate.der(), root->certificate.der());
  });
  return CertificateFiles{std::move(*root), std::move(found)};
}

}  // namespace chancery::ceremony
