#include <utility>

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

}  // namespace

Result<void> check_distinct_keys(const crypto::PublicKey& issuer, const crypto::PublicKey& subject) {
  if (!equal(issuer.spki(), subject.spki())) return {};
  return make_error(ErrorCode::validation,
                    "the new CA's key is its issuer's key; whoever held the online key would hold the root");
}

StepResult make_key(Workbench& bench) {
  Result<std::unique_ptr<Custody>> custody =
      custody_for(new_custody_plan(bench.script()),
                  {bench.output.custody(), "the new key", "secret.new_key", bench.conversation});
  if (!custody) return std::move(custody).error();
  Result<std::unique_ptr<keys::Signer>> key = (*custody)->make(new_key_type(bench.script()));
  if (!key) return std::move(key).error();
  bench.new_custody = std::move(*custody);
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

}  // namespace chancery::ceremony
