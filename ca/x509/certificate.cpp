#include "ca/x509/certificate.h"

#include <optional>

#include "ca/x509/signed_object.h"

namespace chancery::x509 {
namespace {

constexpr std::string_view pem_label = "CERTIFICATE";
constexpr std::size_t chain_limit = 16;  // certificates in one PEM text
constexpr std::size_t pem_limit = chain_limit * certificate_limit / 2;

Error malformed(std::string_view what) {
  return make_error(ErrorCode::validation, "malformed certificate: " + std::string(what) + " (RFC 5280 4.1)");
}

Error not_pem(std::string_view what) {
  return make_error(
      ErrorCode::validation,
      "expected PEM certificates (-----BEGIN CERTIFICATE-----) and nothing else: " + std::string(what));
}

}  // namespace

Bytes assemble_certificate(ByteView tbs, crypto::SignatureAlgorithm algorithm, ByteView signature) {
  return assemble_signed(tbs, algorithm, signature);
}

Result<Certificate> Certificate::parse(ByteView der) {
  if (der.size() > certificate_limit) return malformed("larger than 65536 bytes");
  const std::optional<SignedParts> parts = read_signed(der);
  if (!parts) return malformed("not one DER sequence of three, or followed by other bytes");
  Result<ParsedTbs> fields = parse_tbs(parts->body.whole);
  if (!fields) return std::move(fields).error();
  if (!equal(parts->algorithm, fields->signature_algorithm)) {
    return malformed("the algorithm inside and outside the signature differ");
  }
  const std::optional<crypto::SignatureAlgorithm> known =
      crypto::parse_algorithm_identifier(parts->algorithm);
  if (!known)
    return malformed("the signature algorithm is not supported; use ECDSA or RSA with SHA-2, or Ed25519");
  return Certificate(std::make_shared<const State>(State{to_bytes(der), to_bytes(parts->body.whole),
                                                         to_bytes(parts->signature), std::move(*fields),
                                                         *known, crypto::sha256(der)}));
}

Result<Certificate> Certificate::parse_pem(std::string_view pem) {
  Result<std::vector<Certificate>> chain = parse_pem_chain(pem);
  if (!chain) return std::move(chain).error();
  if (chain->size() != 1) return not_pem("there are " + std::to_string(chain->size()) + " where one belongs");
  return std::move(chain->front());
}

std::string Certificate::subject_text() const {
  const Result<Name> name = Name::parse(fields().subject);
  return name ? name->to_string() : std::string();
}

std::string Certificate::to_pem() const {
  return chancery::to_pem(pem_label, der());
}

Result<std::vector<Certificate>> parse_pem_chain(std::string_view pem) {
  if (pem.size() > pem_limit)
    return not_pem("the text is larger than " + std::to_string(pem_limit) + " bytes");
  const std::optional<std::vector<PemBlock>> blocks = parse_pem(pem);
  if (!blocks) return not_pem("the text is not PEM");
  if (blocks->size() > chain_limit) return not_pem("more than 16 certificates");
  std::vector<Certificate> chain;
  for (const PemBlock& block : *blocks) {
    if (block.label != pem_label) return not_pem("found a block " + block.label.substr(0, 64));
    Result<Certificate> certificate = Certificate::parse(block.der);
    if (!certificate) return std::move(certificate).error();
    chain.push_back(std::move(*certificate));
  }
  return chain;
}

}  // namespace chancery::x509
