// Kept now and then, and at the end; never in anybody's way.
#include "api/server/housekeeping.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <sstream>

#include "ca/audit/entry.h"
#include "ca/audit/last_checkpoint.h"
#include "ca/policy/quotas.h"
#include "tests/support/failing_store.h"
#include "tests/support/log_key.h"
#include "tests/support/x509_builder.h"
#include "tests/unit/api/server/stepping_waiter.h"

namespace chancery::server {
namespace {

using test::must;
namespace fs = std::filesystem;

class CountingLogger final : public log::Logger {
 public:
  void write(log::Level, std::string_view event, std::string_view, const log::Fields&) const override {
    const std::scoped_lock lock(mutex_);
    events_.emplace_back(event);
  }
  std::vector<std::string> events() const {
    const std::scoped_lock lock(mutex_);
    return events_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::vector<std::string> events_;
};

class HousekeepingTest : public testing::Test {
 protected:
  HousekeepingTest() {
    std::string pattern = (fs::temp_directory_path() / "chancery-housekeeping-XXXXXX").string();
    directory = ::mkdtemp(pattern.data());
    file = (directory / "log.checkpoint").string();
    counter = must(keys::SigningCounter::open((directory / "signatures").string()));
  }
  ~HousekeepingTest() override {
    housekeeping.reset();
    fs::remove_all(directory);
  }
  void start() {
    housekeeping = std::make_unique<Housekeeping>(HousekeepingParts{.store = store,
                                                                    .log = *log,
                                                                    .signatures = *counter,
                                                                    .last_checkpoint_file = file,
                                                                    .metrics = metrics,
                                                                    .logger = logger,
                                                                    .clock = clock,
                                                                    .waiter = waiter});
  }
  void append(const std::string& event = "test") {
    ASSERT_TRUE(store.append_audit({clock.now(), event, Identity("a"), "", "{}"}));
  }
  std::int64_t kept() {
    const auto note = must(audit::read_last_checkpoint(file));
    return note ? must(merkle::open_checkpoint(*note, log->key())).size : -1;
  }

  fs::path directory;
  std::string file;
  FixedClock clock{test::test_time()};
  test::FailingStore store{store::make_memory_store(audit::log_hashing())};
  std::unique_ptr<audit::Log> log = must(audit::Log::open(store, test::make_log_key(), clock));
  std::string told_kept() {
    std::istringstream lines(must(metrics.expose(store, *log, *issuer, clock.now())));
    const std::string name = "chancery_log_checkpoint_kept_timestamp_seconds ";
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(name)) return line.substr(name.size());
    }
    return "";
  }

  std::shared_ptr<keys::SigningCounter> counter;
  test::CertifiedKey root = test::make_root();
  test::CertifiedKey intermediate = test::make_intermediate(root);
  std::shared_ptr<const issuance::Issuer> issuer =
      must(issuance::Issuer::create(intermediate.certificate, intermediate.signer(), {.cross_check = false}));
  metrics::Metrics metrics{std::vector<ProfileName>{}};
  CountingLogger logger;
  SteppingWaiter waiter;
  std::unique_ptr<Housekeeping> housekeeping;
};

TEST_F(HousekeepingTest, KeepsACheckpointOfAllEntriesThoughNobodyAskedForOne) {
  start();
  waiter.wake(Waiter::Woken::time);
  EXPECT_EQ(waiter.asked_for, Seconds(60));
  EXPECT_EQ(kept(), 0);
  append();
  waiter.wake(Waiter::Woken::time);
  EXPECT_EQ(kept(), 1);
  append();
  housekeeping.reset();
  EXPECT_EQ(kept(), 2);
}

TEST_F(HousekeepingTest, CountsOnWhatTheLogAnnouncesFromWhereCountingBegan) {
  append("issuance.intent");
  counter->begin(1);
  append("issuance.intent");
  append();
  start();
  waiter.wake(Waiter::Woken::time);
  EXPECT_EQ(counter->counts().settled_entries, 3);
  EXPECT_EQ(counter->counts().settled_intents, 1);
  append("issuance.intent");
  waiter.wake(Waiter::Woken::time);
  EXPECT_EQ(counter->counts().settled_entries, 4);
  EXPECT_EQ(counter->counts().settled_intents, 2);
}

TEST_F(HousekeepingTest, AFileThatCannotBeWrittenIsSaidOnceAndTriedAgain) {
  fs::remove_all(directory);
  start();
  for (int i = 0; i < 3; ++i) waiter.wake(Waiter::Woken::time);
  EXPECT_THAT(logger.events(), testing::ElementsAre("audit.checkpoint_not_kept"));
  EXPECT_EQ(told_kept(), "0");
  fs::create_directory(directory);
  waiter.wake(Waiter::Woken::time);
  EXPECT_EQ(kept(), 0);
  EXPECT_EQ(std::stod(told_kept()), static_cast<double>(to_unix(clock.now())));
  clock.advance(Seconds(60));
  waiter.wake(Waiter::Woken::time);  // nothing new, and it stands there
  EXPECT_EQ(std::stod(told_kept()), static_cast<double>(to_unix(clock.now())));
}

TEST_F(HousekeepingTest, ForgetsUsesOfQuotasThatNoWindowReaches) {
  const store::Quota quota{"identity:service:gone", 9, policy::longest_quota_window};
  for (int i = 0; i < Housekeeping::forgotten_at_once + 2; ++i) {
    store::Intent intent;
    intent.serial = std::to_string(i);
    intent.spki_hash[0] = static_cast<std::uint8_t>(i);
    intent.spki_hash[1] = static_cast<std::uint8_t>(i >> 8);
    intent.created_at = clock.now();
    intent.quotas = {{"identity:service:" + std::to_string(i), 9, quota.window}};
    ASSERT_TRUE(store.begin_issuance(intent, {clock.now(), "test", Identity("a"), "", "{}"}));
  }
  clock.advance(policy::longest_quota_window - Seconds(1));
  start();
  waiter.wake(Waiter::Woken::time);
  const TimePoint all = clock.now() + Seconds(1);
  EXPECT_EQ(store.forget_quota_uses(all - policy::longest_quota_window - Seconds(1), 10000).value(), 0);
  clock.advance(Seconds(1));
  waiter.wake(Waiter::Woken::time);  // a thousand of them
  EXPECT_EQ(must(store.forget_quota_uses(all - policy::longest_quota_window, 10000)), 2);
}

}  // namespace
}  // namespace chancery::server
