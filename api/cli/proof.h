// The proof that a certificate is in the CA's log, as a file.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "ca/base/result.h"
#include "ca/merkle/note.h"
#include "ca/x509/certificate.h"

namespace chancery::cli {

// Writes member `log` of a CERT to a new file; nothing when `path` is "". Errors: those of the file;
// validation (the answer has no proof).
Result<void> save_proof(const nlohmann::json& certificate, const std::string& path);

// What a proof has shown.
struct Proven {
  std::int64_t index = 0;
  merkle::Checkpoint checkpoint;
};

// That `certificate` has its entry certificate.issued, with its serial and fingerprint, in the log that `key`
// signs for. `proof` is a file that save_proof wrote. Errors: validation, saying what does not hold.
Result<Proven> check_proof(const x509::Certificate& certificate, const std::string& proof,
                           const merkle::NoteVerifier& key);

}  // namespace chancery::cli
