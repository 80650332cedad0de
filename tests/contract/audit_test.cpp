// Contract: the audit log with its tiles, and the outbox.
#include "ca/audit/entry.h"

#include <gmock/gmock.h>

#include <latch>
#include <thread>

#include "ca/audit/verify.h"
#include "ca/merkle/tiles.h"
#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StoreAudit : public StoreContract {};
FOR_EVERY_STORE(StoreAudit);

TEST_P(StoreAudit, EveryChangeHasItsEntryInOrder) {
  EXPECT_OK(add(make_token(50)));
  issue(1);
  EXPECT_OK(begin(make_intent(2)));
  EXPECT_OK(abandon(serial_of(2)));
  EXPECT_OK(revoke(serial_of(1)));
  EXPECT_OK(store_->append_audit(event("service.started", "ca")));
  EXPECT_THAT(audit_types(),
              ElementsAre("enrollment.created", "issuance.intent", "certificate.issued", "issuance.intent",
                          "issuance.abandoned", "certificate.revoked", "service.started"));
}

TEST_P(StoreAudit, EntriesAreLeavesOfTheTree) {
  const AuditDraft first{start, "first", Identity("alice"), "subject", R"({"a":"b"})"};
  EXPECT_OK(store_->append_audit(first));
  EXPECT_OK(store_->append_audit(event("second", "")));
  const std::vector<AuditEntry> entries = store_->read_audit(0, 10).value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].sequence, 1);
  EXPECT_EQ(entries[0].hash, audit::entry_hash(1, first).value());
  EXPECT_EQ(entries[0].event.at, first.at);
  EXPECT_EQ(entries[0].event.event_type, first.event_type);
  EXPECT_EQ(entries[0].event.actor, first.actor);
  EXPECT_EQ(entries[0].event.subject, first.subject);
  EXPECT_EQ(entries[0].event.fields, first.fields);
  EXPECT_EQ(entries[1].sequence, 2);
  EXPECT_EQ(entries[1].hash, audit::entry_hash(2, event("second", "")).value());
}

TEST_P(StoreAudit, AnEntryOfTheLargestSizeIsLoggedAndALargerOneRefusesItsChange) {
  AuditDraft largest = event("big", "");
  largest.fields = R"({"n":""})";
  const std::size_t rest = audit::entry_text(1, largest).value().size();
  largest.fields = R"({"n":")" + std::string(merkle::entry_limit - rest, 'x') + R"("})";
  AuditDraft larger = largest;
  larger.subject = "x";
  EXPECT_CODE(store_->append_audit(larger), payload_too_large);
  EXPECT_CODE(store_->begin_issuance(make_intent(1), larger), payload_too_large);
  EXPECT_CODE(store_->add_token(make_token(1), larger), payload_too_large);
  EXPECT_EQ(store_->log_size().value(), 0);
  EXPECT_FALSE(store_->find_status(serial_of(1)).value().has_value());
  EXPECT_FALSE(store_->find_token(digest_of(1)).value().has_value());
  EXPECT_OK(store_->append_audit(largest));
  expect_whole_log(*store_, 1);
}

TEST_P(StoreAudit, ACertificateKnowsItsEntry) {
  EXPECT_OK(store_->append_audit(event("first", "")));
  issue(1);
  EXPECT_OK(begin(make_intent(2)));
  const AuditEntry entry = store_->find_log_entry(serial_of(1)).value().value();
  EXPECT_EQ(entry.sequence, 3);
  EXPECT_EQ(entry.event.event_type, "certificate.issued");
  EXPECT_EQ(entry.hash, store_->read_audit(2, 1).value().at(0).hash);
  EXPECT_FALSE(store_->find_log_entry(serial_of(2)).value().has_value());
  EXPECT_FALSE(store_->find_log_entry(serial_of(3)).value().has_value());
}

