// The CA's own certificates, judged by the rules of today: what a ceremony signed years ago was judged by
// those of then.
#pragma once

#include <vector>

#include "ca/log/log.h"
#include "ca/x509/certificate.h"

namespace chancery::server {

// One warning `issuer.finding` for each finding in the issuer or a root, with subject, rule, citation and
// what to do. Refuses nothing: an issuer that runs is replaced by a ceremony, not by a failed start. Returns
// how many.
int judge_own_certificates(const x509::Certificate& issuer, const std::vector<x509::Certificate>& roots,
                           const log::Logger& logger);

}  // namespace chancery::server
