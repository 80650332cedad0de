// Stage one: what an established caller asks for. A request to the authority is made from the proof that its
// credential was verified, so that no handler can ask in anybody's name.
#pragma once

#include <optional>
#include <string>

#include "ca/base/ids.h"
#include "ca/base/result.h"
#include "ca/policy/evaluate.h"
#include "ca/store/request_records.h"
#include "ca/x509/csr.h"

// Those who verify credentials. Named here, not included: rows below know nothing of them.
namespace chancery::identity {
class Authenticator;
}
namespace chancery::server {
class LocalOperator;
}
namespace chancery::test {
class Voucher;
}

namespace chancery::authority {

// What a request is about, whoever makes it.
struct Asked {
  x509::CertificateRequest csr;
  std::string idempotency_key;  // "" = none; 1..128 visible ASCII characters
  RequestId request_id;
};

// The details of a request, as its credential allows them.
struct IssueRequest {
  policy::Requester requester;  // who the certificate is for, and the names it is bound to
  Identity actor;               // who asks: the same, or an operator
  ProfileName actor_profile;    // of the certificate that asks; empty = none does
  std::string
      authorised_by;  // serial of the certificate that asks; must be valid at the intent; "" = none does
  ProfileName profile;
  x509::CertificateRequest csr;
  std::optional<store::Digest> token_hash;  // consumed in the issuance transaction
  std::string idempotency_key;
  RequestId request_id;
  std::optional<store::CertificateRecord> renews;  // then the key must be new to the store
  std::optional<store::ApprovalRequest> approval;  // the kept request, once it has its approvals
};

// Whether the certificate that the request renews may do so at `now`, as it stands in `current`, and whether
// its names stay. Errors: forbidden; internal.
Result<void> check_renewal(const IssueRequest& request, const store::CertificateRow& current, TimePoint now);

class Authority;

// Only an Authentication makes one, or the authority again from what it has kept of one. Immutable.
class AuthenticatedRequest {
 public:
  [[nodiscard]] const IssueRequest& details() const { return details_; }

 private:
  friend class Authentication;
  friend class Authority;
  friend class test::Voucher;
  explicit AuthenticatedRequest(IssueRequest details) : details_(std::move(details)) {}
  // As it was asked; `renewed` is the certificate that it renews, as it is now. Errors: forbidden when that
  // may not be renewed at `now`; internal.
  static Result<AuthenticatedRequest> resume(const store::ApprovalRequest& kept,
                                             const std::optional<store::CertificateRow>& renewed,
                                             TimePoint now);
  IssueRequest details_;
};

// A credential that was verified: an enrolment token, a client certificate, or the CA's own files. Made only
// by those who verify. Immutable; says what was true when it was made, so revocation is judged again in the
// intent's commit.
class Authentication {
 public:
  [[nodiscard]] const Identity& identity() const { return identity_; }
  // Granted by the certificate's profile; never by a token.
  [[nodiscard]] policy::Role role() const { return role_; }
  [[nodiscard]] bool is_operator() const { return role_ == policy::Role::operator_; }
  // Null when the credential is another; lives as long as this.
  [[nodiscard]] const store::CertificateRow* certificate() const {
    return certificate_ ? &*certificate_ : nullptr;
  }
  [[nodiscard]] const store::Token* token() const { return token_ ? &*token_ : nullptr; }

  // A certificate for anybody. Errors: forbidden unless an operator asks.
  [[nodiscard]] Result<AuthenticatedRequest> for_other(Identity identity, ProfileName profile,
                                                       Asked asked) const;
  // The certificate that the credential is bound to: identity, profile and names are the token's, or those of
  // the certificate, which this then renews. Errors: forbidden for a credential that is bound to nothing;
  // internal.
  [[nodiscard]] Result<AuthenticatedRequest> for_own(Asked asked) const;
  // for_own() of a certificate, once check_renewal() has passed. Errors: forbidden, also when the credential
  // is no certificate.
  [[nodiscard]] Result<AuthenticatedRequest> for_renewal(Asked asked, TimePoint now) const;

 private:
  friend class identity::Authenticator;
  friend class server::LocalOperator;
  friend class test::Voucher;
  Authentication(Identity identity, policy::Role role) : identity_(std::move(identity)), role_(role) {}
  Authentication(store::CertificateRow certificate, policy::Role role)
      : identity_(certificate.certificate.identity), role_(role), certificate_(std::move(certificate)) {}
  explicit Authentication(store::Token token) : identity_(token.identity), token_(std::move(token)) {}

  Identity identity_;
  policy::Role role_ = policy::Role::none;
  std::optional<store::CertificateRow> certificate_;
  std::optional<store::Token> token_;
};

}  // namespace chancery::authority
