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

// That the log goes on from the checkpoint in `path`; a missing file says nothing. Reads a few tiles.
// Errors, each with what to do: conflict (the log has fewer entries, or other ones: an earlier database or
// another one was put in its place); validation (the note is not one of `key`); those of the store.
Result<void> check_last_checkpoint(const std::string& path, store::LogReader& log,
                                   const merkle::NoteVerifier& key);

// How many certificates the log has announced in its first `entries` entries, from some entry on.
struct Announced {
  std::int64_t entries = 0;
  std::int64_t intents = 0;
};

// Counts on to the end of the log. Errors: those of the store.
Result<Announced> count_announced(store::LogReader& log, Announced from);

// What was counted of the issuer's key outside the database.
struct KeyUses {
  std::string counted_in;  // the file, for messages
  std::int64_t certificates = 0;
  Announced settled;
};

// That the log announces each use of the key, which was counted before this call: an earlier database that
// was put back before a checkpoint of the newer one was kept does not. Reads the entries after `settled`. A
// missing file in `path` says that an earlier database was put back on purpose: then what to count on from,
// as if all of it had been announced; else nullopt. Errors: conflict, with what to do; those of the store.
Result<std::optional<Announced>> check_key_uses(const std::string& path, const KeyUses& uses,
                                                store::LogReader& log);

}  // namespace chancery::audit
