// The steps of a ceremony. Each does one thing, says in a few words what came out, and hands on through the
// workbench.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ca/ceremony/custody/custody.h"
#include "ca/ceremony/run/run.h"
#include "ca/ceremony/run/step_table.h"
#include "ca/ceremony/run/transcript_listener.h"
#include "ca/ceremony/run/unfinished_folder.h"
#include "ca/issuance/issuer.h"
#include "ca/issuance/sign.h"

namespace chancery::ceremony {

// A file of the bundle, as it will be read back.
struct BundleFile {
  std::string name, content;
};

// What lies on the table between steps. Secrets in it are wiped with it.
struct Workbench {
  Workbench(const Inputs& given, UnfinishedFolder folder, TranscriptWriter& writer)
      : inputs(given),
        now(given.clock.now()),
        output(std::move(folder)),
        transcript(writer),
        listener(writer),
        conversation(given.interaction, listener) {}

  const Inputs& inputs;
  const TimePoint now;  // one moment for the whole ceremony
  UnfinishedFolder output;
  TranscriptWriter& transcript;
  TranscriptListener listener;
  Conversation conversation;
  std::shared_ptr<const issuance::Issuer> issuer;  // null for a root
  std::unique_ptr<Custody> new_custody;
  std::unique_ptr<keys::Signer> new_key;
  std::optional<issuance::SigningToken> token;
  std::optional<issuance::SignedToken> signature;
  std::optional<x509::Certificate> certificate;
  std::vector<BundleFile> bundle;
  std::vector<WrittenFile> written;
  bool sealed = false;  // the transcript has ended

  [[nodiscard]] const Script& script() const { return inputs.script; }
  // Whose key signs the certificate and the transcript.
  [[nodiscard]] const keys::Signer& signer() const { return issuer ? issuer->signer() : *new_key; }
};

// Everybody named in the script gives initials.
StepResult take_roles(Workbench& bench);
// Every check; one that fails ends the ceremony unless the script declares the exception.
StepResult look_at_machine(Workbench& bench);
StepResult read_script_aloud(Workbench& bench);
// The issuer's certificate is a self-signed root in force, the key is its key, and the new certificate would
// end no later.
StepResult open_issuer(Workbench& bench);
StepResult pass_point_of_no_return(Workbench& bench);
// Makes the key in its custody, and goes on with what opening it from there gave back.
StepResult make_key(Workbench& bench);
StepResult check_key(Workbench& bench);
StepResult prepare_and_lint(Workbench& bench);
StepResult sign_once(Workbench& bench);
// TBS bytes, signature, and a second implementation.
StepResult check_certificate(Workbench& bench);
StepResult read_fingerprint_aloud(Workbench& bench);
StepResult write_files(Workbench& bench);
// From disk again, byte for byte.
StepResult read_back(Workbench& bench);
// Ends the transcript, signs its head, and gives the output its name.
StepResult seal(Workbench& bench);

// `path` from the script: relative ones start at --input.
std::string input_path(const Inputs& inputs, const std::string& path);
// A new CA must have a key of its own. Errors: validation.
Result<void> check_distinct_keys(const crypto::PublicKey& issuer, const crypto::PublicKey& subject);
// The new certificate must not outlive `issuer`. Errors: validation, naming both ends.
Result<void> check_within_issuer(const x509::Validity& validity, const x509::Certificate& issuer);

}  // namespace chancery::ceremony
