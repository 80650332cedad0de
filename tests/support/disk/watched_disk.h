// Between SQLite and the disk: a test sees each call that writes, and may refuse it or end the process in it.
#pragma once

#include <functional>

namespace chancery::test {

enum class DiskCall { write, sync, truncate };
enum class DiskFile { database, log, other };  // the log is SQLite's write-ahead log

struct DiskEvent {
  DiskCall call = DiskCall::write;
  DiskFile file = DiskFile::other;
  const char* path = "";  // "" for a temporary file
  bool done = false;      // false before the call, true after it has succeeded
};

// Before a call: SQLITE_OK lets it through, any other code is what SQLite is told, and the disk is not
// touched. After one: the answer is ignored. Called by whatever thread writes.
using DiskWatcher = std::function<int(const DiskEvent&)>;

// SQLite databases that this process opens from now on are written through `watcher`; replaces an earlier
// one. Not thread-safe: call it while no database is open.
void watch_disk(DiskWatcher watcher);

}  // namespace chancery::test
