#include "api/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <sstream>
#include <utility>

#include "ca/base/guarded.h"

namespace chancery::metrics {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::array<authority::Step, 7> steps{
    authority::Step::policy, authority::Step::prepare, authority::Step::intent, authority::Step::sign,
    authority::Step::check,  authority::Step::record,  authority::Step::answer};
constexpr std::array<IssueResult, 5> results{IssueResult::issued, IssueResult::pending, IssueResult::replayed,
                                             IssueResult::refused, IssueResult::failed};

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
  prometheus::Family<prometheus::Gauge>& root_not_after =
      prometheus::BuildGauge()
          .Name("chancery_root_not_after_timestamp_seconds")
          .Help("When each root that this CA gives to its clients expires, as Unix time.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& requests_open =
      prometheus::BuildGauge()
          .Name("chancery_requests_open")
          .Help("Requests that wait for approval (pending), or have it and wait to be issued (approved).")
          .Register(registry);
  prometheus::Gauge& requests_oldest =
      prometheus::BuildGauge()
          .Name("chancery_requests_oldest_age_seconds")
          .Help("For how long the oldest open request has waited; 0 for none.")
          .Register(registry)
          .Add({});
  prometheus::Family<prometheus::Gauge>& log_entries = prometheus::BuildGauge()
                                                           .Name("chancery_log_entries")
                                                           .Help("Entries of the audit log.")
                                                           .Register(registry);
  prometheus::Family<prometheus::Gauge>& log_checkpoint =
      prometheus::BuildGauge()
          .Name("chancery_log_checkpoint_timestamp_seconds")
          .Help("When the last checkpoint of the audit log was signed, as Unix time.")
          .Register(registry);
  prometheus::Gauge& checkpoint_kept =
      prometheus::BuildGauge()
          .Name("chancery_log_checkpoint_kept_timestamp_seconds")
          .Help("When a checkpoint of the whole audit log last stood in its file, as Unix time; 0 for never.")
          .Register(registry)
          .Add({});
  // Declared for dashboards and alerts; has no series until this CA publishes CRLs.
  prometheus::Family<prometheus::Gauge>& crl_next_update =
      prometheus::BuildGauge()
          .Name("chancery_crl_next_update_timestamp_seconds")
          .Help("When the current CRL must have been replaced, as Unix time.")
          .Register(registry);

  prometheus::Family<prometheus::Gauge>& policy_info =
      prometheus::BuildGauge()
          .Name("chancery_policy_info")
          .Help("1 for each profile in force, with the SHA-256 of its file.")
          .Register(registry);
  prometheus::Gauge& policy_loaded = prometheus::BuildGauge()
                                         .Name("chancery_policy_reload_timestamp_seconds")
                                         .Help("Since when the profiles in force are, as Unix time.")
                                         .Register(registry)
                                         .Add({});
  prometheus::Counter& policy_failures = prometheus::BuildCounter()
                                             .Name("chancery_policy_reload_failures_total")
                                             .Help("Changed profiles that had faults and were not taken.")
                                             .Register(registry)
                                             .Add({});

  // References are kept because a Family looks its labels up under a lock.
  std::array<prometheus::Histogram*, steps.size()> stage_durations{};
  using ByResult = std::array<prometheus::Counter*, results.size()>;
  Guarded<std::map<std::string, ByResult>> counters;  // by profile; none is ever removed
  Guarded<std::vector<prometheus::Gauge*>> infos;

  ByResult counters_of(const std::string& profile) {
    ByResult counters_of_profile{};
    for (const IssueResult result : results) {
      counters_of_profile.at(static_cast<std::size_t>(result)) =
          &issued.Add({{"profile", profile}, {"result", std::string(to_string(result))}});
    }
    return counters_of_profile;
  }
  void declare(const std::string& profile) {
    counters.with([&](auto& map) {
      if (!map.contains(profile)) map.emplace(profile, counters_of(profile));
    });
  }
};

std::string_view to_string(IssueResult result) {
  switch (result) {
    case IssueResult::issued:
      return "issued";
    case IssueResult::pending:
      return "pending";
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
  state_->declare("unknown");
  for (const ProfileName& profile : profiles) state_->declare(profile.text());
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
  prometheus::Counter* counter = state_->counters.with([&](auto& map) {
    const auto at = map.find(profile.text());
    return (at == map.end() ? map.find("unknown") : at)->second.at(static_cast<std::size_t>(result));
  });
  counter->Increment();
}

void Metrics::profiles_loaded(const policy::ProfileSet& profiles, TimePoint at) {
  for (const auto& profile : profiles.all()) state_->declare(profile->name.text());
  state_->infos.with([&](std::vector<prometheus::Gauge*>& infos) {
    for (prometheus::Gauge* info : std::exchange(infos, {})) state_->policy_info.Remove(info);
    for (const auto& profile : profiles.all()) {
      infos.push_back(
          &state_->policy_info.Add({{"profile", profile->name.text()}, {"hash", to_hex(profile->hash)}}));
      infos.back()->Set(1);
    }
  });
  state_->policy_loaded.Set(static_cast<double>(to_unix(at)));
}

void Metrics::roots_loaded(const std::vector<x509::Certificate>& roots) {
  for (const x509::Certificate& root : roots) {
    state_->root_not_after.Add({{"root", root.subject_text()}, {"sha256", to_hex(root.fingerprint())}})
        .Set(static_cast<double>(to_unix(root.validity().not_after())));
  }
}

void Metrics::checkpoint_kept(TimePoint at) {
  state_->checkpoint_kept.Set(static_cast<double>(to_unix(at)));
}

void Metrics::policy_refused() {
  state_->policy_failures.Increment();
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
  const auto waiting = store.count_open_requests(now);
  if (!waiting) return waiting.error();
  state_->requests_open.Add({{"state", "pending"}}).Set(static_cast<double>(waiting->pending));
  state_->requests_open.Add({{"state", "approved"}}).Set(static_cast<double>(waiting->approved));
  const Seconds age = now - waiting->oldest.value_or(now);
  state_->requests_oldest.Set(static_cast<double>(std::max(age, Seconds(0)).count()));
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, state_->registry.Collect());
  return std::move(text).str();
}

}  // namespace chancery::metrics
