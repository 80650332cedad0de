#include "agent/plan.h"

#include <algorithm>

namespace chancery::agent {
namespace {

Seconds left_at_renewal(const VersionFacts& version) {
  return std::max(Seconds(0), version.validity.not_after() - version.renew_after);
}

bool ended(const VersionFacts& version, TimePoint now) {
  return now > version.validity.not_after();
}

// A moment further away than any pause can be was noted under a wrong clock, and counts for nothing.
TimePoint believable(std::optional<TimePoint> at, TimePoint now, Seconds longest) {
  if (!at || *at > now + longest) return now;
  return std::max(*at, now);
}

// With no usable certificate only an enrolment token helps.
Action enrol_or_say_why_not(const CertificateInventory& certificate, const std::string& why, TimePoint now,
                            Seconds check_interval) {
  switch (certificate.token) {
    case TokenState::usable:
      return {ActionKind::enrol, now, why};
    case TokenState::refused:
      return {ActionKind::cannot_succeed, now + std::max(Seconds(1), check_interval),
              why +
                  ", and its enrolment token was refused or used before; have an operator run `chancery "
                  "enroll` and put "
                  "the new token into enrollment_token_file"};
    case TokenState::missing:
      break;
  }
  if (!certificate.token_fault.empty()) {
    return {ActionKind::cannot_succeed, now + std::max(Seconds(1), check_interval),
            why + ", and the enrolment token cannot be read: " + certificate.token_fault};
  }
  return {
      ActionKind::cannot_succeed, now + std::max(Seconds(1), check_interval),
      why +
          ", and there is no enrolment token; have an operator run `chancery enroll` and put the token into "
          "enrollment_token_file, mode 0600"};
}

// What issuance would do if it were not backing off; nullopt = nothing until renewal_time.
std::optional<Action> issuance(const CertificateInventory& certificate, TimePoint now,
                               Seconds check_interval) {
  const auto& candidate = certificate.candidate;
  if (candidate && !ended(*candidate, now) && now < renewal_time(*candidate)) {
    return Action{ActionKind::install, now,
                  "certificate " + candidate->serial + " is issued but not yet proven"};
  }
  const auto& installed = certificate.installed;
  if (!installed) {
    const std::string why = certificate.damage.empty() ? "no certificate is installed" : certificate.damage;
    return enrol_or_say_why_not(certificate, why, now, check_interval);
  }
  if (ended(*installed, now)) {
    return enrol_or_say_why_not(certificate,
                                "the certificate expired at " + to_rfc3339(installed->validity.not_after()),
                                now, check_interval);
  }
  const bool usable_token = certificate.token == TokenState::usable;
  if (certificate.names_differ && usable_token) {
    return Action{ActionKind::enrol, now, "the configuration asks for other names"};
  }
  if (now < renewal_time(*installed)) return std::nullopt;
  if (certificate.renewal_refused && usable_token) {
    return Action{ActionKind::enrol, now, "its renewal was refused, and there is a new enrolment token"};
  }
  return Action{ActionKind::renew, now, "due since " + to_rfc3339(renewal_time(*installed))};
}

Action plan_one(const CertificateInventory& certificate, TimePoint now, Seconds check_interval) {
  std::optional<Action> wanted = issuance(certificate, now, check_interval);
  if (wanted && wanted->kind == ActionKind::cannot_succeed) return *wanted;
  const TimePoint allowed = believable(certificate.issue_not_before, now, Seconds(3600));
  if (wanted && allowed <= now) return *wanted;

  const bool can_look = certificate.installed && !ended(*certificate.installed, now) && certificate.verify_at;
  const TimePoint look_at = believable(certificate.verify_at, now, std::max(check_interval, Seconds(3600)));
  if (can_look && look_at <= now) return {ActionKind::verify, now, "time to look at the wire"};

  Action wait{ActionKind::wait, allowed, {}};
  if (wanted && !certificate.waits_for_approval.empty()) {
    wait.reason = "request " + certificate.waits_for_approval +
                  " waits for approval by an operator (`chancery requests approve`): asked again at " +
                  to_rfc3339(allowed);
  } else if (wanted) {
    wait.reason = "backing off: " + std::string(to_string(wanted->kind)) + " again at " + to_rfc3339(allowed);
  } else {
    wait.at = renewal_time(*certificate.installed);
    wait.reason = "renewal at " + to_rfc3339(wait.at);
  }
  if (can_look) wait.at = std::min(wait.at, look_at);
  wait.at = std::max(wait.at, now + Seconds(1));
  return wait;
}

}  // namespace

std::string_view to_string(ActionKind kind) {
  switch (kind) {
    case ActionKind::enrol:
      return "enrol";
    case ActionKind::renew:
      return "renew";
    case ActionKind::install:
      return "install";
    case ActionKind::verify:
      return "verify";
    case ActionKind::wait:
      return "wait";
    case ActionKind::cannot_succeed:
      return "cannot succeed";
  }
  return "unknown";
}

TimePoint last_safe_moment(const VersionFacts& version) {
  const Seconds reserve = std::max(left_at_renewal(version) / 3, version.validity.lifetime() / 20);
  return std::max(version.validity.not_before(), version.validity.not_after() - reserve);
}

TimePoint renewal_time(const VersionFacts& version) {
  const auto widest = static_cast<std::uint64_t>((left_at_renewal(version) / 20).count());
  const Seconds jitter(static_cast<std::int64_t>(version.jitter % (widest + 1)));
  return std::min(version.renew_after + jitter, last_safe_moment(version));
}

std::vector<Action> plan(const Inventory& inventory, TimePoint now, Seconds check_interval) {
  std::vector<Action> actions;
  actions.reserve(inventory.size());
  for (const CertificateInventory& certificate : inventory) {
    actions.push_back(plan_one(certificate, now, check_interval));
  }
  return actions;
}

}  // namespace chancery::agent
