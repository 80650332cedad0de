// Who is calling, once it has been established.
#pragma once

#include <optional>

#include "ca/base/ids.h"
#include "ca/policy/evaluate.h"
#include "ca/store/records.h"

namespace chancery::identity {

enum class CallerKind {
  anonymous,    // no credential at all
  token,        // an enrolment token: may ask for the certificate it names, nothing else
  certificate,  // a valid, recorded, unrevoked client certificate of this CA
};

struct Caller {
  CallerKind kind = CallerKind::anonymous;
  Identity identity;                                 // the token's or the certificate's
  policy::Role role = policy::Role::none;            // granted by the certificate's profile; never by a token
  std::optional<store::CertificateRow> certificate;  // kind certificate
  std::optional<store::Token> token;                 // kind token

  [[nodiscard]] bool is_operator() const { return role == policy::Role::operator_; }
  // A host and an operator may bear one name; the profile tells them apart.
  [[nodiscard]] bool owns(const store::CertificateRecord& record) const {
    return certificate && record.identity == identity && record.profile == certificate->certificate.profile;
  }
};

}  // namespace chancery::identity
