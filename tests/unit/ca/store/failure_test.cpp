#include "ca/store/sqlite/failure.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

namespace chancery::store {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Failure, OfTheMachineIsUnavailableWithAdvice) {
  for (const int code : {SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_READONLY, SQLITE_CORRUPT,
                         SQLITE_NOTADB, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_NOMEM}) {
    const Error error = to_error(SQLite::Exception("secret detail", code));
    EXPECT_EQ(error.code, ErrorCode::unavailable) << code;
    EXPECT_THAT(error.message, HasSubstr("nothing was changed"));
    EXPECT_THAT(error.message, Not(HasSubstr("secret detail")));
    EXPECT_THAT(error.internal, HasSubstr("secret detail"));
  }
}

TEST(Failure, OfOursIsInternal) {
  for (const int code : {SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISUSE, -1}) {
    EXPECT_EQ(to_error(SQLite::Exception("detail", code)).code, ErrorCode::internal) << code;
  }
}

TEST(Failure, ToOpenNamesTheFile) {
  const Error error = to_open_error(SQLite::Exception("detail", SQLITE_CANTOPEN), "/var/lib/x.db");
  EXPECT_EQ(error.code, ErrorCode::unavailable);
  EXPECT_THAT(error.message, HasSubstr("/var/lib/x.db"));
}

}  // namespace
}  // namespace chancery::store
