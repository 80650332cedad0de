// Every metric of chancery-ca, declared once. docs/reference/metrics-ca.md is the table for people.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ca/audit/log.h"
#include "ca/authority/authority.h"
#include "ca/base/clock.h"
#include "ca/base/ids.h"
#include "ca/base/result.h"
#include "ca/store/store.h"

namespace chancery::metrics {

// How an attempt to issue ended.
enum class IssueResult {
  issued,
  pending,   // waits for approval
  replayed,  // an earlier answer, given again to the same request
  refused,   // by policy, by the token, by the request itself
  failed,    // by us: store, key, disk
};

std::string_view to_string(IssueResult result);
IssueResult result_of(const Error& error);

// The windows of chancery_certificates_expiring{within} and of GET /v1/expiry, shortest first.
const std::vector<Seconds>& expiry_windows();

// Thread-safe. No series per certificate; profiles that are not configured count as "unknown", so callers
// cannot add series. A profile that is no longer configured keeps its counters.
class Metrics final : public authority::StepObserver {
 public:
  explicit Metrics(const std::vector<ProfileName>& profiles);
  ~Metrics() override;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Call in the requesting thread just before the authority: the first stage is measured from here.
  static void start_issue();
  // chancery_issue_duration_seconds{stage}: from the end of the stage before, in this thread.
  void finished(authority::Step step) override;
  void count(const ProfileName& profile, IssueResult result);

  // Which profiles are in force, and since when: counters for the new ones, chancery_policy_info for all.
  void profiles_loaded(const policy::ProfileSet& profiles, TimePoint at);
  // Changed profiles had faults and were not taken.
  void policy_refused();
  // That the last checkpoint stands in its file.
  void checkpoint_kept(TimePoint at);

  // chancery_root_not_after_timestamp_seconds, one series for each; once.
  void roots_loaded(const std::vector<x509::Certificate>& roots);

  // Prometheus text format 0.0.4, with the gauges computed now. Errors: those of the store.
  Result<std::string> expose(store::Store& store, const audit::Log& log, const issuance::Issuer& issuer,
                             TimePoint now);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

inline constexpr std::string_view exposition_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace chancery::metrics
