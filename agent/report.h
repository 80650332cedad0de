// The agent's metrics (docs/reference/metrics-agent.md): one registry, served for scraping and pushed to a
// Pushgateway.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/config.h"
#include "ca/base/clock.h"
#include "ca/base/result.h"

namespace chancery::agent {

struct CertificateReport {
  std::string name, profile;
  std::optional<TimePoint> not_after, renew_after;
  std::optional<TimePoint> served_not_after;
  int failures = 0;      // in a row
  bool waiting = false;  // for the approval of its request
};

// A root that the agent trusts, or an intermediate that it has installed.
struct TrustedCertificate {
  std::string subject, sha256;  // its fingerprint, hexadecimal
  TimePoint not_after;
};

enum class RenewalResult { success, failure, rolled_back, pending };

// Thread-safe: the scrape endpoint reads while the agent writes.
class Metrics {
 public:
  explicit Metrics(std::string node);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  Metrics(Metrics&&) = delete;
  Metrics& operator=(Metrics&&) = delete;

  void report(const CertificateReport& certificate);
  void count(RenewalResult result);
  void success(TimePoint at);
  void clock_offset(Seconds offset);  // the service's clock less ours
  // When the agent's own trust ends (incidents of Firefox 2019 and Ericsson/O2 2018: nobody watched these).
  // One series for each, in place of those before.
  void trust(const std::vector<TrustedCertificate>& certificates);

  // Prometheus text format 0.0.4.
  [[nodiscard]] std::string text() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

// PUT to /metrics/job/chancery_agent/instance/<node>: replaces what this node pushed before. Errors:
// unavailable.
Result<void> push_metrics(const std::string& url, const std::string& node, const std::string& text);

// GET /metrics and /health on one address, from a thread called "scrape", until destroyed.
class ScrapeEndpoint {
 public:
  // `metrics` must outlive it. Errors: conflict (the port is taken). Port 0 picks a free one.
  static Result<std::unique_ptr<ScrapeEndpoint>> start(const std::string& address, int port,
                                                       const Metrics& metrics);
  ~ScrapeEndpoint();
  ScrapeEndpoint(const ScrapeEndpoint&) = delete;
  ScrapeEndpoint& operator=(const ScrapeEndpoint&) = delete;
  ScrapeEndpoint(ScrapeEndpoint&&) = delete;
  ScrapeEndpoint& operator=(ScrapeEndpoint&&) = delete;
  [[nodiscard]] int port() const;

  struct State;

 private:
  explicit ScrapeEndpoint(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace chancery::agent
