// One certificate's life on this machine: collects what plan() needs to know, and carries out what it
// decided.
#pragma once

#include <string>
#include <vector>

#include "agent/config.h"
#include "agent/install.h"
#include "agent/plan.h"
#include "agent/reload.h"
#include "agent/report.h"
#include "agent/service.h"
#include "agent/state.h"
#include "agent/verify.h"
#include "agent/waiter.h"
#include "ca/base/clock.h"
#include "ca/base/random.h"
#include "ca/log/log.h"

namespace chancery::agent {

// Everything outside the agent's own logic. All must outlive the agent.
struct Surroundings {
  FileSystem& files;
  IssuingService& service;
  Prober& prober;
  Reloader& reloader;
  Waiter& waiter;
  const Clock& clock;
  RandomSource& random;
  const log::Logger& logger;
  Metrics& metrics;
};

// What inventory(), status and reports read: the configuration, the state and the disk, and nothing else.
CertificateInventory take_inventory(const CertificateConfig& config, const std::string& node,
                                    const CertificateState& state);

// Not thread-safe.
class Lifecycle {
 public:
  Lifecycle(const Config& config, const CertificateConfig& certificate, StateStore& store,
            Surroundings& surroundings);

  [[nodiscard]] CertificateInventory inventory() const;
  // enrol, renew, install and verify act; wait and cannot_succeed do nothing but say so once. Every failure
  // is logged as agent.failed, noted in the state with a back-off, and returned.
  Result<void> perform(const Action& action);
  [[nodiscard]] const CertificateState& state() const { return state_; }

 private:
  struct Prepared {
    PendingRequest request;
    crypto::PrivateKey key;
    std::vector<x509::GeneralName> names;
  };
  Result<void> obtain(const Action& action);
  Result<Prepared> pending_request(const std::string& renews, const std::vector<x509::GeneralName>& names);
  Result<Prepared> fresh_request(const std::string& renews, const std::vector<x509::GeneralName>& names);
  Answer ask(const Prepared& prepared);
  // The same words, key and token again later: nothing is given up.
  Result<void> wait_for_approval(const Action& action, const Waiting& waiting);
  Result<void> accept(const Prepared& prepared, const Issued& issued);
  void note_refusal(const PendingRequest& request, const Error& error);
  Result<void> install();
  Result<void> prove(const Version& version);
  Result<void> confirm(const Version& version, const Candidate& candidate);
  Error roll_back(const Candidate& candidate, Error why);
  Result<void> look();
  Result<void> say_why_not(const Action& action);
  void note_served(const Served& served);
  void fail(const Action& action, const Error& error);
  void drop_pending();
  [[nodiscard]] log::Fields fields(const Version& version) const;
  Result<void> save() { return store_.save(config_.name, state_); }

  const Config& agent_;
  const CertificateConfig& config_;
  StateStore& store_;
  Surroundings& around_;
  Installer installer_;
  CertificateState state_;
  std::optional<Seconds> retry_after_;  // of the last answer
  bool rolled_back_ = false;            // by the present action
  bool waiting_ = false;                // the present action's request waits for approval
  bool said_ = false;                   // why it cannot succeed, since the agent started
};

}  // namespace chancery::agent
