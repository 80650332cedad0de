// SQLite only: what a restart, a kill or a second process leaves.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <latch>
#include <thread>

#include "ca/audit/entry.h"
#include "ca/store/sqlite/sqlite_store.h"
#include "tests/contract/child_process.h"
#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

class SqliteDurability : public testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::string path_ = directory_.file("chancery.db");
};

Result<void> begin(Store& store, const Intent& intent) {
  return store.begin_issuance(intent, event("issuance.intent", intent.serial));
}
Result<void> complete(Store& store, const CertificateRecord& certificate) {
  return store.complete_issuance(certificate, event("certificate.issued", certificate.serial),
                                 message("certificate.issued"));
}

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = (value << 8U) | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

// Commits in a write-ahead log that has not been reset: frames with a database size
// (https://sqlite.org/fileformat2.html 4.1).
int count_commits(const std::string& log) {
  std::ifstream file(log, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  if (content.size() < 32) return 0;
  const std::size_t frame = 24 + big_endian(content.data() + 8);
  int commits = 0;
  for (std::size_t at = 32; at + frame <= content.size(); at += frame) {
    if (big_endian(content.data() + at + 4) != 0) ++commits;
  }
  return commits;
}

TEST_F(SqliteDurability, EverythingSurvivesAReopening) {
  {
    const auto store = open_sqlite(path_);
    EXPECT_OK(store->add_token(make_token(50), event("enrollment.created", "node-1")));
    EXPECT_OK(begin(*store, make_intent(1)));
    EXPECT_OK(complete(*store, make_certificate(1)));
    EXPECT_OK(store->revoke(serial_of(1), start, 4, event("certificate.revoked", serial_of(1)),
                            message("certificate.revoked")));
    Intent open = make_intent(2);
    open.token_hash = digest_of(50);
    EXPECT_OK(begin(*store, open));
  }
  const auto store = open_sqlite(path_);
  EXPECT_EQ(store->find_certificate(serial_of(1)).value().value().status.reason, 4);
  ASSERT_EQ(store->open_intents().value().size(), 1U);
  EXPECT_EQ(store->open_intents().value()[0].serial, serial_of(2));
  EXPECT_EQ(store->find_token(digest_of(50)).value().value().reserved, 1);
  EXPECT_EQ(store->read_outbox(10).value().size(), 2U);
  expect_whole_log(*store, 5);
  EXPECT_OK(store->abandon_issuance(serial_of(2), event("issuance.abandoned", serial_of(2))));
  expect_whole_log(*store, 6);
}

TEST_F(SqliteDurability, OnlyTheOwnerMayUseTheFiles) {
  const auto umask_before = ::umask(0);
  const auto store = open_sqlite(path_);
  EXPECT_OK(store->check_writable());
  ::umask(umask_before);
  for (const std::string suffix : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat((path_ + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST_F(SqliteDurability, ClosingLeavesOneFile) {
  open_sqlite(path_).reset();
  EXPECT_EQ(::access(path_.c_str(), F_OK), 0);
  EXPECT_NE(::access((path_ + "-wal").c_str(), F_OK), 0);
}

TEST_F(SqliteDurability, WhoWritesAtOnceSharesCommits) {
  const auto store = open_sqlite(path_);
  const int before = count_commits(path_ + "-wal");
  std::latch together(64);
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 64; ++thread) {
      threads.emplace_back([&, thread] {
        together.arrive_and_wait();
        for (int i = 0; i < 4; ++i) EXPECT_OK(store->append_audit(event("e", std::to_string(thread))));
      });
    }
  }
  const int commits = count_commits(path_ + "-wal") - before;
  EXPECT_GT(commits, 0);
  EXPECT_LT(commits, 256);
  expect_whole_log(*store, 256);
}

TEST_F(SqliteDurability, AKilledProcessLeavesItsIntents) {
  ChildProcess child([&](const ChildProcess::Line& parent) {
    const auto store = open_sqlite(path_);
    Intent intent = make_intent(1);
    intent.token_hash = digest_of(50);
    const bool done = store->add_token(make_token(50), event("enrollment.created", "node-1")).has_value() &&
                      begin(*store, intent).has_value();
    parent.say(done ? "begun" : "failed");
    static_cast<void>(parent.hear());
  });
  ASSERT_EQ(child.line().hear(), "begun");
  child.kill();

  const auto store = open_sqlite(path_);
  ASSERT_EQ(store->open_intents().value().size(), 1U);
  EXPECT_EQ(store->find_status(serial_of(1)).value().value().status, Status::unrecorded);
  EXPECT_OK(store->abandon_issuance(serial_of(1), event("issuance.abandoned", serial_of(1))));
  EXPECT_EQ(store->find_token(digest_of(50)).value().value().reserved, 0);
}

TEST_F(SqliteDurability, AKilledProcessLosesNothingItAcknowledged) {
  ChildProcess child([&](const ChildProcess::Line& parent) {
    const auto store = open_sqlite(path_);
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&, thread] {
        for (int number = thread; begin(*store, make_intent(number)); number += 8) {
          if (complete(*store, make_certificate(number))) parent.say(std::to_string(number));
        }
      });
    }
  });
  std::vector<int> acknowledged;
  for (int i = 0; i < 200; ++i) acknowledged.push_back(std::stoi(child.line().hear()));
  child.kill();

  const auto store = open_sqlite(path_);
  for (const int number : acknowledged) {
    EXPECT_TRUE(store->find_certificate(serial_of(number)).value().has_value()) << number;
  }
  const std::vector<Intent> open = store->open_intents().value();
  for (const Intent& intent : open) {
    EXPECT_EQ(store->find_status(intent.serial).value().value().status, Status::unrecorded);
  }
  expect_whole_log(*store, store->log_size().value());
}

TEST_F(SqliteDurability, TwoStoresOnOneFileKeepOneChain) {
  const auto server = open_sqlite(path_);
  const auto beside = open_sqlite(path_);
  {
    std::vector<std::jthread> threads;
    for (Store* store : {server.get(), beside.get()}) {
      threads.emplace_back([store, first = store == server.get() ? 0 : 1000] {
        for (int number = first; number < first + 40; ++number) {
          EXPECT_OK(begin(*store, make_intent(number)));
          EXPECT_OK(complete(*store, make_certificate(number)));
        }
      });
    }
  }
  expect_whole_log(*server, 160);
  EXPECT_TRUE(server->find_certificate(serial_of(1039)).value().has_value());
  EXPECT_CODE(begin(*beside, make_intent(0)), conflict);
}

}  // namespace
}  // namespace chancery::store::test
