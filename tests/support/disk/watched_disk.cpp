// An SQLite VFS over the default one (https://sqlite.org/vfs.html).
#include "tests/support/disk/watched_disk.h"

#include <sqlite3.h>

#include <new>
#include <utility>

namespace chancery::test {
namespace {

DiskWatcher& watcher() {
  static DiskWatcher instance;
  return instance;
}

sqlite3_vfs* real_vfs = nullptr;

// What SQLite allocates for each open file; the real one's own follows it in the same memory.
struct File {
  sqlite3_file base;
  DiskFile kind;
  const char* path;  // SQLite keeps it alive as long as the file is open
};

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}

template <typename Call>
int watched(sqlite3_file* file, DiskCall call, const Call& run) {
  const auto* own = reinterpret_cast<File*>(file);
  DiskEvent event{call, own->kind, own->path == nullptr ? "" : own->path, false};
  if (const int refused = watcher()(event); refused != SQLITE_OK) return refused;
  const int result = run(real(file));
  event.done = true;
  if (result == SQLITE_OK) (void)watcher()(event);
  return result;
}

int close_file(sqlite3_file* file) {
  return real(file)->pMethods->xClose(real(file));
}
int read(sqlite3_file* file, void* data, int size, sqlite3_int64 at) {
  return real(file)->pMethods->xRead(real(file), data, size, at);
}
int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  return watched(file, DiskCall::write,
                 [&](sqlite3_file* inner) { return inner->pMethods->xWrite(inner, data, size, at); });
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return watched(file, DiskCall::truncate,
                 [&](sqlite3_file* inner) { return inner->pMethods->xTruncate(inner, size); });
}
int sync(sqlite3_file* file, int flags) {
  return watched(file, DiskCall::sync,
                 [&](sqlite3_file* inner) { return inner->pMethods->xSync(inner, flags); });
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int unlock(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_reserved_lock(sqlite3_file* file, int* taken) {
  return real(file)->pMethods->xCheckReservedLock(real(file), taken);
}
int file_control(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}
int device_characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, memory);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

// Version 2: without memory-mapped reading, which the store does not use.
constexpr sqlite3_io_methods methods{2,
                                     close_file,
                                     read,
                                     write,
                                     truncate,
                                     sync,
                                     file_size,
                                     lock,
                                     unlock,
                                     check_reserved_lock,
                                     file_control,
                                     sector_size,
                                     device_characteristics,
                                     shm_map,
                                     shm_lock,
                                     shm_barrier,
                                     shm_unmap,
                                     nullptr,
                                     nullptr};

DiskFile kind_of(int flags) {
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) return DiskFile::database;
  if ((flags & SQLITE_OPEN_WAL) != 0) return DiskFile::log;
  return DiskFile::other;
}

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  File* own = new (file) File{{nullptr}, kind_of(flags), path};
  const int result = real_vfs->xOpen(real_vfs, path, real(file), flags, out_flags);
  if (real(file)->pMethods != nullptr) own->base.pMethods = &methods;  // to be closed, whatever the result
  return result;
}

}  // namespace

void watch_disk(DiskWatcher wanted) {
  watcher() = std::move(wanted);
  if (real_vfs != nullptr) return;
  real_vfs = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs watched_vfs = *real_vfs;  // all that names files is the real one's
  watched_vfs.zName = "watched";
  watched_vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs->szOsFile;
  watched_vfs.xOpen = open_file;
  watched_vfs.pNext = nullptr;
  sqlite3_vfs_register(&watched_vfs, 1);
}

}  // namespace chancery::test
