// How a verification is shown: by whoever checks a log, on the CA's machine or elsewhere.
#pragma once

#include <iosfwd>
#include <string>

#include "ca/merkle/verify.h"

namespace chancery::merkle {

// One line for each fault, or one that says the log is whole; ends in a newline.
std::string to_text(const Verification& verification);
// {"entries", "root", "whole", "faults": [{"kind", "index", "where", "message"}]}, one line.
std::string to_json(const Verification& verification);

// A checkpoint that was kept elsewhere: a signed note. With a key, its signature is checked. Errors: those of
// the file; validation, naming it.
Result<KnownCheckpoint> load_checkpoint(const std::string& path, const NoteVerifier* key);
// A log key's file: one line.
Result<NoteVerifier> load_log_key(const std::string& path);

// Rewrites one line on `terminal` about once a second.
Progress progress_line(std::ostream& terminal);

}  // namespace chancery::merkle
