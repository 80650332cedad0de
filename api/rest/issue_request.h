// The body of POST /v1/certificates and /v1/certificates/explain, and what the caller may ask with it.
#pragma once

#include <string>
#include <vector>

#include "api/rest/context.h"
#include "ca/authority/authority.h"

namespace chancery::rest {

// Binds the request to its caller: a token to its identity, profile and names; a client certificate to its
// own; an operator to nothing but the profile. Errors: validation, forbidden.
Result<authority::AuthenticatedRequest> read_issue_request(const Call& call);

// Errors: validation, payload_too_large, with the JSON pointer /csr.
Result<x509::CertificateRequest> parse_csr(const std::string& pem);

// The Idempotency-Key header as it came, "" when absent; the authority judges it.
std::string idempotency_key(const http::Request& request);

}  // namespace chancery::rest
