#include "api/metrics/metrics.h"

#include <gtest/gtest.h>

#include <sstream>
#include <thread>

#include "ca/audit/entry.h"
#include "tests/support/log_key.h"
#include "tests/support/x509_builder.h"

namespace chancery::metrics {
namespace {

using test::must;

class MetricsTest : public testing::Test {
 protected:
  std::string expose() { return must(metrics.expose(*store, *log, *issuer, test::test_time())); }
  // The value of the one line that begins with `series`, "" when there is none.
  std::string value(const std::string& series) {
    std::istringstream lines(expose());
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
    }
    return "";
  }

  test::CertifiedKey root = test::make_root();
  test::CertifiedKey intermediate = test::make_intermediate(root);
  std::shared_ptr<const issuance::Issuer> issuer =
      must(issuance::Issuer::create(intermediate.certificate, intermediate.signer(), {.cross_check = false}));
  std::unique_ptr<store::Store> store = store::make_memory_store(audit::log_hashing());
  FixedClock clock{test::test_time()};
  std::unique_ptr<audit::Log> log = must(audit::Log::open(*store, test::make_log_key(), clock));
  Metrics metrics{{ProfileName("service")}};
};

TEST_F(MetricsTest, DeclaresWhatTheDesignNames) {
  const std::string text = expose();
  for (const char* name : {"chancery_certificates_issued_total", "chancery_issue_duration_seconds",
                           "chancery_certificates_expiring", "chancery_issuer_not_after_timestamp_seconds",
                           "chancery_log_entries", "chancery_log_checkpoint_timestamp_seconds"}) {
    EXPECT_NE(text.find(std::string("# TYPE ") + name + " "), std::string::npos) << name;
    EXPECT_NE(text.find(std::string("# HELP ") + name + " "), std::string::npos) << name;
  }
}

TEST_F(MetricsTest, TellsTheLogsSizeAndItsCheckpointsAge) {
  ASSERT_TRUE(store->append_audit({test::test_time(), "test", Identity("alice"), "", "{}"}));
  EXPECT_EQ(value("chancery_log_entries"), "1");
  EXPECT_EQ(std::stod(value("chancery_log_checkpoint_timestamp_seconds")),
            static_cast<double>(to_unix(test::test_time())));
}

TEST_F(MetricsTest, CountsByProfileAndResult) {
  metrics.count(ProfileName("service"), IssueResult::issued);
  metrics.count(ProfileName("service"), IssueResult::issued);
  metrics.count(ProfileName("service"), IssueResult::refused);
  EXPECT_EQ(value(R"(chancery_certificates_issued_total{profile="service",result="issued"})"), "2");
  EXPECT_EQ(value(R"(chancery_certificates_issued_total{profile="service",result="refused"})"), "1");
  EXPECT_EQ(value(R"(chancery_certificates_issued_total{profile="service",result="failed"})"), "0");
}

TEST_F(MetricsTest, CallersCannotAddSeries) {
  metrics.count(ProfileName("made-up-1"), IssueResult::refused);
  metrics.count(ProfileName("made-up-2"), IssueResult::refused);
  EXPECT_EQ(value(R"(chancery_certificates_issued_total{profile="unknown",result="refused"})"), "2");
  EXPECT_EQ(expose().find("made-up"), std::string::npos);
}

TEST_F(MetricsTest, ObservesEachStage) {
  Metrics::start_issue();
  for (const auto step :
       {authority::Step::policy, authority::Step::prepare, authority::Step::intent, authority::Step::sign,
        authority::Step::check, authority::Step::record, authority::Step::answer}) {
    metrics.finished(step);
    const std::string stage(authority::to_string(step));
    EXPECT_EQ(value("chancery_issue_duration_seconds_count{stage=\"" + stage + "\"}"), "1") << stage;
  }
}

TEST_F(MetricsTest, StagesOfOtherThreadsAreMeasuredOnTheirOwn) {
  Metrics::start_issue();
  std::jthread([&] {
    Metrics::start_issue();
    metrics.finished(authority::Step::policy);
  }).join();
  metrics.finished(authority::Step::policy);
  EXPECT_EQ(value(R"(chancery_issue_duration_seconds_count{stage="policy"})"), "2");
}

TEST_F(MetricsTest, TheIssuersEndIsAGauge) {
  const std::string series = "chancery_issuer_not_after_timestamp_seconds{issuer=\"" +
                             intermediate.certificate.subject_text() + "\"}";
  EXPECT_EQ(static_cast<std::int64_t>(std::stod(value(series))),
            to_unix(intermediate.certificate.validity().not_after()));
}

// After a roll-over two roots may have the same name; each has its own end.
TEST_F(MetricsTest, EachRootsEndIsAGauge) {
  const test::CertifiedKey next = test::make_root();
  metrics.roots_loaded({root.certificate, next.certificate});
  for (const x509::Certificate& each : {root.certificate, next.certificate}) {
    const std::string series = "chancery_root_not_after_timestamp_seconds{root=\"" + each.subject_text() +
                               "\",sha256=\"" + to_hex(each.fingerprint()) + "\"}";
    EXPECT_EQ(static_cast<std::int64_t>(std::stod(value(series))), to_unix(each.validity().not_after()));
  }
}

TEST_F(MetricsTest, WhatWaitsAndForHowLongIsComputedAtTheScrape) {
  EXPECT_EQ(value(R"(chancery_requests_open{state="pending"})"), "0");
  EXPECT_EQ(value("chancery_requests_oldest_age_seconds"), "0");
  const auto ask = [&](const std::string& id, TimePoint at, TimePoint until) {
    store::ApprovalRequest request{.id = id, .identity = Identity(id), .created_at = at, .expires_at = until};
    request.request_hash[0] = static_cast<std::uint8_t>(id.front());
    request.spki_hash = request.request_hash;
    ASSERT_TRUE(store->add_request(request, {}, {at, "t", Identity("t"), id, "{}"}));
  };
  const TimePoint now = test::test_time();
  ask("a", now + Seconds(5), now + Seconds(100));  // the clock was set back since
  EXPECT_EQ(value("chancery_requests_oldest_age_seconds"), "0");
  ask("b", now - Seconds(90), now + Seconds(1));
  ask("c", now - Seconds(900), now);  // has expired, whether it was ended or not
  EXPECT_EQ(value(R"(chancery_requests_open{state="pending"})"), "2");
  EXPECT_EQ(value(R"(chancery_requests_open{state="approved"})"), "0");
}

TEST_F(MetricsTest, ExpiringIsComputedAtTheScrape) {
  EXPECT_EQ(value(R"(chancery_certificates_expiring{within="7d"})"), "0");
  const store::AuditDraft audit{
      .at = test::test_time(), .event_type = "t", .actor = Identity("t"), .subject = "01", .fields = "{}"};
  ASSERT_TRUE(store->begin_issuance({.serial = "01", .created_at = test::test_time()}, audit));
  ASSERT_TRUE(store->complete_issuance({.serial = "01",
                                        .not_before = test::test_time(),
                                        .not_after = test::test_time() + Seconds(3 * 86400),
                                        .lineage = "01"},
                                       audit, {.type = "t", .payload = "{}", .at = test::test_time()}));
  EXPECT_EQ(value(R"(chancery_certificates_expiring{within="1d"})"), "0");
  EXPECT_EQ(value(R"(chancery_certificates_expiring{within="7d"})"), "1");
  EXPECT_EQ(value(R"(chancery_certificates_expiring{within="90d"})"), "1");
}

TEST(IssueResults, AreOursOrTheirs) {
  EXPECT_EQ(result_of(make_error(ErrorCode::forbidden, "")), IssueResult::refused);
  EXPECT_EQ(result_of(make_error(ErrorCode::conflict, "")), IssueResult::refused);
  EXPECT_EQ(result_of(make_error(ErrorCode::unavailable, "")), IssueResult::failed);
  EXPECT_EQ(result_of(make_error(ErrorCode::internal, "")), IssueResult::failed);
}

}  // namespace
}  // namespace chancery::metrics
