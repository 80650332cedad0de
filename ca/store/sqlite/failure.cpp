#include "ca/store/sqlite/failure.h"

#include <sqlite3.h>

namespace chancery::store {
namespace {

// What is wrong and what to do about it; nullptr for a fault of ours.
const char* advice(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "the database is locked by another process; end it or let it finish (fuser on the database file "
             "names it), "
             "then try again";
    case SQLITE_FULL:
      return "the disk is full or the database has reached its largest size; free space on its file system, "
             "then try "
             "again";
    case SQLITE_READONLY:
      return "the database is read-only; give the service's user write permission to the file and its "
             "directory, or "
             "mount the file system writable, then try again";
    case SQLITE_CORRUPT:
      return "the database is damaged; stop the service, keep the file for analysis and restore the last "
             "backup";
    case SQLITE_NOTADB:
      return "the file is not a Chancery database; check the path, or restore the last backup";
    case SQLITE_IOERR:
      return "the database's file system reports an input or output error; check the disk and the kernel's "
             "log, then "
             "try again";
    case SQLITE_CANTOPEN:
      return "the database or a file beside it cannot be opened; check that its directory exists, that the "
             "service's "
             "user may write there and that file descriptors are left";
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "access to the database is denied; check its owner and mode";
    case SQLITE_NOMEM:
      return "no memory is left for the database; free memory or raise the service's limit, then try again";
    default:
      return nullptr;
  }
}

std::string describe(const SQLite::Exception& exception) {
  return "SQLite " + std::to_string(exception.getExtendedErrorCode()) + ": " + exception.what();
}

}  // namespace

Error to_error(const SQLite::Exception& exception) {
  const char* text = advice(exception.getErrorCode());
  if (text == nullptr) {
    return make_error(ErrorCode::internal, "the store failed; nothing was changed. The log has the detail",
                      describe(exception));
  }
  return make_error(ErrorCode::unavailable, std::string(text) + "; nothing was changed", describe(exception));
}

Error to_open_error(const SQLite::Exception& exception, const std::string& path) {
  Error error = to_error(exception);
  error.code = ErrorCode::unavailable;
  const char* text = advice(exception.getErrorCode());
  error.message = "cannot open the database " + path + ": " + (text != nullptr ? text : exception.what());
  return error;
}

}  // namespace chancery::store
