// The transparency log of this CA: signed checkpoints of the audit log and proofs that an entry is in it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/guarded.h"
#include "ca/base/one_at_a_time.h"
#include "ca/merkle/note.h"
#include "ca/merkle/recent_tree.h"
#include "ca/merkle/tiles.h"
#include "ca/store/store.h"

namespace chancery::audit {

// That an entry is in the log (RFC 9162 2.1.3), against a checkpoint whose signature anybody can check.
struct LogProof {
  std::int64_t index = 0;
  std::int64_t tree_size = 0;
  std::string entry;               // its leaf data, as entry_text
  std::vector<merkle::Hash> path;  // from the leaf upwards
  std::string checkpoint;          // the signed note
};

struct SignedCheckpoint {
  merkle::Checkpoint checkpoint;
  std::string note;
  TimePoint at;  // when it was signed
};

// Thread-safe. Checkpoints are made when somebody needs one that covers what was appended since the last: one
// caller makes it, and whoever comes meanwhile gets the next. Before each, every new entry is read back from
// the store and hashed again, and two trees, of these hashes and of the stored ones, must have the same root
// (a log that signed what it cannot prove would be dead for ever). What fails is never signed.
//
// Common errors: unavailable (store); internal (what is stored does not hold: run audit verify).
class Log {
 public:
  // Reads the right edge of the tree; the entries of its last tile are hashed again. References must outlive
  // it.
  static Result<std::unique_ptr<Log>> open(store::Store& store, merkle::NoteSigner key, const Clock& clock);

  // That the certificate with this serial is in the log. Errors: not_found (no such certificate has an
  // entry).
  Result<LogProof> prove(const std::string& serial);
  // The same, cheaper for a certificate that was recorded just now, whose entry had to be read for the
  // checkpoint anyway; dearer for others.
  Result<LogProof> prove_issued(const std::string& serial);
  // Covers everything that was committed before the call.
  Result<SignedCheckpoint> checkpoint();
  // The last one that was made: no reading, no signing.
  [[nodiscard]] SignedCheckpoint latest() const;

  // Of the last checkpoint's tree. Errors: not_found (wider than that, or not there).
  Result<Bytes> tile(const merkle::Tile& tile);
  Result<Bytes> entries(const merkle::Tile& bundle);

  [[nodiscard]] const merkle::NoteVerifier& key() const { return key_.verifier(); }

 private:
  struct Published;
  struct IssuedEntry;
  using IssuedEntries = std::unordered_map<std::string, IssuedEntry>;  // by serial
  using Covers = std::function<bool(const Published&)>;
  using Snapshot = std::shared_ptr<const Published>;
  Log(store::Store& store, merkle::NoteSigner key, const Clock& clock);
  [[nodiscard]] Result<Snapshot> start() const;
  // The present one when `covers` says so, else the next, whatever it says of that.
  Result<Snapshot> covering(const Covers& covers);
  static Covers more_than(std::int64_t index);
  Result<Snapshot> next(Snapshot last);
  [[nodiscard]] Result<void> read_on(Published& published) const;
  [[nodiscard]] Result<void> take(const store::AuditEntry& entry, Published& into,
                                  IssuedEntries& issued) const;
  [[nodiscard]] Result<LogProof> prove_in(const Published& published, const IssuedEntry& entry) const;
  [[nodiscard]] Result<void> check_complete_tile(const Published& published) const;
  [[nodiscard]] Result<void> sign(Published& published) const;
  [[nodiscard]] merkle::ReadNode nodes(const Published& published) const;
  [[nodiscard]] Result<void> check_covered(const merkle::Tile& tile) const;

  store::Store& store_;
  merkle::NoteSigner key_;
  const Clock& clock_;
  Guarded<Snapshot> published_;
  OneAtATime making_;  // of the next checkpoint
};

// Exactly the hashes of `tile`. Errors: internal when the store has fewer.
Result<std::vector<merkle::Hash>> read_tile(store::LogReader& store, const merkle::Tile& tile);

}  // namespace chancery::audit
