#include "agent/run.h"

#include <malloc.h>

#include <algorithm>

#include "ca/base/file.h"

namespace chancery::agent {

Agent::Agent(const Config& config, StateStore& store, Surroundings& surroundings)
    : config_(config), around_(surroundings) {
  for (const CertificateConfig& certificate : config.certificates) {
    lives_.push_back(std::make_unique<Lifecycle>(config, certificate, store, surroundings));
  }
}

Agent::Pass Agent::pass() {
  Pass result;
  bool acted = false;
  for (std::size_t index = 0; index < lives_.size(); ++index) {
    // The clock is read for each: the one before may have waited for a reload.
    const auto planned = [&] {
      return plan({lives_[index]->inventory()}, around_.clock.now(), config_.check_interval).front();
    };
    Action action = planned();
    const bool acts = action.kind != ActionKind::wait && action.kind != ActionKind::cannot_succeed;
    if (!lives_[index]->perform(action)) result.all_well = false;
    const std::optional<PendingRequest>& pending = lives_[index]->state().pending;
    if (pending && !pending->waits.empty()) result.waiting = true;
    acted = acted || acts;
    if (acts) action = planned();
    const TimePoint next = std::max(action.at, around_.clock.now() + Seconds(1));
    result.next = index == 0 ? next : std::min(result.next, next);
  }
  const TimePoint now = around_.clock.now();
  result.next = std::clamp(result.next, now + Seconds(1), now + std::max(Seconds(1), config_.check_interval));
  if (result.all_well) around_.metrics.success(now);
  report();
  push(now, acted);
  if (next_push_) result.next = std::min(result.next, std::max(*next_push_, now + Seconds(1)));
  if (acted) malloc_trim(0);  // handshakes and parsing leave megabytes free that glibc would keep
  return result;
}

void Agent::run() {
  while (true) {
    const Pass done = pass();
    const auto pause = std::max(Seconds(1), done.next - around_.clock.now());
    if (!around_.waiter.wait_for(pause)) return;
  }
}

void Agent::report() {
  std::vector<TrustedCertificate> trusted;
  const auto trust = [&](const std::vector<x509::Certificate>& certificates) {
    for (const x509::Certificate& each : certificates)
      trusted.push_back({each.subject_text(), to_hex(each.fingerprint()), each.validity().not_after()});
  };
  for (std::size_t index = 0; index < lives_.size(); ++index) {
    const CertificateConfig& config = config_.certificates[index];
    const CertificateState& state = lives_[index]->state();
    const CertificateInventory inventory = lives_[index]->inventory();
    CertificateReport report;
    report.name = config.name;
    report.profile = config.profile.text();
    if (inventory.installed) {
      report.not_after = inventory.installed->validity.not_after();
      report.renew_after = inventory.installed->renew_after;
    }
    report.served_not_after = state.served_not_after;
    report.failures = std::max(state.issue_failures, state.verify_failures);
    report.waiting = state.pending && !state.pending->waits.empty();
    around_.metrics.report(report);
    if (const Result<Version> version = read_version(current_path(config.directory)))
      trust(version->intermediates);
  }
  const Result<std::string> pem = read_file(config_.roots_file, pem_limit);
  if (!pem) return;
  const Result<std::vector<x509::Certificate>> roots = x509::parse_pem_chain(*pem);
  if (!roots) return;
  trust(*roots);
  around_.metrics.trust(trusted);
}

// A Pushgateway that is down is said once and never keeps a certificate from being renewed.
void Agent::push(TimePoint now, bool at_once) {
  if (!config_.push) return;
  if (!at_once && next_push_ && now < *next_push_) return;
  next_push_ = now + config_.push->interval;
  Result<void> pushed = push_metrics(config_.push->url, config_.node, around_.metrics.text());
  if (!pushed && !push_failed_) {
    around_.logger.failure("agent.push_failed", "metrics could not be pushed; trying on", pushed.error());
  }
  if (pushed && push_failed_) around_.logger.info("agent.push_recovered", "metrics are pushed again");
  push_failed_ = !pushed;
}

}  // namespace chancery::agent
