// SQLite only: counts that are kept instead of counted, and how a database of before them gets them.
#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <string_view>

#include "ca/store/migrations/migrations.h"
#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

const char* migration_of_the_counts() {
  const auto all = migrations();
  const auto found = std::find_if(all.begin(), all.end(), [](const char* sql) {
    return std::string_view(sql).find("CREATE TABLE expiry_counts") != std::string_view::npos;
  });
  return found == all.end() ? nullptr : *found;
}

TEST(SqliteExpiryCounts, AnOlderDatabaseIsCountedOnce) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("chancery.db");
  const std::vector<Seconds> windows{Seconds(1), std::chrono::days(1), std::chrono::days(30),
                                     std::chrono::days(300)};
  std::vector<std::int64_t> counts;
  {
    const auto store = open_sqlite(path);
    for (int number = 0; number < 40; ++number) {
      CertificateRecord certificate = make_certificate(number);
      certificate.not_after = start + Seconds(std::int64_t{number} * number * 9000);
      EXPECT_OK(store->begin_issuance(make_intent(number), event("issuance.intent", "")));
      EXPECT_OK(store->complete_issuance(certificate, event("certificate.issued", ""), message("m")));
      if (number % 3 == 0)
        EXPECT_OK(
            store->revoke(certificate.serial, start, 4, event("certificate.revoked", ""), message("m")));
    }
    counts = store->count_expiring(start, windows).value();
    EXPECT_THAT(counts, testing::ElementsAre(0, 2, 11, 26));
  }
  {
    SQLite::Database database(path, SQLite::OPEN_READWRITE);
    database.exec("DROP TABLE expiry_counts; DROP INDEX certificates_profile_expiry");
    ASSERT_NE(migration_of_the_counts(), nullptr);
    database.exec(migration_of_the_counts());
  }
  const auto store = open_sqlite(path);
  EXPECT_EQ(store->count_expiring(start, windows).value(), counts);
  EXPECT_OK(store->revoke(serial_of(1), start, 4, event("certificate.revoked", ""), message("m")));
  EXPECT_THAT(store->count_expiring(start, windows).value(), testing::ElementsAre(0, 1, 10, 25));
}

}  // namespace
}  // namespace chancery::store::test
