#include "agent/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <mutex>
#include <thread>

#include "api/client/client.h"

namespace chancery::agent {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Keeps the last request, as Debian's Pushgateway would.
class Gateway {
 public:
  explicit Gateway(int status) {
    server_.Put(".*", [this, status](const httplib::Request& request, httplib::Response& response) {
      const std::scoped_lock lock(mutex_);
      path_ = request.path;
      body_ = request.body;
      type_ = request.get_header_value("Content-Type");
      response.status = status;
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Gateway() {
    server_.stop();
    thread_.join();
  }
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  Gateway(Gateway&&) = delete;
  Gateway& operator=(Gateway&&) = delete;
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::string path_, body_, type_;

 private:
  httplib::Server server_;
  std::mutex mutex_;
  int port_ = 0;
  std::thread thread_;
};

TEST(Report, PushesToTheNodesOwnGroup) {
  Gateway gateway(200);
  const Metrics metrics("web-01");
  ASSERT_TRUE(push_metrics(gateway.url(), "web-01", metrics.text()));
  EXPECT_EQ(gateway.path_, "/metrics/job/chancery_agent/instance/web-01");
  EXPECT_EQ(gateway.body_, metrics.text());
  EXPECT_THAT(gateway.type_, HasSubstr("version=0.0.4"));
}

// After a roll-over two roots may have the same name.
TEST(Report, EachTrustedCertificateHasItsOwnEndAsLongAsItIsTrusted) {
  Metrics metrics("web-01");
  const TrustedCertificate old{"CN=Root", "aa", from_unix(1'000)}, next{"CN=Root", "bb", from_unix(2'000)};
  const auto series = [](const TrustedCertificate& each) {
    return "chancery_trust_not_after_timestamp_seconds{node=\"web-01\",sha256=\"" + each.sha256 +
           "\",subject=\"CN=Root\"} " + std::to_string(to_unix(each.not_after)) + "\n";
  };
  metrics.trust({old, next, next});
  EXPECT_THAT(metrics.text(), HasSubstr(series(old)));
  EXPECT_THAT(metrics.text(), HasSubstr(series(next)));
  metrics.trust({next});
  EXPECT_THAT(metrics.text(), Not(HasSubstr(series(old))));
  EXPECT_THAT(metrics.text(), HasSubstr(series(next)));
}

TEST(Report, ARefusalOfTheGatewayIsAnError) {
  const Gateway gateway(400);
  const Result<void> pushed = push_metrics(gateway.url(), "web-01", "x");
  ASSERT_FALSE(pushed);
  EXPECT_THAT(pushed.error().message, HasSubstr("HTTP 400; check its address and its log"));
}

TEST(Report, NobodyThereIsAnError) {
  const Result<void> pushed = push_metrics("http://127.0.0.1:1", "web-01", "x");
  ASSERT_FALSE(pushed);
  EXPECT_EQ(pushed.error().code, ErrorCode::unavailable);
  EXPECT_THAT(pushed.error().message, HasSubstr("check that it is running and that the address is right"));
}

TEST(Report, CountersStandAtZeroFromTheStart) {
  const std::string text = Metrics("web-01").text();
  for (const char* result : {"success", "failure", "rolled_back", "pending"}) {
    EXPECT_THAT(text, HasSubstr("chancery_renewals_total{result=\"" + std::string(result) + "\"} 0"));
  }
}

TEST(Report, AnUnixTimeIsWrittenToTheSecond) {
  Metrics metrics("web-01");
  metrics.success(from_unix(2145916799));
  EXPECT_THAT(metrics.text(), HasSubstr("{node=\"web-01\"} 2145916799"));
}

TEST(Scrape, ServesTheMetricsAndHealthOnly) {
  Metrics metrics("web-01");
  Result<std::unique_ptr<ScrapeEndpoint>> endpoint = ScrapeEndpoint::start("127.0.0.1", 0, metrics);
  ASSERT_TRUE(endpoint) << endpoint.error().message;
  client::Options options;
  options.url = "http://127.0.0.1:" + std::to_string((*endpoint)->port());
  client::Request request;
  request.path = "/metrics";
  metrics.count(RenewalResult::success);
  const auto get = [&](const std::string& path) {
    request.path = path;
    return *client::Client::create(options)->send(request);
  };
  EXPECT_THAT(get("/metrics").body, HasSubstr("chancery_renewals_total{result=\"success\"} 1"));
  EXPECT_EQ(get("/health").status, 200);
  EXPECT_EQ(get("/").status, 404);
}

TEST(Scrape, ATakenPortIsAConflict) {
  const Metrics metrics("web-01");
  Result<std::unique_ptr<ScrapeEndpoint>> first = ScrapeEndpoint::start("127.0.0.1", 0, metrics);
  ASSERT_TRUE(first);
  Result<std::unique_ptr<ScrapeEndpoint>> second =
      ScrapeEndpoint::start("127.0.0.1", (*first)->port(), metrics);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_THAT(second.error().message, HasSubstr("choose a free port"));
}

}  // namespace
}  // namespace chancery::agent
