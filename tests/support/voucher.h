// Vouches for callers in tests, where nobody verifies a credential.
#pragma once

#include <string>
#include <utility>

#include "ca/authority/authentication.h"

namespace chancery::test {

class Voucher {
 public:
  static authority::AuthenticatedRequest request(authority::IssueRequest details) {
    return authority::AuthenticatedRequest(std::move(details));
  }
  // What the operator "test" asks for another.
  static authority::AuthenticatedRequest for_other(const std::string& identity, const std::string& profile,
                                                   x509::CertificateRequest csr) {
    return authority::Authentication(Identity("test"), policy::Role::operator_)
        .for_other(Identity(identity), ProfileName(profile), {std::move(csr), "", RequestId("r")})
        .value();
  }
  static authority::Authentication token(store::Token token) {
    return authority::Authentication(std::move(token));
  }
  static authority::Authentication certificate(store::CertificateRow row,
                                               policy::Role role = policy::Role::none) {
    return {std::move(row), role};
  }
};

}  // namespace chancery::test
