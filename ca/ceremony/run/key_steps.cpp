#include <utility>

#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

Result<crypto::PrivateKey> reopen(const std::string& pem, const SecretBytes& passphrase) {
  Result<crypto::PrivateKey> key = crypto::PrivateKey::from_encrypted_pem(pem, passphrase);
  if (!key) return with_context(std::move(key).error(), "the key just encrypted does not open again");
  return key;
}

}  // namespace

Result<void> check_distinct_keys(const crypto::PublicKey& issuer, const crypto::PublicKey& subject) {
  if (!equal(issuer.spki(), subject.spki())) return {};
  return make_error(ErrorCode::validation,
                    "the new CA's key is its issuer's key; whoever held the online key would hold the root");
}

StepResult check_outputs(Workbench& bench) {
  const OutputNames& names = bench.inputs.script.outputs;
  std::vector<std::string> wanted{names.certificate, names.key};
  if (!names.chain.empty()) wanted.push_back(names.chain);
  if (Result<void> ok = check_output_folder(bench.inputs.output, wanted); !ok) return std::move(ok).error();
  return std::to_string(wanted.size()) + " new files go to " + bench.inputs.output;
}

StepResult take_new_passphrase(Workbench& bench) {
  Result<SecretBytes> passphrase = bench.inputs.passphrases.for_new_key();
  if (!passphrase) return std::move(passphrase).error();
  bench.new_passphrase = std::move(*passphrase);
  return std::string("taken");
}

StepResult make_key(Workbench& bench) {
  const Result<crypto::PrivateKey> made = crypto::PrivateKey::generate(bench.inputs.script.key);
  if (!made) return made.error();
  Result<std::string> pem = made->to_encrypted_pem(bench.new_passphrase.value());
  if (!pem) return std::move(pem).error();
  Result<crypto::PrivateKey> opened = reopen(*pem, bench.new_passphrase.value());
  if (!opened) return std::move(opened).error();
  if (!equal(opened->public_key().spki(), made->public_key().spki())) {
    return make_error(ErrorCode::internal,
                      "the key just encrypted opens as another key; do not use this machine");
  }
  bench.encrypted_key = std::move(*pem);
  bench.new_key = keys::make_memory_signer(std::move(*opened));
  return std::string(crypto::to_string(bench.inputs.script.key.algorithm)) + ", encrypted, reopened";
}

StepResult check_key(Workbench& bench) {
  const crypto::PublicKey& key = bench.new_key->public_key();
  if (!(key.type() == bench.inputs.script.key)) {
    return make_error(ErrorCode::internal, "the key is not of the type that the script asks for");
  }
  if (Result<void> ok = crypto::check_key_quality(key); !ok) return std::move(ok).error();
  if (bench.issuer) {
    if (Result<void> ok = check_distinct_keys(bench.issuer->public_key(), key); !ok)
      return std::move(ok).error();
  }
  return "key id " + to_hex(key.key_identifier());
}

}  // namespace chancery::ceremony
