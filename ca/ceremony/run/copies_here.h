// The copies of a key that lie on this machine as files, where the script says. The program destroys them
// itself, last. Until the signature over that stands, zeros tell what was destroyed from what is not there.
#pragma once

#include <string>
#include <vector>

#include "ca/ceremony/run/run.h"
#include "ca/ceremony/transcript/transcript.h"

namespace chancery::ceremony {

struct CopyHere {
  std::string path;
  std::string sha256;  // in hex, of what lies there
};

// Where the copy's file lies; "" = none does, or only its zeros, and it is its holder's to destroy. Errors:
// unavailable (it cannot be told).
Result<std::string> place_here(const Inputs& inputs, const KeyCopy& copy);
// Before anybody is asked: that the script says of no copy that it lies where this ceremony writes, or that
// what it reads is one. Errors: validation, naming the path.
Result<void> check_place(const Inputs& inputs, const KeyCopy& copy);
// The copy that lies at `path`, before the point of no return. It can be destroyed, has no other name, no
// link leads to it below --input, it is of no bundle and no share of another key; where it is called a share
// it is its officer's, of `key` (SHA-256 of its SPKI) and of the dealing `set`, in hex; "" = not known. At
// most crypto::program_limit octets. Errors: validation, conflict, not_found, unavailable, payload_too_large,
// naming the path.
Result<CopyHere> look_at_copy(const Inputs& inputs, const KeyCopy& copy, const std::string& path,
                              const crypto::Sha256Digest& key, const std::string& set);

// Until the signature stands each must be there, if only as zeros; then nothing needs to be.
enum class Rest { must_be_there, may_be_gone };
// The paths of those that are there, if only as zeros. Nothing else lies where a copy was, and nothing that
// must be there is missing. Errors: conflict, not_found, those of check_destroyable().
Result<std::vector<std::string>> left_of(const std::vector<CopyHere>& copies, Rest rest);
// left_of() is overwritten, and where it may be gone taken away as well; nothing is, where that fails.
// Errors: those of left_of(), of destroy_file().
Result<void> destroy_copies_here(const std::vector<CopyHere>& copies, Rest rest);

// Those that a transcript of this script says the program destroys.
std::vector<CopyHere> copies_here_in(const Inputs& inputs, const Transcript& transcript);

}  // namespace chancery::ceremony
