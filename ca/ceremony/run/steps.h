// The steps of a ceremony. Each does one thing, says in a few words what came out, and hands on through the
// workbench.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ca/ceremony/process/process.h"
#include "ca/ceremony/run/output_folder.h"
#include "ca/ceremony/run/run.h"
#include "ca/issuance/issuer.h"
#include "ca/issuance/sign.h"
#include "ca/keys/key_store.h"

namespace chancery::ceremony {

// What lies on the table between steps. Secrets in it are wiped with it.
struct Workbench {
  explicit Workbench(const Inputs& given) : inputs(given), now(given.clock.now()), files(given.output) {}

  const Inputs& inputs;
  const TimePoint now;  // one moment for the whole ceremony
  std::optional<SecretBytes> new_passphrase, issuer_passphrase;
  std::shared_ptr<const issuance::Issuer> issuer;  // null for a root
  std::string encrypted_key;                       // PEM, as it will be written
  std::unique_ptr<keys::Signer> new_key;
  std::optional<issuance::SigningToken> token;
  std::optional<issuance::SignedToken> signature;
  std::optional<x509::Certificate> certificate;
  std::optional<SignalHold>
      hold;  // from the first file on; outlives `files`, whose destructor takes them back
  NewFiles files;
  std::vector<WrittenFile> written;
};

// Result: the words shown beside the step.
using StepResult = Result<std::string>;

StepResult check_outputs(Workbench& bench);
StepResult take_new_passphrase(Workbench& bench);
StepResult take_issuer_passphrase(Workbench& bench);
// The issuer's certificate is a self-signed root in force, the key is its key, and the new certificate would
// end no later.
StepResult open_issuer(Workbench& bench);
// Makes the key, encrypts it, and goes on with what decrypting gave back: the file that will be written is
// known to open.
StepResult make_key(Workbench& bench);
StepResult check_key(Workbench& bench);
StepResult prepare_and_lint(Workbench& bench);
StepResult sign_once(Workbench& bench);
// TBS bytes, signature, and a second implementation.
StepResult check_certificate(Workbench& bench);
StepResult write_files(Workbench& bench);
// From disk again, byte for byte; make_key has proved that these bytes open.
StepResult read_back(Workbench& bench);

// A new CA must have a key of its own. Errors: validation.
Result<void> check_distinct_keys(const crypto::PublicKey& issuer, const crypto::PublicKey& subject);
// The new certificate must not outlive `issuer`. Errors: validation, naming both ends.
Result<void> check_within_issuer(const x509::Validity& validity, const x509::Certificate& issuer);

}  // namespace chancery::ceremony
