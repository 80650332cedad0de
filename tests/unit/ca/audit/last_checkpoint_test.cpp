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

// Counted from entry 2 on; up to entry 5 the log announces 1 certificate.
TEST_F(LastCheckpointTest, ALogThatDoesNotAnnounceEachUseOfTheKeyIsRefused) {
  const auto store = log_of(5);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(store->append_audit({clock.now(), "issuance.intent", Identity("a"), "", "{}"}));
    ASSERT_TRUE(store->append_audit({clock.now(), "certificate.issued", Identity("a"), "", "{}"}));
  }
  keep(*log_of(3));
  for (const int certificates : {0, 3, 4}) {
    EXPECT_EQ(must(check_key_uses(file, {"uses", certificates, {5, 1}}, *store)), std::nullopt)
        << certificates;
  }
  const auto refused = check_key_uses(file, {"uses", 5, {5, 1}}, *store);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().message,
              HasSubstr("announces 4 certificates since they are counted, and the key "
                        "has signed 5, as uses says"));
  EXPECT_THAT(refused.error().message, HasSubstr("move " + file + " away"));
}

TEST_F(LastCheckpointTest, ALogThatWasCountedFurtherIsRefused) {
  const auto store = log_of(5);
  keep(*log_of(3));
  EXPECT_EQ(must(check_key_uses(file, {"uses", 1, {5, 1}}, *store)), std::nullopt);
  const auto refused = check_key_uses(file, {"uses", 1, {6, 1}}, *store);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("its log has 5 entries, and had 6, as uses says"));
}

TEST_F(LastCheckpointTest, WithTheCheckpointMovedAwayCountingGoesOnFromThere) {
  const auto store = log_of(5);
  ASSERT_TRUE(store->append_audit({clock.now(), "issuance.intent", Identity("a"), "", "{}"}));
  const auto expect = [&](const KeyUses& uses, std::int64_t intents) {
    const auto on = must(check_key_uses(file, uses, *store));
    ASSERT_TRUE(on);
    EXPECT_EQ(on->entries, 6);
    EXPECT_EQ(on->intents, intents);
  };
  expect({"uses", 0, {5, 1}}, 2);    // announced, and never signed
  expect({"uses", 9, {5, 1}}, 9);    // signed, and unknown now
  expect({"uses", 9, {100, 9}}, 9);  // of a longer log
}

TEST_F(LastCheckpointTest, CountsWhatIsAnnouncedOverMoreThanOneReading) {
  const auto store = log_of(9'999);
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(store->append_audit({clock.now(), "issuance.intent", Identity("a"), "", "{}"}));
  const Announced announced = must(count_announced(*store, {0, 0}));
  EXPECT_EQ(announced.entries, 10'001);
  EXPECT_EQ(announced.intents, 2);
}

TEST_F(LastCheckpointTest, IsReplacedAsAWhole) {
  keep(*log_of(3));
  keep(*log_of(9));
  EXPECT_EQ(std::distance(fs::directory_iterator(directory), fs::directory_iterator()), 1);
  EXPECT_EQ(must(merkle::open_checkpoint(*must(read_last_checkpoint(file)), key)).size, 9);
}

}  // namespace
}  // namespace chancery::audit
