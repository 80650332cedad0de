#include <utility>

#include "ca/base/file.h"
#include "ca/ceremony/run/fields.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

constexpr mode_t public_mode = 0644, secret_mode = 0600;

const crypto::PublicKey& issuer_key(const Workbench& bench) {
  return bench.issuer ? bench.issuer->public_key() : bench.new_key->public_key();
}

// A root is its own issuer, so the second implementation can be told of it only once it exists.
Result<void> second_opinion_on_root(const x509::Certificate& root) {
  const Result<lint::CrossCheck> second = lint::CrossCheck::for_issuer(root);
  if (!second) return second.error();
  return second->check(root);
}

Result<void> write_one(Workbench& bench, const std::string& name, std::string_view content, mode_t mode) {
  if (Result<void> ok = bench.files.write(name, as_bytes(content), mode); !ok) return ok;
  bench.written.push_back({bench.files.paths().back(), crypto::sha256(as_bytes(content))});
  return {};
}

Result<void> check_on_disk(const WrittenFile& file) {
  constexpr std::size_t limit = 4 * x509::certificate_limit;
  Result<std::string> text = read_file(file.path, limit);
  if (!text) return std::move(text).error();
  if (crypto::sha256(as_bytes(*text)) == file.hash) return {};
  return make_error(ErrorCode::unavailable, file.path + " reads back differently; do not trust this disk");
}

}  // namespace

StepResult prepare_and_lint(Workbench& bench) {
  const Inputs& inputs = bench.inputs;
  const crypto::PublicKey& key = bench.new_key->public_key();
  const x509::Certificate* parent = bench.issuer ? &bench.issuer->certificate() : nullptr;
  x509::CertificateFields fields =
      bench.issuer ? intermediate_fields(inputs.script, key, *bench.issuer, bench.now, inputs.random)
                   : root_fields(inputs.script, key, bench.now, inputs.random);
  Result<issuance::SigningToken> token =
      issuance::prepare(std::move(fields), bench.issuer ? lint::Kind::intermediate : lint::Kind::root, parent,
                        key, bench.now, backdate_allowance);
  if (!token) return std::move(token).error();
  bench.token = std::move(*token);
  return "until " + to_rfc3339(bench.token->validity().not_after()) + ", TBS sha256 " +
         to_hex(bench.token->tbs_hash());
}

StepResult sign_once(Workbench& bench) {
  const keys::Signer& signer = bench.issuer ? bench.issuer->signer() : *bench.new_key;
  const crypto::SignatureAlgorithm algorithm = bench.token.value().algorithm();
  Result<issuance::SignedToken> signature = issuance::redeem(std::move(*bench.token), signer);
  bench.token.reset();
  if (!signature) return std::move(signature).error();
  bench.signature = std::move(*signature);
  return std::string(crypto::to_string(algorithm));
}

StepResult check_certificate(Workbench& bench) {
  const lint::CrossCheck* second =
      bench.issuer && bench.issuer->cross_check() ? &*bench.issuer->cross_check() : nullptr;
  Result<issuance::IssuedCertificate> issued =
      issuance::check_signed(std::move(bench.signature.value()), issuer_key(bench), second);
  bench.signature.reset();
  if (!issued) return std::move(issued).error();
  if (!bench.issuer) {
    if (Result<void> ok = second_opinion_on_root(issued->certificate()); !ok) return std::move(ok).error();
  }
  bench.certificate = issued->certificate();
  return std::string("signature, bytes and meaning agree");
}

StepResult write_files(Workbench& bench) {
  const OutputNames& names = bench.inputs.script.outputs;
  const std::string certificate = bench.certificate.value().to_pem();
  bench.hold.emplace();
  if (Result<void> ok = write_one(bench, names.key, bench.encrypted_key, secret_mode); !ok)
    return std::move(ok).error();
  if (!names.chain.empty()) {
    const std::string chain = certificate + bench.issuer->certificate().to_pem();
    if (Result<void> ok = write_one(bench, names.chain, chain, public_mode); !ok)
      return std::move(ok).error();
  }
  if (Result<void> ok = write_one(bench, names.certificate, certificate, public_mode); !ok)
    return std::move(ok).error();
  return std::to_string(bench.written.size()) + " files, the key with mode 0600";
}

StepResult read_back(Workbench& bench) {
  for (const WrittenFile& file : bench.written) {
    if (Result<void> ok = check_on_disk(file); !ok) return std::move(ok).error();
  }
  return std::string("every byte as written");
}

}  // namespace chancery::ceremony
