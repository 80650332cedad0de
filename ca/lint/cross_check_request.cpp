// Botan reads the requests that we wrote, and those that others brought.
#include <botan/pkcs10.h>

#include "ca/lint/cross_check_state.h"

namespace chancery::lint {
namespace {

// The first thing that differs, "" when nothing does.
std::string difference(const Botan::PKCS10_Request& theirs, const x509::CertificateRequest& ours,
                       const x509::RequestParts& parts) {
  if (!equal(encoded_name(theirs.subject_dn()), parts.subject)) return "subject";
  if (!equal(theirs.raw_public_key(), parts.spki)) return "public key";
  if (!same_names(theirs.extensions(), ours.subject_alternative_names())) return "subject alternative names";
  if (!equal(theirs.tbs_data(), parts.info)) return "signed bytes";
  if (!equal(theirs.signature(), parts.signature)) return "signature";
  return {};
}

}  // namespace

Result<void> cross_check_request(ByteView der, const x509::CertificateRequest& ours) {
  const auto refused = [](const std::string& what, std::string internal = {}) {
    return disagreement("the certification request", what, std::move(internal));
  };
  try {
    const Botan::PKCS10_Request theirs(Bytes(der.begin(), der.end()));
    const x509::RequestParts parts = ours.parts();
    if (const std::string what = difference(theirs, ours, parts); !what.empty()) return refused(what);
    const std::unique_ptr<Botan::Public_Key> key(theirs.subject_public_key());
    const Bytes signed_bytes = theirs.tbs_data();
    if (make_verifier(*key, parts.algorithm)->verify_message(signed_bytes, theirs.signature())) return {};
    return refused("the signature does not verify");
  } catch (const std::exception& error) {
    return refused("it cannot read it", error.what());
  }
}

}  // namespace chancery::lint
