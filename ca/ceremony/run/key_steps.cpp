#include <utility>

#include "ca/ceremony/run/attempt_files.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

const CustodyPlan& new_custody_plan(const Script& script) {
  if (const auto* root = std::get_if<RootPlan>(&script.plan)) return root->custody;
  return std::get<IntermediatePlan>(script.plan).custody;
}

const crypto::KeyType& new_key_type(const Script& script) {
  if (const auto* root = std::get_if<RootPlan>(&script.plan)) return root->key;
  return std::get<IntermediatePlan>(script.plan).key;
}

Result<void> record_key(Workbench& bench, const crypto::PublicKey& key) {
  return bench.transcript.append("key.made",
                                 {{"key", std::string(to_string(bench.script().kind()))},
                                  {"type", std::string(crypto::to_string(key.type().algorithm))},
                                  {"custody", std::string(custody_name(new_custody_plan(bench.script())))},
                                  {"spki", to_base64(key.spki())},
                                  {"spki_sha256", to_hex(crypto::sha256(key.spki()))}});
}

StepResult prove(Workbench& bench, std::string_view custody_kind, const crypto::PublicKey& key) {
  Result<std::string> proven = bench.new_custody->prove_backup();
  if (!proven) return proven;
  if (bench.new_custody->officers().empty()) return proven;
  if (Result<void> ok = record_officers(bench, std::string(to_string(bench.script().kind())), custody_kind,
                                        key, *bench.new_custody);
      !ok) {
    return std::move(ok).error();
  }
  return proven;
}

}  // namespace

CustodySurroundings surroundings_of(Workbench& bench, const std::string& folder, const std::string& key,
                                    const std::string& question) {
  const Inputs& inputs = bench.inputs;
  return {.folder = folder,
          .key = key,
          .question = question,
          .conversation = bench.conversation,
          .tokens = bench.tokens,
          .random = inputs.random,
          .kdf = inputs.kdf,
          .file_stem = file_stem(bench.script().plan),
          .file_prefix = std::string(file_prefix(inputs)),
          .officers = bench.script().roles.crypto_officers,
          .expected = {},
          .aborted = bench.output.aborted_keys(),
          .throw_away = inputs.rehearsal && !inputs.tokens_in_rehearsal};
}

Result<void> check_distinct_keys(const crypto::PublicKey& issuer, const crypto::PublicKey& subject) {
  if (!equal(issuer.spki(), subject.spki())) return {};
  return make_error(ErrorCode::validation,
                    "the new CA's key is its issuer's key; whoever held the one would hold both. A CA of its "
                    "own makes one");
}

StepResult make_key(Workbench& bench) {
  const CustodySurroundings surroundings =
      surroundings_of(bench, bench.output.custody(), "the new key", "secret.new_key");
  bench.new_custody = custody_for(made_custody(bench.inputs, new_custody_plan(bench.script())), surroundings);
  Result<std::unique_ptr<keys::Signer>> key = bench.new_custody->make(new_key_type(bench.script()));
  if (!key) return std::move(key).error();
  bench.new_key = std::move(*key);
  if (Result<void> ok = record_key(bench, bench.new_key->public_key()); !ok) return std::move(ok).error();
  return std::string(crypto::to_string(new_key_type(bench.script()).algorithm)) + ", stored and opened again";
}

StepResult check_key(Workbench& bench) {
  const crypto::PublicKey& key = bench.new_key->public_key();
  if (!(key.type() == new_key_type(bench.script()))) {
    return make_error(ErrorCode::internal, "the key is not of the type that the script asks for");
  }
  if (Result<void> ok = crypto::check_key_quality(key); !ok) return std::move(ok).error();
  if (bench.issuer) {
    if (Result<void> ok = check_distinct_keys(bench.issuer->public_key(), key); !ok)
      return std::move(ok).error();
  }
  return "key id " + to_hex(key.key_identifier());
}

StepResult prove_backup(Workbench& bench) {
  return prove(bench, custody_name(new_custody_plan(bench.script())), bench.new_key->public_key());
}

StepResult prove_key(Workbench& bench) {
  const std::string text = "chancery ceremony proof v1: " + to_hex(bench.transcript.head());
  const crypto::SignatureAlgorithm algorithm = bench.issuer->algorithm();
  const Result<Bytes> signature = bench.signer().sign(algorithm, as_bytes(text));
  if (!signature) return signature.error();
  if (Result<void> ok = bench.issuer->public_key().verify(algorithm, as_bytes(text), *signature); !ok)
    return std::move(ok).error();
  return "it is the key of " + bench.issuer->certificate().subject_text();
}

StepResult deal_anew(Workbench& bench) {
  const auto& plan = std::get<RecoverPlan>(bench.script().plan);
  if (!plan.reshare) return std::string("the script deals none: the shares stay as they are");
  const CustodySurroundings surroundings =
      surroundings_of(bench, bench.output.custody(), "the recovered key", "secret.new_key");
  Result<std::unique_ptr<Custody>> anew = bench.issuer_custody->deal_anew(*plan.reshare, surroundings);
  if (!anew) return std::move(anew).error();
  bench.new_custody = std::move(*anew);
  StepResult proven = prove(bench, "shares", bench.issuer->public_key());
  if (!proven) return proven;
  return std::to_string(plan.reshare->officers) + " shares, restored " + *proven +
         "; the old ones open the key as well until they are destroyed";
}

}  // namespace chancery::ceremony
