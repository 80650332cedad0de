#include "ca/x509/crl.h"

#include <algorithm>
#include <array>

#include "ca/x509/signed_object.h"

namespace chancery::x509 {
namespace {

constexpr std::string_view pem_label = "X509 CRL";
constexpr std::size_t pem_limit = 2 * crl_limit;

struct ReasonRow {
  RevocationReason reason;
  std::string_view name;
};
constexpr std::array<ReasonRow, 10> reason_rows{{
    {RevocationReason::unspecified, "unspecified"},
    {RevocationReason::key_compromise, "keyCompromise"},
    {RevocationReason::ca_compromise, "cACompromise"},
    {RevocationReason::affiliation_changed, "affiliationChanged"},
    {RevocationReason::superseded, "superseded"},
    {RevocationReason::cessation_of_operation, "cessationOfOperation"},
    {RevocationReason::certificate_hold, "certificateHold"},
    {RevocationReason::remove_from_crl, "removeFromCRL"},
    {RevocationReason::privilege_withdrawn, "privilegeWithdrawn"},
    {RevocationReason::aa_compromise, "aACompromise"},
}};

Error malformed(std::string_view what) {
  return make_error(ErrorCode::validation, "malformed CRL: " + std::string(what) + " (RFC 5280 5.1)");
}

Error refusal(std::string_view what) {
  return make_error(ErrorCode::validation, "the CRL" + std::string(what) + " (RFC 5280 6.3.3)");
}

}  // namespace

std::string_view to_string(RevocationReason reason) {
  const auto row = std::find_if(reason_rows.begin(), reason_rows.end(),
                                [&](const ReasonRow& each) { return each.reason == reason; });
  return row == reason_rows.end() ? "unknown" : row->name;
}

std::optional<RevocationReason> parse_revocation_reason(std::string_view text) {
  for (const ReasonRow& row : reason_rows) {
    if (row.name == text) return row.reason;
  }
  return std::nullopt;
}

Bytes assemble_crl(ByteView tbs, crypto::SignatureAlgorithm algorithm, ByteView signature) {
  return assemble_signed(tbs, algorithm, signature);
}

const RevokedCertificate* find_revoked(const ParsedCrl& crl, const SerialNumber& serial) {
  const auto found = std::find_if(crl.revoked.begin(), crl.revoked.end(),
                                  [&](const RevokedCertificate& entry) { return entry.serial == serial; });
  return found == crl.revoked.end() ? nullptr : &*found;
}

Result<Crl> Crl::parse(ByteView der) {
  if (der.size() > crl_limit) return malformed("larger than " + std::to_string(crl_limit) + " bytes");
  const std::optional<SignedParts> parts = read_signed(der);
  if (!parts) return malformed("not one DER sequence of three, or followed by other bytes");
  Result<ParsedCrl> fields = parse_tbs_cert_list(parts->body.whole);
  if (!fields) return std::move(fields).error();
  if (!equal(parts->algorithm, fields->signature_algorithm))
    return malformed("the algorithm inside and outside the signature differ");
  const std::optional<crypto::SignatureAlgorithm> known =
      crypto::parse_algorithm_identifier(parts->algorithm);
  if (!known)
    return malformed("the signature algorithm is not supported; use ECDSA or RSA with SHA-2, or Ed25519");
  return Crl(std::make_shared<const State>(State{to_bytes(der), to_bytes(parts->body.whole),
                                                 to_bytes(parts->signature), std::move(*fields), *known,
                                                 crypto::sha256(der)}));
}

Result<Crl> Crl::parse_pem(std::string_view pem) {
  if (pem.size() > pem_limit) return malformed("the PEM text is too large");
  const std::optional<std::vector<PemBlock>> blocks = chancery::parse_pem(pem);
  if (!blocks || blocks->size() != 1 || blocks->front().label != pem_label)
    return malformed("expected exactly one PEM block -----BEGIN X509 CRL----- and nothing else");
  return parse(blocks->front().der);
}

std::string Crl::to_pem() const {
  return chancery::to_pem(pem_label, der());
}

Result<void> verify_crl_issued_by(const Crl& crl, const Certificate& issuer) {
  const ParsedTbs& certificate = issuer.fields();
  if (!equal(crl.fields().issuer, certificate.subject)) return refusal(" names another issuer");
  if (!certificate.extensions.key_usage || !certificate.extensions.key_usage->crl_sign)
    return refusal("'s issuer may not sign CRLs: keyUsage lacks cRLSign");
  const Bytes& identifier = crl.fields().authority_key_identifier;
  if (!identifier.empty() && identifier != certificate.extensions.subject_key_identifier)
    return refusal(" was signed by another key of its issuer: the authority key identifier differs");
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(certificate.spki);
  if (!key) return with_context(key.error(), "the CRL's issuer");
  if (Result<void> ok = key->verify(crl.signature_algorithm(), crl.tbs(), crl.signature()); !ok)
    return with_context(std::move(ok).error(), "the CRL was not signed by its issuer");
  return {};
}

}  // namespace chancery::x509
