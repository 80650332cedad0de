// The last checkpoint that this CA has signed, in a file apart from its database: who puts an earlier
// database back does not put that back as well.
#pragma once

#include <optional>
#include <string>

#include "ca/base/result.h"
#include "ca/merkle/note.h"
#include "ca/store/store.h"

namespace chancery::audit {

// The signed note; nullopt when there is no such file. Errors: unavailable, payload_too_large.
Result<std::optional<std::string>> read_last_checkpoint(const std::string& path);

// Replaces the file in one rename.
Result<void> keep_last_checkpoint(const std::string& path, const std::string& note);

// That the store's log goes on from the checkpoint in `path`; a missing file says nothing. Reads a few tiles.
// Errors, each with what to do: conflict (the log has fewer entries, or other ones: an earlier database or
// another one was put in its place); validation (the note is not one of `key`); those of the store.
Result<void> check_last_checkpoint(const std::string& path, store::Store& store,
                                   const merkle::NoteVerifier& key);

}  // namespace chancery::audit
