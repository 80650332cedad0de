// Contract: checkpoints and proofs over every store.
#include "ca/audit/log.h"

#include <gmock/gmock.h>

#include <latch>
#include <thread>

#include "ca/audit/entry.h"
#include "ca/audit/verify.h"
#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

using audit::Log;
using audit::LogProof;
using audit::SignedCheckpoint;
using merkle::Tile;
using testing::HasSubstr;

merkle::NoteSigner make_signer() {
  return merkle::NoteSigner::create(
             "ca.example/log", crypto::PrivateKey::generate({crypto::KeyAlgorithm::ed25519, 256}).value())
      .value();
}

class LogTest : public StoreContract {
 protected:
  void open() {
    Result<std::unique_ptr<Log>> opened = Log::open(*store_, make_signer(), clock_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message << opened.error().internal;
    log_ = std::move(*opened);
  }
  void append(int count) { append_at_once(*store_, count); }
  // Holds both ways to a proof against the entry as it is stored.
  void expect_proof(int number) {
    check_proof(log_->prove_issued(serial_of(number)), number);
    check_proof(log_->prove(serial_of(number)), number);
  }
  void check_proof(const Result<LogProof>& proof, int number) {
    ASSERT_TRUE(proof.has_value()) << proof.error().message << proof.error().internal;
    const AuditEntry entry = store_->read_audit(proof->index, 1).value().at(0);
    EXPECT_EQ(proof->entry, audit::entry_text(entry.sequence, entry.event).value());
    EXPECT_EQ(entry.event.event_type, "certificate.issued");
    EXPECT_EQ(entry.event.subject, serial_of(number));
    const Result<merkle::Checkpoint> checkpoint = merkle::open_checkpoint(proof->checkpoint, log_->key());
    ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
    EXPECT_EQ(checkpoint->size, proof->tree_size);
    const Result<void> holds = merkle::verify_inclusion(
        proof->index, proof->tree_size, audit::entry_hash(entry.sequence, entry.event).value(), proof->path,
        checkpoint->root);
    EXPECT_TRUE(holds.has_value()) << (holds ? "" : holds.error().message);
  }

  FixedClock clock_{from_unix(1'800'000'000)};
  std::unique_ptr<Log> log_;
};
FOR_EVERY_STORE(LogTest);

TEST_P(LogTest, AnEmptyLogHasACheckpoint) {
  open();
  const SignedCheckpoint checkpoint = log_->checkpoint().value();
  EXPECT_EQ(checkpoint.checkpoint.size, 0);
  EXPECT_EQ(checkpoint.checkpoint.root, merkle::empty_root());
  EXPECT_TRUE(merkle::open_checkpoint(checkpoint.note, log_->key()));
  EXPECT_EQ(checkpoint.at, clock_.now());
}

TEST_P(LogTest, ProvesWhatWasWrittenLastAndLongAgo) {
  issue(1);
  append(700);
  open();
  issue(2);
  expect_proof(1);
  expect_proof(2);
  append(1500);
  issue(3);
  for (const int number : {1, 2, 3}) expect_proof(number);
  EXPECT_EQ(log_->prove(serial_of(4)).error().code, ErrorCode::not_found);
  EXPECT_EQ(log_->prove_issued(serial_of(4)).error().code, ErrorCode::not_found);
}

TEST_P(LogTest, WhatManyCheckpointsAgoWasNewIsStillProven) {
  open();
  for (int number = 1; number <= 40; ++number) {
    issue(number);
    check_proof(log_->prove_issued(serial_of(number)), number);
  }
  for (const int number : {1, 20, 24, 25, 40}) check_proof(log_->prove_issued(serial_of(number)), number);
}

TEST_P(LogTest, CheckpointsContinueOneAnother) {
  open();
  std::vector<SignedCheckpoint> checkpoints;
  for (const int more : {1, 254, 1, 1, 300, 2000}) {
    append(more);
    checkpoints.push_back(log_->checkpoint().value());
  }
  const merkle::ReadNode nodes =
      merkle::nodes_from_tiles([this](const Tile& tile) { return audit::read_tile(*store_, tile); });
  for (std::size_t i = 1; i < checkpoints.size(); ++i) {
    const merkle::Checkpoint& older = checkpoints[i - 1].checkpoint;
    const merkle::Checkpoint& newer = checkpoints[i].checkpoint;
    const auto path = merkle::consistency_path(older.size, newer.size, nodes).value();
    EXPECT_TRUE(merkle::verify_consistency(older.size, newer.size, older.root, newer.root, path));
  }
  EXPECT_EQ(audit::verify_log(*store_, {{"last", checkpoints.back().checkpoint}}, {})->faults.size(), 0U);
}

TEST_P(LogTest, SignsOnlyOnceForASize) {
  open();
  append(3);
  const SignedCheckpoint first = log_->checkpoint().value();
  clock_.advance(Seconds(60));
  EXPECT_EQ(log_->checkpoint().value().at, first.at);
  EXPECT_EQ(log_->latest().note, first.note);
  append(1);
  EXPECT_EQ(log_->latest().note, first.note);  // nobody has asked yet
  EXPECT_EQ(log_->checkpoint().value().checkpoint.size, 4);
  EXPECT_EQ(log_->latest().at, clock_.now());
}

TEST_P(LogTest, ManyAskAtOnce) {
  open();
  std::latch together(16);
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 16; ++thread) {
      threads.emplace_back([&, thread] {
        together.arrive_and_wait();
        for (int i = 0; i < 20; ++i) {
          EXPECT_OK(begin(make_intent(thread * 20 + i + 1)));
          EXPECT_OK(complete(make_certificate(thread * 20 + i + 1)));
          expect_proof(thread * 20 + i + 1);
        }
      });
    }
  }
  EXPECT_EQ(log_->checkpoint().value().checkpoint.size, 640);
}

TEST_P(LogTest, ServesTilesAndEntriesOfTheLastCheckpoint) {
  append(600);
  open();
  append(1);
  EXPECT_EQ(log_->tile({0, 0, 256}).value().size(), 8192U);
  EXPECT_EQ(log_->tile({0, 2, 88}).value().size(), 88U * 32);
  EXPECT_EQ(log_->tile({1, 0, 2}).value().size(), 64U);
  for (const Tile& tile : {Tile{0, 2, 89}, Tile{0, 2, 256}, Tile{0, 3, 1}, Tile{1, 0, 3}, Tile{2, 0, 1}}) {
    EXPECT_EQ(log_->tile(tile).error().code, ErrorCode::not_found) << tile_path(tile);
  }
  const auto texts = merkle::read_bundle(log_->entries({0, 2, 88}).value(), 88).value();
  const AuditEntry first = store_->read_audit(512, 1).value().at(0);
  EXPECT_EQ(texts.front(), audit::entry_text(513, first.event).value());
  EXPECT_EQ(log_->entries({0, 2, 89}).error().code, ErrorCode::not_found);
  ASSERT_TRUE(log_->checkpoint());
  EXPECT_TRUE(log_->entries({0, 2, 89}));
}

// Stores whose hashes are wrong somewhere, as after a flipped bit.
std::unique_ptr<Store> with_spoilt_leaf() {
  LogHashing hashing = audit::log_hashing();
  hashing.leaf = [](std::int64_t sequence, const AuditDraft& draft) {
    Result<Digest> hash = audit::entry_hash(sequence, draft);
    if (draft.event_type == "spoilt") (*hash)[5] ^= 1U;
    return hash;
  };
  return make_memory_store(hashing);
}

std::unique_ptr<Store> with_spoilt_nodes() {
  LogHashing hashing = audit::log_hashing();
  hashing.node = [](const Digest& left, const Digest& right) {
    Digest hash = merkle::hash_node(left, right);
    hash[0] ^= 1U;
    return hash;
  };
  return make_memory_store(hashing);
}

TEST(SpoiltLog, IsNeverSigned) {
  const FixedClock clock(start);
  const auto store = with_spoilt_leaf();
  for (int i = 0; i < 3; ++i) EXPECT_OK(store->append_audit(event("e", "")));
  const auto log = std::move(*Log::open(*store, make_signer(), clock));
  const SignedCheckpoint before = log->latest();
  EXPECT_OK(store->append_audit(event("spoilt", "")));
  const Result<SignedCheckpoint> checkpoint = log->checkpoint();
  ASSERT_FALSE(checkpoint.has_value());
  EXPECT_EQ(checkpoint.error().code, ErrorCode::internal);
  EXPECT_THAT(checkpoint.error().message, HasSubstr("audit verify"));
  EXPECT_THAT(checkpoint.error().internal, HasSubstr("entry 4 does not have the hash"));
  EXPECT_EQ(log->latest().note, before.note);
}

TEST(SpoiltLog, IsNoticedByAllThatWait) {
  const FixedClock clock(start);
  const auto store = with_spoilt_leaf();
  const auto log = std::move(*Log::open(*store, make_signer(), clock));
  EXPECT_OK(store->append_audit(event("spoilt", "")));
  std::latch together(8);
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      together.arrive_and_wait();
      for (int i = 0; i < 20; ++i) EXPECT_EQ(log->checkpoint().error().code, ErrorCode::internal);
    });
  }
}

TEST(SpoiltLog, IsNoticedAtTheStart) {
  const FixedClock clock(start);
  const auto store = with_spoilt_leaf();
  for (int i = 0; i < 300; ++i) EXPECT_OK(store->append_audit(event("e", "")));
  EXPECT_OK(store->append_audit(event("spoilt", "")));
  EXPECT_THAT(Log::open(*store, make_signer(), clock).error().internal, HasSubstr("entry 301"));
}

TEST(SpoiltLog, ATileWithAnotherRootIsNeverSigned) {
  const FixedClock clock(start);
  const auto store = with_spoilt_nodes();
  const auto log = std::move(*Log::open(*store, make_signer(), clock));
  for (int i = 0; i < 255; ++i) EXPECT_OK(store->append_audit(event("e", "")));
  EXPECT_OK(log->checkpoint());
  EXPECT_OK(store->append_audit(event("e", "")));
  EXPECT_THAT(log->checkpoint().error().internal, HasSubstr("the stored root of tile/0/000"));
}

}  // namespace
}  // namespace chancery::store::test
