// The certificates that verify looks at, from files and folders.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/result.h"
#include "ca/x509/certificate.h"

namespace chancery::ceremony {

struct CertificateFile {
  std::string path;
  x509::Certificate certificate;
  std::optional<TimePoint> signed_at;  // none: its notBefore stands for that moment
};

struct CertificateFiles {
  CertificateFile root;
  std::vector<CertificateFile> others;  // in the order found, each certificate once, the root left out
};

// Files are PEM chains. Of a folder every *.pem directly in it counts that begins with a certificate, short
// files first. Without `root_path` the one self-issued certificate among them is the root.
// Errors: not_found, payload_too_large, validation (malformed; no root or several to choose from; more than
// 64 certificates).
Result<CertificateFiles> load_certificate_files(const std::optional<std::string>& root_path,
                                                const std::vector<std::string>& paths);

}  // namespace chancery::ceremony
