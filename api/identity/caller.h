// Who is calling, once it has been established.
#pragma once

#include <optional>

#include "ca/authority/authentication.h"

namespace chancery::identity {

enum class CallerKind {
  anonymous,    // no credential at all
  token,        // an enrolment token: may ask for the certificate it names, nothing else
  certificate,  // a valid, recorded, unrevoked client certificate of this CA
};

// Anonymous, or what the Authenticator has proven.
class Caller {
 public:
  Caller() = default;
  explicit Caller(authority::Authentication proof) : proof_(std::move(proof)) {}

  [[nodiscard]] CallerKind kind() const {
    if (!proof_) return CallerKind::anonymous;
    return proof_->token() != nullptr ? CallerKind::token : CallerKind::certificate;
  }
  // The token's or the certificate's; empty when anonymous.
  [[nodiscard]] Identity identity() const { return proof_ ? proof_->identity() : Identity(); }
  [[nodiscard]] bool is_operator() const { return proof_ && proof_->is_operator(); }
  // Null when the credential is another; both live as long as the caller.
  [[nodiscard]] const store::CertificateRow* certificate() const {
    return proof_ ? proof_->certificate() : nullptr;
  }
  [[nodiscard]] const store::Token* token() const { return proof_ ? proof_->token() : nullptr; }
  // Not of an anonymous caller.
  [[nodiscard]] const authority::Authentication& proof() const { return proof_.value(); }

  // A host and an operator may bear one name; the profile tells them apart.
  [[nodiscard]] bool owns(const store::CertificateRecord& record) const {
    return certificate() != nullptr && record.identity == proof_->identity() &&
           record.profile == certificate()->certificate.profile;
  }

 private:
  std::optional<authority::Authentication> proof_;
};

}  // namespace chancery::identity
