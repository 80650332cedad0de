#include "api/server/own_certificates.h"

#include <string>

#include "ca/lint/inspect.h"

namespace chancery::server {
namespace {

int warn_of(const lint::Inspection& inspection, const log::Logger& logger) {
  int count = 0;
  for (const Finding& finding : inspection.findings.list()) {
    logger.warning("issuer.finding",
                   "a certificate of this CA breaks a rule of today: " + std::string(finding.message),
                   {{"subject", inspection.subject},
                    {"rule", std::string(finding.id)},
                    {"citation", std::string(finding.citation)},
                    {"advice", std::string(finding.advice)}});
    ++count;
  }
  return count;
}

int judge(const x509::Certificate& certificate, lint::ObjectKind kind,
          const std::vector<x509::Certificate>& roots, const log::Logger& logger) {
  lint::InspectOptions options;
  options.kind = kind;
  options.issuers = roots;
  const auto inspected = lint::inspect(certificate.to_pem(), options);
  if (!inspected) {
    logger.warning("issuer.finding",
                   "a certificate of this CA could not be judged: " + inspected.error().message,
                   {{"subject", certificate.subject_text()}});
    return 1;
  }
  int count = 0;
  for (const lint::Inspection& inspection : *inspected) count += warn_of(inspection, logger);
  return count;
}

}  // namespace

int judge_own_certificates(const x509::Certificate& issuer, const std::vector<x509::Certificate>& roots,
                           const log::Logger& logger) {
  int count = judge(issuer, lint::ObjectKind::intermediate, roots, logger);
  for (const x509::Certificate& root : roots) count += judge(root, lint::ObjectKind::root, roots, logger);
  return count;
}

}  // namespace chancery::server
