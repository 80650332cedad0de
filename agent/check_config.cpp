#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "agent/config.h"
#include "agent/file_system.h"
#include "agent/installed.h"
#include "agent/version_folder.h"
#include "ca/base/file.h"
#include "ca/x509/certificate.h"

namespace chancery::agent {
namespace {

class Faults {
 public:
  void add(const std::string& rule, const std::string& value, std::string message) {
    list_.push_back({rule, {}, value, std::move(message)});
  }
  [[nodiscard]] Result<void> result() const {
    if (list_.empty()) return {};
    Error error = make_error(ErrorCode::validation, {});
    for (const ErrorDetail& fault : list_) {
      error.message += (error.message.empty() ? "" : "\n") + fault.rule + ": " + fault.message;
    }
    error.details = list_;
    return error;
  }

 private:
  std::vector<ErrorDetail> list_;
};

void check_roots(const std::string& path, Faults& faults) {
  Result<std::string> pem = read_file(path, pem_limit);
  if (!pem) return faults.add("server.roots", path, pem.error().message);
  Result<std::vector<x509::Certificate>> roots = x509::parse_pem_chain(*pem);
  if (!roots) faults.add("server.roots", path, path + ": " + roots.error().message);
}

void check_program(const CertificateConfig& certificate, Faults& faults) {
  if (certificate.reload.empty()) return;
  const std::string& program = certificate.reload.front();
  const bool given_by_path = program.find('/') != std::string::npos;
  if (given_by_path && ::access(program.c_str(), X_OK) != 0) {
    faults.add("certificates." + certificate.name + ".reload", program,
               program + " is not a program that can be run; give its full path");
  }
}

void check_certificate(const CertificateConfig& certificate, Faults& faults) {
  const std::string rule = "certificates." + certificate.name;
  Result<Ownership> owner = find_ownership(certificate.owner, certificate.group);
  if (!owner) faults.add(rule + ".owner", certificate.owner + ":" + certificate.group, owner.error().message);
  const std::string& token = certificate.enrollment_token_file;
  Result<SecretBytes> secret = token.empty() ? Result<SecretBytes>(SecretBytes()) : read_secret_file(token);
  if (!secret && secret.error().code != ErrorCode::not_found) {
    faults.add(rule + ".enrollment_token_file", token, secret.error().message);
  }
  const std::string parent = std::filesystem::path(certificate.directory).parent_path().string();
  if (!std::filesystem::is_directory(parent)) {
    faults.add(rule + ".directory", certificate.directory,
               "the folder " + parent + " does not exist; make it first");
  }
  if (Result<std::vector<std::string>> versions = list_versions(certificate.directory); !versions) {
    faults.add(rule + ".directory", certificate.directory, versions.error().message);
  }
  check_program(certificate, faults);
}

}  // namespace

Result<void> check_config(const Config& config) {
  Faults faults;
  check_roots(config.roots_file, faults);
  for (const CertificateConfig& certificate : config.certificates) check_certificate(certificate, faults);
  return faults.result();
}

}  // namespace chancery::agent
