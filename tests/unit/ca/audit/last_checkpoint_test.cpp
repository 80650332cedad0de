// A database that was put back is refused, and nothing else is.
#include "ca/audit/last_checkpoint.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>

#include "ca/audit/entry.h"
#include "ca/audit/log.h"
#include "ca/base/replace_file.h"
#include "tests/support/log_key.h"
#include "tests/support/x509_builder.h"

namespace chancery::audit {
namespace {

using test::must;
using testing::HasSubstr;
namespace fs = std::filesystem;

class LastCheckpointTest : public testing::Test {
 protected:
  LastCheckpointTest() {
    std::string pattern = (fs::temp_directory_path() / "chancery-last-XXXXXX").string();
    directory = ::mkdtemp(pattern.data());
    file = (directory / "log.checkpoint").string();
  }
  ~LastCheckpointTest() override { fs::remove_all(directory); }

  // A log of so many entries, the last of which says `last`.
  std::unique_ptr<store::Store> log_of(int entries, const std::string& last = "x") {
    std::unique_ptr<store::Store> store = store::make_memory_store(log_hashing());
    for (int i = 1; i <= entries; ++i) {
      EXPECT_TRUE(store->append_audit(
          {clock.now(), "test", Identity("a"), i == entries ? last : std::to_string(i), "{}"}));
    }
    return store;
  }
  void keep(store::Store& store) {
    const auto log = must(Log::open(store, test::make_log_key(), clock));
    key = log->key();
    ASSERT_TRUE(keep_last_checkpoint(file, must(log->checkpoint()).note));
  }
  Result<void> check(store::Store& store) { return check_last_checkpoint(file, store, key); }

  fs::path directory;
  std::string file;
  FixedClock clock{test::test_time()};
  merkle::NoteVerifier key = test::make_log_key().verifier();  // of what was kept last
};

TEST_F(LastCheckpointTest, TheSameLogAndALongerOnePass) {
  EXPECT_TRUE(check(*log_of(3))) << "there is no file yet";
  for (const int entries : {0, 1, 255, 256, 257, 600}) {
    const auto store = log_of(entries);
    keep(*store);
    EXPECT_TRUE(check(*store)) << entries;
    for (int more = 0; more < 300; ++more)
      ASSERT_TRUE(store->append_audit({clock.now(), "test", Identity("a"), "", "{}"}));
    EXPECT_TRUE(check(*store)) << entries;
  }
}

TEST_F(LastCheckpointTest, AnEarlierDatabaseIsRefused) {
  keep(*log_of(257, "257"));
  for (const int entries : {0, 1, 256}) {
    const Result<void> refused = check(*log_of(entries, std::to_string(entries)));
    ASSERT_FALSE(refused) << entries;
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_THAT(refused.error().message,
                HasSubstr("its log has " + std::to_string(entries) + " entries, and had 257"));
    EXPECT_THAT(refused.error().message, HasSubstr("move " + file + " away"));
  }
}

TEST_F(LastCheckpointTest, AnotherHistoryIsRefusedThoughItIsLonger) {
  keep(*log_of(300, "one"));
  EXPECT_THAT(check(*log_of(300, "other")).error().message,
              HasSubstr("the first 300 entries of its log are others"));
  const auto longer = log_of(300, "other");
  for (int more = 0; more < 300; ++more)
    ASSERT_TRUE(longer->append_audit({clock.now(), "test", Identity("a"), "", "{}"}));
  EXPECT_EQ(check(*longer).error().code, ErrorCode::conflict);
}

TEST_F(LastCheckpointTest, AFileThatIsNoCheckpointOfThisKeyIsRefused) {
  const auto store = log_of(3);
  keep(*store);
  EXPECT_EQ(check_last_checkpoint(file, *store, test::make_log_key().verifier()).error().code,
            ErrorCode::validation);
  for (const std::string& text : {std::string(), std::string("x"), std::string(merkle::note_limit, 'x')}) {
    ASSERT_TRUE(replace_file(file, as_bytes(text), 0600));
    EXPECT_EQ(check(*store).error().code, ErrorCode::validation);
  }
  ASSERT_TRUE(replace_file(file, as_bytes(std::string(merkle::note_limit + 1, 'x')), 0600));
  EXPECT_EQ(check(*store).error().code, ErrorCode::payload_too_large);
}

TEST_F(LastCheckpointTest, IsReplacedAsAWhole) {
  keep(*log_of(3));
  keep(*log_of(9));
  EXPECT_EQ(std::distance(fs::directory_iterator(directory), fs::directory_iterator()), 1);
  EXPECT_EQ(must(merkle::open_checkpoint(*must(read_last_checkpoint(file)), key)).size, 9);
}

}  // namespace
}  // namespace chancery::audit
