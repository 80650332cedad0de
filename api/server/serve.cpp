#include "api/server/serve.h"

#include <malloc.h>
#include <pthread.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <ostream>

#include "api/server/housekeeping.h"
#include "api/server/instance_lock.h"
#include "api/server/own_certificates.h"
#include "api/server/policy_watch.h"
#include "api/server/wiring.h"

namespace chancery::server {
namespace {

constexpr std::chrono::seconds stop_patience{30};

// Sixty-four threads with an arena each would hold on to memory that none of them uses; too few, and they
// wait for one another. A page of a listing is mapped on its own and so given back at once; small memory is
// kept, because returning and faulting it in again for each request costs more than the request's JSON.
void bound_memory() {
  mallopt(M_ARENA_MAX, 8);
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);
}

// Blocked before any thread exists, so that every thread inherits it and only wait_for_stop takes the signal.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int wait_for_stop(const sigset_t& signals, PolicyWatch& policies) {
  int signal = 0;
  for (;;) {
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) return signal;
    policies.reload_now();
  }
}

int refuse(std::ostream& err, const Error& error) {
  err << "chancery-ca: " << error.message << '\n';
  return EXIT_FAILURE;
}

Result<void> recover(authority::Authority& authority, const log::Logger& logger) {
  const auto ended = authority.recover();
  if (!ended) return with_context(ended.error(), "the issuances that a crash has left cannot be ended");
  if (*ended > 0) {
    logger.warning("server.recovered",
                   "issuances that a crash had left were ended; their serials can be revoked",
                   {{"count", std::int64_t{*ended}}});
  }
  return {};
}

}  // namespace

int serve(const std::string& config_path, std::ostream& err, const Instruments& instruments) {
  bound_memory();
  const sigset_t signals = block_signals();

  auto config = load_config(config_path, process_environment());
  if (!config) return refuse(err, config.error());
  const SystemClock system_clock;
  const Clock& clock = instruments.clock != nullptr ? *instruments.clock : system_clock;
  SystemRandom random;
  const auto logger = log::make_json_logger("chancery-ca", config->log_level, clock);

  const auto lock = InstanceLock::acquire(config->database);
  if (!lock) return refuse(err, lock.error());
  auto core = build_core(*config, clock, random, instruments, logger.get());
  if (!core) return refuse(err, core.error());
  if (auto ok = recover(*core->authority, *logger); !ok) return refuse(err, ok.error());
  auto audit_log = open_log(*config, *core->store, clock, *logger);
  if (!audit_log) return refuse(err, audit_log.error());
  judge_own_certificates(core->issuer->certificate(), core->roots, *logger);
  Rest rest = build_rest(*core, **audit_log, clock, *logger);
  RealWaiter waiter;
  PolicyWatch policies({.source = *core->policies,
                        .authority = *core->authority,
                        .metrics = *core->metrics,
                        .logger = *logger,
                        .clock = clock,
                        .waiter = waiter});
  RealWaiter pause;
  std::optional<Housekeeping> housekeeping(
      std::in_place, HousekeepingParts{.store = *core->store,
                                       .log = **audit_log,
                                       .signatures = *core->signatures,
                                       .last_checkpoint_file = config->audit.last_checkpoint_file,
                                       .metrics = *core->metrics,
                                       .logger = *logger,
                                       .clock = clock,
                                       .waiter = pause});
  auto server = start_server(*config, *rest.service, random, *logger);
  if (!server) return refuse(err, server.error());
  logger->info("server.ready", "serving REST on loopback; nginx is to face the network",
               {{"address", config->listen.address}, {"port", std::int64_t{(*server)->port()}}});

  const int signal = wait_for_stop(signals, policies);
  logger->info("server.stopping", "finishing what was accepted", {{"signal", std::int64_t{signal}}});
  if (!(*server)->stop(stop_patience)) {
    logger->warning("server.stopped", "gave up on requests that did not finish in time");
    std::_Exit(EXIT_FAILURE);  // joining a thread that hangs would hang too; the store is safe against this
  }
  server->reset();
  housekeeping.reset();
  core->store.reset();
  logger->info("server.stopped", "stopped");
  return EXIT_SUCCESS;
}

}  // namespace chancery::server
