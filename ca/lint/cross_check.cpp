#include "ca/lint/cross_check.h"

#include <botan/x509cert.h>

#include "ca/lint/cross_check_state.h"

namespace chancery::lint {
namespace {

Error certificate_disagreement(const std::string& what) {
  return disagreement("the certificate", what);
}

Botan::X509_Certificate read(const x509::Certificate& certificate) {
  return Botan::X509_Certificate(certificate.der().data(), certificate.der().size());
}

// The first thing that differs, "" when nothing does.
std::string difference(const Botan::X509_Certificate& theirs, const x509::Certificate& ours) {
  const x509::ParsedTbs& fields = ours.fields();
  if (theirs.x509_version() != 3) return "version";
  if (!same_serial(theirs.serial_number(), fields.serial.bytes())) return "serial number";
  if (!same_time(theirs.not_before(), fields.validity.not_before())) return "notBefore";
  if (!same_time(theirs.not_after(), fields.validity.not_after())) return "notAfter";
  if (!equal(theirs.raw_issuer_dn(), fields.issuer)) return "issuer";
  if (!equal(theirs.raw_subject_dn(), fields.subject)) return "subject";
  if (!equal(theirs.subject_public_key_info(), fields.spki)) return "public key";
  if (!same_names(theirs.v3_extensions(), fields.extensions.subject_alternative_names))
    return "subject alternative names";
  const bool ca = fields.extensions.basic_constraints && fields.extensions.basic_constraints->ca;
  if (theirs.is_CA_cert() && !ca) return "basicConstraints";
  if (!equal(theirs.tbs_data(), ours.tbs())) return "signed bytes";
  return {};
}

}  // namespace

CrossCheck::CrossCheck(std::unique_ptr<State> state) : state_(std::move(state)) {}
CrossCheck::CrossCheck(CrossCheck&&) noexcept = default;
CrossCheck& CrossCheck::operator=(CrossCheck&&) noexcept = default;
CrossCheck::~CrossCheck() = default;

Result<CrossCheck> CrossCheck::for_issuer(const x509::Certificate& issuer, CrossCheckOptions options) {
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(issuer.fields().spki);
  if (!key) return with_context(key.error(), "the issuer's key");
  try {
    auto state = std::make_unique<State>();
    state->options = options;
    state->subject = issuer.fields().subject;
    state->key = read(issuer).load_subject_public_key();
    state->algorithm = crypto::default_signature(key->type());
    return CrossCheck(std::move(state));
  } catch (const std::exception& error) {
    return make_error(
        ErrorCode::internal,
        "the second implementation cannot read the issuer's certificate; set issuer.cross_check: false only "
        "if you know why",
        error.what());
  }
}

Result<void> CrossCheck::check(const x509::Certificate& ours) const {
  try {
    const Botan::X509_Certificate theirs = read(ours);
    if (const std::string what = difference(theirs, ours); !what.empty())
      return certificate_disagreement(what);
    if (!equal(theirs.raw_issuer_dn(), state_->subject)) return certificate_disagreement("who issued it");
    if (ours.signature_algorithm() != state_->algorithm)
      return certificate_disagreement("signature algorithm");
    if (!equal(theirs.signature(), ours.signature())) return certificate_disagreement("signature");
    if (state_->options.verify_signature && !state_->verify(theirs.tbs_data(), ours.signature())) {
      return certificate_disagreement("the signature does not verify");
    }
    return {};
  } catch (const std::exception& error) {
    return disagreement("the certificate", "it cannot read it", error.what());
  }
}

}  // namespace chancery::lint
