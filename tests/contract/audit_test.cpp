// Contract: the audit chain and the outbox.
#include "ca/audit/audit.h"

#include <gmock/gmock.h>

#include <latch>
#include <thread>

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

TEST_P(StoreAudit, EntriesAreLinked) {
  const AuditDraft first{start, "first", Identity("alice"), "subject", R"({"a":"b"})"};
  EXPECT_OK(store_->append_audit(first));
  EXPECT_OK(store_->append_audit(event("second", "")));
  const std::vector<AuditEntry> entries = store_->read_audit(0, 10).value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].sequence, 1);
  EXPECT_EQ(entries[0].previous, Digest{});
  EXPECT_EQ(entries[0].hash, audit::link_entry(1, Digest{}, first));
  EXPECT_EQ(entries[0].event.at, first.at);
  EXPECT_EQ(entries[0].event.event_type, first.event_type);
  EXPECT_EQ(entries[0].event.actor, first.actor);
  EXPECT_EQ(entries[0].event.subject, first.subject);
  EXPECT_EQ(entries[0].event.fields, first.fields);
  EXPECT_EQ(entries[1].sequence, 2);
  EXPECT_EQ(entries[1].previous, entries[0].hash);
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

TEST_P(StoreAudit, TheChainHoldsWhenManyWriteAtOnce) {
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
  const Result<audit::Verification> verified = audit::verify_chain(*store_);
  ASSERT_TRUE(verified.has_value()) << verified.error().message;
  EXPECT_EQ(verified->entries, 640);
  EXPECT_EQ(verified->head, store_->read_audit(639, 1).value().at(0).hash);
  EXPECT_EQ(store_->list_certificates({}, "", 1000).value().rows.size(), 320U);
}

TEST_P(StoreAudit, AnEmptyChainIsValid) {
  const Result<audit::Verification> verified = audit::verify_chain(*store_);
  ASSERT_TRUE(verified.has_value());
  EXPECT_EQ(verified->entries, 0);
  EXPECT_EQ(verified->head, Digest{});
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
