// Everything chancery-ca is made of, put together in one place: read wiring.cpp from top to bottom.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "api/http/pistache_server.h"
#include "api/identity/authenticator.h"
#include "api/metrics/metrics.h"
#include "api/rest/service.h"
#include "api/server/config.h"
#include "ca/audit/log.h"
#include "ca/authority/authority.h"
#include "ca/base/clock.h"
#include "ca/base/random.h"
#include "ca/keys/key_store.h"
#include "ca/keys/signing_counter.h"
#include "ca/log/log.h"
#include "ca/policy/source.h"
#include "ca/store/store.h"
#include "ca/x509/certificate.h"

namespace chancery::server {

// Somebody else who wants to be told of each finished step; passes it on to `metrics`, which outlives it.
using ObserveSteps =
    std::function<std::unique_ptr<authority::StepObserver>(authority::StepObserver& metrics)>;

// What tests put between the parts; the product gives none of it.
struct Instruments {
  using AroundKey = std::function<std::unique_ptr<keys::Signer>(std::unique_ptr<keys::Signer>)>;

  ObserveSteps observe;          // null = nobody
  AroundKey around_key;          // null = the issuer's key as it is
  const Clock* clock = nullptr;  // must outlive the service; null = the system's
};

// The parts that every command needs: those that decide, sign and remember.
struct Core {
  std::unique_ptr<policy::ProfileSource> policies;
  std::shared_ptr<const issuance::Issuer> issuer;
  std::shared_ptr<const crypto::KeyBlocklist> blocked_keys;  // null: none
  std::vector<x509::Certificate> roots;
  std::vector<x509::Certificate> previous_issuers;
  std::string roots_pem;
  std::unique_ptr<store::Store> store;
  std::shared_ptr<keys::SigningCounter> signatures;  // of the issuer's key
  std::unique_ptr<metrics::Metrics> metrics;
  std::unique_ptr<authority::StepObserver> observer;  // null = metrics alone
  std::unique_ptr<authority::Authority> authority;    // last: it refers to the others
};

// Reads everything the configuration names and checks that it fits together: the key is the certificate's,
// the certificate chains to a root. Errors name the configuration's key, the file and what to do.
Result<Core> build_core(const Config& config, const Clock& clock, RandomSource& random,
                        const Instruments& instruments = {}, const log::Logger* logger = nullptr);

// Where uses of the issuer's key are counted: beside the database.
std::string signature_counter_file(const Config& config);

// As build_core, without opening or creating the database.
Result<Core> check_core(const Config& config, const Clock& clock, const Instruments& instruments = {});

// `logger` is told of the conversion of an older database; it may be null.
Result<std::unique_ptr<store::Store>> open_store(
    const Config& config, const log::Logger* logger = nullptr,
    const std::function<Result<void>(store::LogReader&)>& before_migration = {});

// The transparency log over the store, which must outlive it. Makes the key's file when it is missing, and
// says so in the log with the public key. Errors: those of the file, and of a log that does not hold.
Result<std::unique_ptr<audit::Log>> open_log(const Config& config, store::Store& store, const Clock& clock,
                                             const log::Logger& logger);

// The service on top of a core and its log, which must outlive it.
struct Rest {
  std::unique_ptr<identity::Authenticator> authenticator;
  std::unique_ptr<rest::Context> context;
  std::unique_ptr<rest::Service> service;
};
Rest build_rest(Core& core, audit::Log& log, const Clock& clock, const log::Logger& logger);

// Errors: those of the secret's file and of the listening port.
Result<std::unique_ptr<http::PistacheServer>> start_server(const Config& config, const rest::Service& service,
                                                           RandomSource& random, const log::Logger& logger);

}  // namespace chancery::server
