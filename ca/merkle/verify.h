// Checks a whole log: every entry against its hash, every tile against the tiles below it, the roots against
// checkpoints. Wherever the log comes from: a database, or a CA that serves it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ca/merkle/note.h"
#include "ca/merkle/tiles.h"

namespace chancery::merkle {

// Errors of all members mean that the source cannot be read, not that the log is wrong.
class LogSource {
 public:
  virtual ~LogSource() = default;
  // Leaf data of the entries of bundle `tile.number`, `tile.width` of them; fewer when some are missing.
  virtual Result<std::vector<std::string>> entries(const Tile& tile) = 0;
  // What is wrong with an entry beside its hash in the tree: its form, its number. "" = nothing.
  virtual std::string judge(std::int64_t index, const std::string& data, const Hash& hash) = 0;
  // As stored; may be shorter than asked for, or longer, which is a fault.
  virtual Result<std::vector<Hash>> tile(const Tile& tile) = 0;
};

enum class FaultKind {
  entry,     // an entry that is missing, altered or malformed
  tile,      // a stored hash that is not that of what it stands for
  fork,      // a checkpoint of another history
  rollback,  // fewer entries than a checkpoint of it counts
};
std::string_view to_string(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::entry;
  std::int64_t index = 0;  // of the entry; of the first entry below the hash; the checkpoint's size
  std::string where;       // "tile/0/000 hash 17", or the checkpoint's name
  std::string message;
};

struct KnownCheckpoint {
  std::string name;  // file, or "the log's own"
  Checkpoint checkpoint;
};

struct Verification {
  std::int64_t entries = 0;
  Hash root{};                // of what the entries really hash to
  std::vector<Fault> faults;  // at most fault_limit, in the log's order
};

inline constexpr std::size_t fault_limit = 100;

// Told after each bundle; `done` entries of `size`.
using Progress = std::function<void(std::int64_t done, std::int64_t size)>;

// Reads the first `size` entries of the log, and everything that stands above them. Stops at a gap. Whether
// the checkpoints' signatures are good is the caller's to check before. Errors: those of the source.
Result<Verification> verify_log(LogSource& source, std::int64_t size,
                                std::vector<KnownCheckpoint> checkpoints, const Progress& progress);

}  // namespace chancery::merkle