TEST_P(StoreAudit, TilesHoldTheHashesOfTheTree) {
  constexpr int count = 600;
  merkle::CompactTree tree;
  std::vector<Digest> leaves;
  append_at_once(*store_, count);
  const std::vector<AuditEntry> entries = store_->read_audit(0, count).value();
  for (const AuditEntry& entry : entries) {
    leaves.push_back(audit::entry_hash(entry.sequence, entry.event).value());
    tree.append(leaves.back());
  }
  EXPECT_EQ(store_->log_size().value(), count);
  const auto tile = [&](int level, std::int64_t number, int width) {
    return store_->read_log_tile(level, number, width).value();
  };
  const std::vector<Digest> first(leaves.begin(), leaves.begin() + 256);
  const std::vector<Digest> second(leaves.begin() + 256, leaves.begin() + 512);
  EXPECT_EQ(tile(0, 0, 256), first);
  EXPECT_EQ(tile(0, 0, 10), std::vector<Digest>(leaves.begin(), leaves.begin() + 10));
  EXPECT_EQ(tile(0, 2, 256), std::vector<Digest>(leaves.begin() + 512, leaves.end()));
  EXPECT_EQ(tile(0, 2, 1), std::vector<Digest>(1, leaves[512]));
  EXPECT_EQ(tile(1, 0, 256),
            (std::vector<Digest>{merkle::root_of_complete(first), merkle::root_of_complete(second)}));
  EXPECT_THAT(tile(0, 3, 1), IsEmpty());
  EXPECT_THAT(tile(1, 1, 1), IsEmpty());
  EXPECT_THAT(tile(7, 0, 256), IsEmpty());
  EXPECT_CODE(store_->read_log_tile(8, 0, 1), validation);
  EXPECT_CODE(store_->read_log_tile(-1, 0, 1), validation);
  EXPECT_CODE(store_->read_log_tile(0, -1, 1), validation);
  EXPECT_CODE(store_->read_log_tile(0, std::int64_t{1} << 48, 1), validation);
  EXPECT_CODE(store_->read_log_tile(0, 0, 0), validation);
  EXPECT_CODE(store_->read_log_tile(0, 0, 257), validation);
  const Result<merkle::Verification> verified = audit::verify_log(*store_, {}, {});
  EXPECT_THAT(verified->faults, IsEmpty());
  EXPECT_EQ(verified->root, tree.root());
}

TEST_P(StoreAudit, IsReadFromAnyPlace) {
  for (int i = 0; i < 5; ++i) EXPECT_OK(store_->append_audit(event("e", std::to_string(i))));
  const std::vector<AuditEntry> entries = store_->read_audit(2, 2).value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].event.subject, "2");
  EXPECT_EQ(entries[1].event.subject, "3");
  EXPECT_THAT(store_->read_audit(5, 10).value(), IsEmpty());
  EXPECT_THAT(store_->read_audit(99, 10).value(), IsEmpty());
  EXPECT_CODE(store_->read_audit(0, 0), validation);
  EXPECT_CODE(store_->read_audit(0, 10001), validation);
  EXPECT_OK(store_->read_audit(0, 10000));
}

TEST_P(StoreAudit, TheLogHoldsWhenManyWriteAtOnce) {
  std::latch together(32);
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 32; ++thread) {
      threads.emplace_back([&, thread] {
        together.arrive_and_wait();
        for (int i = 0; i < 10; ++i) {
          const int number = 1 + thread * 10 + i;
          EXPECT_OK(begin(make_intent(number)));
          EXPECT_OK(complete(make_certificate(number)));
        }
      });
    }
  }
  expect_whole_log(*store_, 640);
  EXPECT_EQ(store_->list_certificates({}, "", 1000).value().rows.size(), 320U);
}

TEST_P(StoreAudit, AnEmptyLogIsWhole) {
  expect_whole_log(*store_, 0);
  EXPECT_EQ(store_->log_size().value(), 0);
}

TEST_P(StoreAudit, TheOutboxKeepsEventsUntilTheyAreAcknowledged) {
  issue(1);
  EXPECT_OK(revoke(serial_of(1)));
  issue(2);
  const auto events = store_->read_outbox(10).value();
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].second.type, "certificate.issued");
  EXPECT_EQ(events[1].second.type, "certificate.revoked");
  EXPECT_EQ(events[0].second.payload, R"({"n":1})");
  EXPECT_EQ(events[0].second.at, start);
  EXPECT_LT(events[0].first, events[1].first);
  EXPECT_EQ(store_->read_outbox(2).value().size(), 2U);

  EXPECT_OK(store_->acknowledge_outbox(events[1].first));
  ASSERT_EQ(store_->read_outbox(10).value().size(), 1U);
  EXPECT_EQ(store_->read_outbox(10).value()[0].first, events[2].first);
  EXPECT_OK(store_->acknowledge_outbox(events[1].first));
  EXPECT_OK(store_->acknowledge_outbox(events[2].first));
  EXPECT_THAT(store_->read_outbox(10).value(), IsEmpty());
  EXPECT_CODE(store_->read_outbox(0), validation);
  EXPECT_CODE(store_->read_outbox(10001), validation);
}

TEST_P(StoreAudit, OutboxNumbersAreNeverUsedTwice) {
  issue(1);
  const std::int64_t first = store_->read_outbox(10).value().at(0).first;
  EXPECT_OK(store_->acknowledge_outbox(first));
  issue(2);
  EXPECT_GT(store_->read_outbox(10).value().at(0).first, first);
}

}  // namespace
}  // namespace chancery::store::test
