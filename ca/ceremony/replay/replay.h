// Verifies the bundle of a ceremony as an outsider can: from its public files alone. No secret, no network,
// no clock: everything is judged at the moment that the transcript records.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/ceremony/replay/bundle.h"
#include "ca/ceremony/script/script.h"
#include "ca/ceremony/transcript/transcript.h"
#include "ca/ceremony/verify/verify.h"

namespace chancery::ceremony {

// Of a destruction that leaves copies which nobody could bring, and of one of which only the script says that
// there are no others: passed, not checked, and told in the message.
inline constexpr std::string_view destruction_not_whole = "destruction is not whole",
                                  destruction_declared = "destruction of all copies",
                                  destruction_earlier = "destroyed in an aborted attempt";

struct ReplayInputs {
  std::string bundle;                   // folder
  std::optional<std::string> previous;  // the folder of the bundle before
  std::optional<std::string> root;      // PEM file of the root that one trusts
  bool void_signature = false;  // the signature is looked for under its void name (unfinished_folder.h)
};

// The check that a rehearsal fails, whatever else is right.
inline constexpr std::string_view earnest_check = "in earnest";

// What was found. Of a bundle that cannot be read further there is less.
struct Replay {
  Bundle bundle;
  std::optional<Script> script;
  std::optional<Transcript> transcript;
  std::vector<CertificateFile> certificates;  // by name of file; of a chain its first
  std::vector<CrlFile> crls;
  std::vector<Check> checks;          // in the order made; failed ones name file, line, byte offset or field
  [[nodiscard]] bool passed() const;  // nothing failed; there may be checks that were not made
  [[nodiscard]] std::size_t failed() const;
  [[nodiscard]] std::size_t not_checked() const;
  // Whose key signed the transcript: the root that was made, else the issuer. Null: not in the bundle.
  [[nodiscard]] const x509::Certificate* signer() const;
  // The issuer, whose key there was before. Null for a root's, whose key is new, and if not in the bundle.
  [[nodiscard]] const x509::Certificate* authority() const;
};

// Checks: the transcript's hash chain and signature; line 1, what people said, preflight, custody and every
// step against the script; words, keys and hashes against the files; every TBS rebuilt from script, public
// keys and the recorded moment, byte for byte; signatures by OpenSSL and Botan, lints, validity, path; the
// list of what left the machine against what is there; the ceremony before, and the root, when given. What is
// not given is a check that was not made (Check::checked). Without `root` NOT checked: that this root is the
// one you trust. Compare its fingerprint with a record of your own. Errors: not_found, validation,
// unavailable (the folder cannot be read). What is wrong inside it are checks that failed.
Result<Replay> replay(const ReplayInputs& inputs);

}  // namespace chancery::ceremony
