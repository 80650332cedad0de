#include "api/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <chrono>
#include <map>
#include <sstream>

namespace chancery::metrics {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::array<authority::Step, 7> steps{
    authority::Step::policy, authority::Step::prepare, authority::Step::intent, authority::Step::sign,
    authority::Step::check,  authority::Step::record,  authority::Step::answer};
constexpr std::array<IssueResult, 4> results{IssueResult::issued, IssueResult::replayed, IssueResult::refused,
                                             IssueResult::failed};

// 10 us to 5 s: a signature takes 20 us, a commit on a slow disk tens of milliseconds.
const prometheus::Histogram::BucketBoundaries& duration_buckets() {
  static const prometheus::Histogram::BucketBoundaries buckets{1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4,
                                                               1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 0.05,
                                                               0.1,  0.25,   0.5,  1.0,  5.0};
  return buckets;
}

// A stage begins where the one before it ended, in the same thread.
thread_local SteadyTime stage_began;

std::size_t index_of(authority::Step step) {
  return static_cast<std::size_t>(step) - 1;
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& issued =
      prometheus::BuildCounter()
          .Name("chancery_certificates_issued_total")
          .Help("Attempts to issue a certificate, by profile and result.")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& duration = prometheus::BuildHistogram()
                                                            .Name("chancery_issue_duration_seconds")
                                                            .Help("Time spent in each stage of an issuance.")
                                                            .Register(registry);
  prometheus::Family<prometheus::Gauge>& expiring =
      prometheus::BuildGauge()
          .Name("chancery_certificates_expiring")
          .Help("Valid certificates that expire within the given time.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& issuer_not_after =
      prometheus::BuildGauge()
          .Name("chancery_issuer_not_after_timestamp_seconds")
          .Help("When the issuing certificate expires, as Unix time.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& log_entries = prometheus::BuildGauge()
                                                           .Name("chancery_log_entries")
                                                           .Help("Entries of the audit log.")
                                                           .Register(registry);
  prometheus::Family<prometheus::Gauge>& log_checkpoint =
      prometheus::BuildGauge()
          .Name("chancery_log_checkpoint_timestamp_seconds")
          .Help("When the last checkpoint of the audit log was signed, as Unix time.")
          .Register(registry);
  // Declared for dashboards and alerts; has no series until this CA publishes CRLs.
  prometheus::Family<prometheus::Gauge>& crl_next_update =
      prometheus::BuildGauge()
          .Name("chancery_crl_next_update_timestamp_seconds")
          .Help("When the current CRL must have been replaced, as Unix time.")
          .Register(registry);

  // References are kept because a Family looks its labels up under a lock.
  std::array<prometheus::Histogram*, steps.size()> stage_durations{};
  std::map<std::string, std::array<prometheus::Counter*, results.size()>> counters;
};

std::string_view to_string(IssueResult result) {
  switch (result) {
    case IssueResult::issued:
      return "issued";
    case IssueResult::replayed:
      return "replayed";
    case IssueResult::refused:
      return "refused";
    case IssueResult::failed:
      return "failed";
  }
  return "failed";
}

IssueResult result_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::validation:
    case ErrorCode::unauthorized:
    case ErrorCode::forbidden:
    case ErrorCode::not_found:
    case ErrorCode::conflict:
    case ErrorCode::payload_too_large:
    case ErrorCode::rate_limited:
      return IssueResult::refused;
    case ErrorCode::unavailable:
    case ErrorCode::internal:
      return IssueResult::failed;
  }
  return IssueResult::failed;
}

const std::vector<Seconds>& expiry_windows() {
  constexpr Seconds day{86400};
  static const std::vector<Seconds> windows{Seconds(3600), day,      7 * day, 14 * day,
                                            30 * day,      60 * day, 90 * day};
  return windows;
}

Metrics::Metrics(const std::vector<ProfileName>& profiles) : state_(std::make_unique<State>()) {
  for (const authority::Step step : steps) {
    state_->stage_durations.at(index_of(step)) =
        &state_->duration.Add({{"stage", std::string(authority::to_string(step))}}, duration_buckets());
  }
  std::vector<std::string> names{"unknown"};
  for (const ProfileName& profile : profiles) names.push_back(profile.text());
  for (const std::string& name : names) {
    for (const IssueResult result : results) {
      state_->counters[name].at(static_cast<std::size_t>(result)) =
          &state_->issued.Add({{"profile", name}, {"result", std::string(to_string(result))}});
    }
  }
}

Metrics::~Metrics() = default;

void Metrics::start_issue() {
  stage_began = std::chrono::steady_clock::now();
}

void Metrics::finished(authority::Step step) {
  const SteadyTime now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> took = now - std::exchange(stage_began, now);
  state_->stage_durations.at(index_of(step))->Observe(took.count());
}

void Metrics::count(const ProfileName& profile, IssueResult result) {
  auto at = state_->counters.find(profile.text());
  if (at == state_->counters.end()) at = state_->counters.find("unknown");
  at->second.at(static_cast<std::size_t>(result))->Increment();
}

Result<std::string> Metrics::expose(store::Store& store, const audit::Log& log,
                                    const issuance::Issuer& issuer, TimePoint now) {
  const auto size = store.log_size();
  if (!size) return size.error();
  state_->log_entries.Add({}).Set(static_cast<double>(*size));
  state_->log_checkpoint.Add({}).Set(static_cast<double>(to_unix(log.latest().at)));
  const auto counts = store.count_expiring(now, expiry_windows());
  if (!counts) return counts.error();
  for (std::size_t i = 0; i < expiry_windows().size(); ++i) {
    state_->expiring.Add({{"within", chancery::to_string(expiry_windows()[i])}})
        .Set(static_cast<double>(counts->at(i)));
  }
  state_->issuer_not_after.Add({{"issuer", issuer.certificate().subject_text()}})
      .Set(static_cast<double>(to_unix(issuer.certificate().validity().not_after())));
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, state_->registry.Collect());
  return std::move(text).str();
}

}  // namespace chancery::metrics
