#include "agent/lifecycle.h"

#include "agent/backoff.h"

namespace chancery::agent {
namespace {

// The service has understood and said no: asking again soon is a burden to it, but somebody may change a
// policy.
bool is_refusal(ErrorCode code) {
  switch (code) {
    case ErrorCode::validation:
    case ErrorCode::unauthorized:
    case ErrorCode::forbidden:
    case ErrorCode::not_found:
    case ErrorCode::conflict:
    case ErrorCode::payload_too_large:
      return true;
    case ErrorCode::rate_limited:
    case ErrorCode::unavailable:
    case ErrorCode::internal:
      return false;
  }
  return true;
}

constexpr int many = 20;  // failures after which the longest back-off is reached

}  // namespace

Lifecycle::Lifecycle(const Config& config, const CertificateConfig& certificate, StateStore& store,
                     Surroundings& surroundings)
    : agent_(config),
      config_(certificate),
      store_(store),
      around_(surroundings),
      installer_(surroundings.files, certificate) {
  Result<CertificateState> state = store_.load(config_.name);
  if (state) {
    state_ = std::move(*state);
  } else {
    around_.logger.failure("agent.state_lost", "the saved state is unreadable; beginning with an empty one",
                           state.error(), {{"certificate", config_.name}});
  }
}

CertificateInventory Lifecycle::inventory() const {
  return take_inventory(config_, agent_.node, state_);
}

Result<void> Lifecycle::perform(const Action& action) {
  retry_after_.reset();
  rolled_back_ = waiting_ = false;
  Result<void> done;
  switch (action.kind) {
    case ActionKind::wait:
      return {};
    case ActionKind::cannot_succeed:
      return say_why_not(action);
    case ActionKind::enrol:
    case ActionKind::renew:
      done = obtain(action);
      if (done && !waiting_) done = install();
      break;
    case ActionKind::install:
      done = install();
      break;
    case ActionKind::verify:
      done = look();
      break;
  }
  if (done) {
    state_.last_error.clear();
    done = save();
  }
  if (!done) fail(action, done.error());
  return done;
}

Result<void> Lifecycle::say_why_not(const Action& action) {
  Error error = make_error(ErrorCode::validation, action.reason);
  if (state_.last_error == action.reason && said_) return error;
  said_ = true;
  state_.last_error = action.reason;
  around_.logger.failure("agent.failed", "this certificate cannot succeed by itself", error,
                         {{"certificate", config_.name}, {"action", "cannot succeed"}});
  if (Result<void> saved = save(); !saved) return saved;
  return error;
}

// Swap, reload, prove; when the proof fails, back to what was there before.
Result<void> Lifecycle::install() {
  if (!state_.candidate) return make_error(ErrorCode::internal, "there is no certificate to install");
  const Candidate candidate = *state_.candidate;
  Result<Version> version = read_version(version_path(config_.directory, candidate.serial));
  if (!version) {
    state_.candidate.reset();
    return version.error();
  }
  if (Result<void> done = installer_.activate(candidate.serial); !done) return done;
  around_.logger.info("agent.installed", "the current symlink names the new version", fields(*version));
  if (Result<void> proven = prove(*version); !proven) {
    // Not a verdict on the certificate: the next start takes the proof up again.
    if (around_.waiter.stopped()) return with_context(proven.error(), "told to stop before the proof");
    return roll_back(candidate, proven.error());
  }
  return confirm(*version, candidate);
}

Result<void> Lifecycle::prove(const Version& version) {
  Result<void> reloaded = around_.reloader.reload(config_.reload, config_.reload_timeout);
  if (!reloaded || !config_.verify) return reloaded;
  Result<Served> served =
      wait_until_served(around_.prober, *config_.verify, version.serial(), around_.waiter);
  if (!served) return served.error();
  note_served(*served);
  around_.logger.info("agent.verified", "a TLS handshake was answered with this certificate",
                      fields(version));
  return {};
}

Result<void> Lifecycle::confirm(const Version& version, const Candidate& candidate) {
  state_.candidate.reset();
  state_.issue_failures = state_.verify_failures = 0;
  state_.issue_not_before.reset();
  state_.last_success = around_.clock.now();
  state_.verify_at = around_.clock.now() + agent_.check_interval;
  std::erase_if(state_.renew_after, [&](const auto& entry) {
    return entry.first != candidate.serial && entry.first != candidate.previous;
  });
  if (!candidate.previous.empty()) around_.metrics.count(RenewalResult::success);
  if (Result<void> tidy = installer_.keep_only(version.serial(), candidate.previous); !tidy) {
    around_.logger.failure("agent.tidy", "old versions are left on disk", tidy.error(),
                           {{"certificate", config_.name}});
  }
  return {};
}

Error Lifecycle::roll_back(const Candidate& candidate, Error why) {
  Result<Version> previous = candidate.previous.empty()
                                 ? Result<Version>(make_error(ErrorCode::not_found, "there was none"))
                                 : read_version(version_path(config_.directory, candidate.previous));
  if (!previous || around_.clock.now() > previous->leaf.validity().not_after()) {
    why.message += "; there is no valid earlier certificate to go back to, so the new one stays";
    return why;
  }
  if (Result<void> back = installer_.activate(candidate.previous); !back) {
    why.message += "; going back failed too: " + back.error().message;
    return why;
  }
  Result<void> reloaded = around_.reloader.reload(config_.reload, config_.reload_timeout);
  rolled_back_ = true;
  around_.metrics.count(RenewalResult::rolled_back);
  state_.verify_at = around_.clock.now();
  log::Fields entry = fields(*previous);
  entry.emplace_back("rejected_serial", candidate.serial);
  around_.logger.failure("agent.rolled_back",
                         "the new certificate was not served; the one before is current again", why,
                         std::move(entry));
  why.message += "; went back to " + candidate.previous;
  if (!reloaded) why.message += ", but " + reloaded.error().message;
  return why;
}

// What is served now? Something else than what is installed is answered with one reload.
Result<void> Lifecycle::look() {
  Result<Version> installed = read_version(current_path(config_.directory));
  if (!installed) return installed.error();
  Result<Served> served = around_.prober.probe(*config_.verify);
  if (!served) return served.error();
  note_served(*served);
  if (served->serial != installed->serial()) {
    around_.logger.warning("agent.stale", "the service serves another certificate; reloading it",
                           fields(*installed));
    if (Result<void> proven = prove(*installed); !proven) return proven;
  } else if (!served->problem.empty()) {
    return make_error(ErrorCode::unavailable,
                      "a client would refuse the served certificate: " + served->problem +
                          "; is verify.server_name one of its names, and server.roots its root?");
  }
  state_.verify_failures = 0;
  state_.last_success = around_.clock.now();
  state_.verify_at = around_.clock.now() + agent_.check_interval;
  return {};
}

void Lifecycle::note_served(const Served& served) {
  state_.served_serial = served.serial;
  state_.served_not_after = served.not_after;
}

void Lifecycle::fail(const Action& action, const Error& error) {
  std::optional<Seconds> lifetime;
  if (Result<Version> installed = read_version(current_path(config_.directory))) {
    lifetime = installed->leaf.validity().lifetime();
  }
  const TimePoint now = around_.clock.now();
  if (action.kind == ActionKind::verify) {
    const Seconds pause = backoff(++state_.verify_failures, lifetime, {}, around_.random);
    state_.verify_at = now + std::max(agent_.check_interval, pause);
  } else {
    const int counted = is_refusal(error.code) ? many : ++state_.issue_failures;
    state_.issue_failures = std::max(state_.issue_failures, 1);
    state_.issue_not_before = now + backoff(counted, lifetime, retry_after_, around_.random);
  }
  if (action.kind == ActionKind::renew && !rolled_back_) around_.metrics.count(RenewalResult::failure);
  state_.last_error = error.message;
  around_.logger.failure("agent.failed", "could not " + std::string(to_string(action.kind)), error,
                         {{"certificate", config_.name}, {"action", std::string(to_string(action.kind))}});
  if (Result<void> saved = save(); !saved) {
    around_.logger.failure("agent.state_unsaved", "the state could not be saved", saved.error(),
                           {{"certificate", config_.name}});
  }
}

log::Fields Lifecycle::fields(const Version& version) const {
  log::Fields fields{{"certificate", config_.name},
                     {"profile", config_.profile.text()},
                     {"serial", version.serial()},
                     {"not_after", to_rfc3339(version.leaf.validity().not_after())}};
  const auto renew_after = state_.renew_after.find(version.serial());
  if (renew_after != state_.renew_after.end())
    fields.emplace_back("renew_after", to_rfc3339(renew_after->second));
  return fields;
}

}  // namespace chancery::agent
