#include "agent/report.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <utility>

#include "api/client/client.h"
#include "ca/base/guarded.h"

namespace chancery::agent {
namespace {

using prometheus::BuildGauge;
using prometheus::Family;
using prometheus::Gauge;

void set(Family<Gauge>& family, const prometheus::Labels& labels, TimePoint time) {
  family.Add(labels).Set(static_cast<double>(to_unix(time)));
}

}  // namespace

struct Metrics::State {
  explicit State(std::string name) : node(std::move(name)) {
    for (const char* result : {"success", "failure", "rolled_back", "pending"})
      renewals.Add({{"result", result}});
  }
  std::string node;
  prometheus::Registry registry;
  Family<Gauge>& not_after = BuildGauge()
                                 .Name("chancery_certificate_not_after_timestamp_seconds")
                                 .Help("When the installed certificate ends, Unix time.")
                                 .Register(registry);
  Family<Gauge>& renew_after = BuildGauge()
                                   .Name("chancery_certificate_renew_after_timestamp_seconds")
                                   .Help("When the installed certificate should be renewed, Unix time.")
                                   .Register(registry);
  Family<Gauge>& served = BuildGauge()
                              .Name("chancery_certificate_served_not_after_timestamp_seconds")
                              .Help("When the certificate seen on the wire ends, Unix time.")
                              .Register(registry);
  Family<Gauge>& failures = BuildGauge()
                                .Name("chancery_certificate_consecutive_failures")
                                .Help("Failures in a row to enrol, renew, install or prove a certificate.")
                                .Register(registry);
  Family<Gauge>& waiting = BuildGauge()
                               .Name("chancery_certificate_waiting_for_approval")
                               .Help("1 while the certificate's request waits for an operator, else 0.")
                               .Register(registry);
  Family<prometheus::Counter>& renewals = prometheus::BuildCounter()
                                              .Name("chancery_renewals_total")
                                              .Help("Renewals by result, since the agent started.")
                                              .Register(registry);
  Family<Gauge>& last_success =
      BuildGauge()
          .Name("chancery_agent_last_success_timestamp_seconds")
          .Help("When the agent last proved a certificate or found all in order, Unix time.")
          .Register(registry);
  Family<Gauge>& offset = BuildGauge()
                              .Name("chancery_clock_offset_seconds")
                              .Help("The issuing service's clock less this machine's, at the last answer.")
                              .Register(registry);
  Family<Gauge>& trust =
      BuildGauge()
          .Name("chancery_trust_not_after_timestamp_seconds")
          .Help("When a root the agent trusts or an installed intermediate ends, Unix time.")
          .Register(registry);
  Guarded<std::map<std::string, Gauge*>> trusted;  // by fingerprint
};

Metrics::Metrics(std::string node) : state_(std::make_unique<State>(std::move(node))) {}
Metrics::~Metrics() = default;

void Metrics::report(const CertificateReport& certificate) {
  const prometheus::Labels labels{
      {"node", state_->node}, {"certificate", certificate.name}, {"profile", certificate.profile}};
  if (certificate.not_after) set(state_->not_after, labels, *certificate.not_after);
  if (certificate.renew_after) set(state_->renew_after, labels, *certificate.renew_after);
  if (certificate.served_not_after) set(state_->served, labels, *certificate.served_not_after);
  state_->failures.Add(labels).Set(certificate.failures);
  state_->waiting.Add(labels).Set(certificate.waiting ? 1 : 0);
}

void Metrics::count(RenewalResult result) {
  switch (result) {
    case RenewalResult::success:
      state_->renewals.Add({{"result", "success"}}).Increment();
      return;
    case RenewalResult::failure:
      state_->renewals.Add({{"result", "failure"}}).Increment();
      return;
    case RenewalResult::rolled_back:
      state_->renewals.Add({{"result", "rolled_back"}}).Increment();
      return;
    case RenewalResult::pending:
      state_->renewals.Add({{"result", "pending"}}).Increment();
      return;
  }
}

void Metrics::success(TimePoint at) {
  set(state_->last_success, {{"node", state_->node}}, at);
}

void Metrics::clock_offset(Seconds offset) {
  state_->offset.Add({{"node", state_->node}}).Set(static_cast<double>(offset.count()));
}

void Metrics::trust(const std::vector<TrustedCertificate>& certificates) {
  state_->trusted.with([&](std::map<std::string, Gauge*>& before) {
    std::map<std::string, Gauge*> now;
    for (const TrustedCertificate& each : certificates) {
      Gauge& gauge =
          state_->trust.Add({{"node", state_->node}, {"subject", each.subject}, {"sha256", each.sha256}});
      gauge.Set(static_cast<double>(to_unix(each.not_after)));
      now.insert_or_assign(each.sha256, &gauge);
    }
    for (const auto& [sha256, gauge] : before) {
      if (!now.contains(sha256)) state_->trust.Remove(gauge);
    }
    before = std::move(now);
  });
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

Result<void> push_metrics(const std::string& url, const std::string& node, const std::string& text) {
  client::Options options;
  options.url = url;
  options.connect_timeout = Seconds(2);
  options.timeout = Seconds(5);
  Result<client::Client> client = client::Client::create(std::move(options));
  if (!client) return client.error();
  client::Request request;
  request.method = "PUT";
  request.path = "/metrics/job/chancery_agent/instance/" + node;
  request.body = text;
  request.content_type = "text/plain; version=0.0.4; charset=utf-8";
  Result<client::Response> response = client->send(request);
  if (!response) return with_context(response.error(), "pushing metrics");
  if (response->status / 100 == 2) return {};
  return make_error(ErrorCode::unavailable,
                    "the Pushgateway at " + url + " answered HTTP " + std::to_string(response->status) +
                        "; check its address and its log",
                    response->body.substr(0, 400));
}

}  // namespace chancery::agent
