#include "api/server/wiring.h"

#include <algorithm>

#include "api/http/problem.h"
#include "ca/audit/entry.h"
#include "ca/audit/last_checkpoint.h"
#include "ca/audit/log_key.h"
#include "ca/base/file.h"
#include "ca/keys/file_key_store.h"
#include "ca/keys/signing_counter.h"
#include "ca/store/sqlite/sqlite_store.h"
#include "ca/x509/chain.h"

namespace chancery::server {
namespace {

constexpr std::size_t pem_limit = 256UL * 1024;

Error at_key(const Error& error, std::string_view key) {
  return with_context(error, "configuration key " + std::string(key));
}

Result<std::vector<x509::Certificate>> load_certificates(std::string_view key, const std::string& path) {
  auto text = read_file(path, pem_limit);
  if (!text) return at_key(text.error(), key);
  auto chain = x509::parse_pem_chain(*text);
  if (!chain) return at_key(with_context(chain.error(), path), key);
  return chain;
}

Result<std::unique_ptr<keys::Signer>> open_issuer_key(const Config::IssuerFiles& files) {
  if (files.passphrase_file.empty()) {
    return make_error(
        ErrorCode::validation,
        "configuration key issuer.passphrase_file is missing: name a file with mode 0600, or start under "
        "systemd with LoadCredential=issuer-passphrase");
  }
  auto passphrase = read_secret_file(files.passphrase_file);
  if (!passphrase) return at_key(passphrase.error(), "issuer.passphrase_file");
  auto signer = keys::open_key_file(files.key, *passphrase);
  if (!signer) return at_key(signer.error(), "issuer.key");
  return signer;
}

using Counter = std::shared_ptr<keys::SigningCounter>;  // null = uses of the key are not counted

Result<std::shared_ptr<const issuance::Issuer>> load_issuer(const Config& config,
                                                            const std::vector<x509::Certificate>& roots,
                                                            TimePoint now, const Instruments& instruments,
                                                            const Counter& counter) {
  auto chain = load_certificates("issuer.certificate", config.issuer.certificate);
  if (!chain) return chain.error();
  const x509::Certificate certificate = chain->front();
  const x509::Certificate* root = nullptr;
  for (const x509::Certificate& candidate : roots) {
    if (x509::verify_issued_by(certificate, candidate)) root = &candidate;
  }
  if (root == nullptr) {
    return make_error(ErrorCode::validation,
                      "configuration key issuer.certificate: " + config.issuer.certificate +
                          " was not signed by a certificate of " + config.roots +
                          ": take intermediate and root from the same ceremony");
  }
  if (!certificate.validity().contains(now)) {
    return make_error(ErrorCode::validation,
                      "configuration key issuer.certificate: " + config.issuer.certificate +
                          " is valid from " + to_rfc3339(certificate.validity().not_before()) + " to " +
                          to_rfc3339(certificate.validity().not_after()) + ", and the clock says " +
                          to_rfc3339(now) +
                          ": set the clock right, or hold the ceremony of the next intermediate");
  }
  auto signer = open_issuer_key(config.issuer);
  if (!signer) return signer.error();
  if (instruments.around_key) signer = instruments.around_key(std::move(*signer));
  if (counter) signer = keys::make_counting_signer(std::move(*signer), counter);
  auto issuer =
      issuance::Issuer::create(certificate, std::move(*signer), {.cross_check = config.issuer.cross_check});
  if (!issuer) return at_key(issuer.error(), "issuer");
  return issuer;
}

Result<std::vector<x509::Certificate>> load_previous_issuers(const Config& config,
                                                             const std::vector<x509::Certificate>& roots) {
  if (config.issuer.previous.empty()) return std::vector<x509::Certificate>();
  auto issuers = load_certificates("issuer.previous", config.issuer.previous);
  if (!issuers) return issuers.error();
  for (const x509::Certificate& issuer : *issuers) {
    const bool known = std::any_of(roots.begin(), roots.end(), [&](const x509::Certificate& root) {
      return x509::verify_issued_by(issuer, root).has_value();
    });
    if (known) continue;
    return make_error(ErrorCode::validation, "configuration key issuer.previous: " + issuer.subject_text() +
                                                 " was not signed by a certificate of " + config.roots +
                                                 ": add its root there, or remove it");
  }
  return issuers;
}

std::vector<ProfileName> names_of(const policy::ProfileSet& profiles) {
  std::vector<ProfileName> names;
  for (const auto& profile : profiles.all()) names.push_back(profile->name);
  return names;
}

// A missing one is made by open_log.
Result<void> check_log_key(const Config::Audit& audit) {
  const auto key = audit::open_log_key(audit.key_file, audit.origin);
  if (key || key.error().code == ErrorCode::not_found) return {};
  return at_key(key.error(), "audit.key_file");
}

// Before anything is written: whether this is the database that was there before.
Result<void> check_history(const Config::Audit& audit, store::LogReader& log) {
  const auto key = audit::open_log_key(audit.key_file, audit.origin);
  if (key) return audit::check_last_checkpoint(audit.last_checkpoint_file, log, key->verifier());
  if (key.error().code != ErrorCode::not_found) return key.error();
  const auto last = audit::read_last_checkpoint(audit.last_checkpoint_file);
  if (!last) return last.error();
  if (!*last) return {};
  return make_error(ErrorCode::validation, audit.key_file + " is missing, but " + audit.last_checkpoint_file +
                                               " was signed with it: put the key back, or, if the log is to "
                                               "have a new key, move the checkpoint away");
}

// The same of what no checkpoint has covered yet; from where to count on, as check_key_uses. `counts` were
// read before the log is.
Result<std::optional<audit::Announced>> check_signatures(const Config& config,
                                                         const keys::SignatureCounts& counts,
                                                         store::LogReader& log) {
  if (counts.since < 0) return std::optional<audit::Announced>();
  return audit::check_key_uses(config.audit.last_checkpoint_file,
                               {.counted_in = signature_counter_file(config),
                                .certificates = counts.certificates,
                                .settled = {counts.settled_entries, counts.settled_intents}},
                               log);
}

// Both of an older database, before it is migrated: one that was put back stays as it is. Makes no file.
Result<void> check_before_migration(const Config& config, store::LogReader& log) {
  if (Result<void> ok = check_history(config.audit, log); !ok) return ok;
  const auto counts = keys::read_signature_counts(signature_counter_file(config));
  if (!counts) return counts.error();
  const auto checked = check_signatures(config, counts->value_or(keys::SignatureCounts()), log);
  return checked ? Result<void>() : checked.error();
}

Result<Core> read_core(const Config& config, const Clock& clock, const Instruments& instruments,
                       const Counter& counter) {
  Core core;

  // What may be issued.
  auto policies = policy::ProfileSource::open(config.policies, clock.now());
  if (!policies) return at_key(policies.error(), "policies");
  core.policies = std::move(*policies);

  if (!config.key_blocklist.empty()) {
    auto list = crypto::KeyBlocklist::load(config.key_blocklist);
    if (!list) return at_key(list.error(), "key_blocklist");
    core.blocked_keys = std::make_shared<const crypto::KeyBlocklist>(std::move(*list));
  }

  // Who signs, and up to whom.
  auto roots = load_certificates("roots", config.roots);
  if (!roots) return roots.error();
  core.roots = std::move(*roots);
  for (const x509::Certificate& root : core.roots) core.roots_pem += root.to_pem();
  auto issuer = load_issuer(config, core.roots, clock.now(), instruments, counter);
  if (!issuer) return issuer.error();
  core.issuer = std::move(*issuer);
  auto previous = load_previous_issuers(config, core.roots);
  if (!previous) return previous.error();
  core.previous_issuers = std::move(*previous);
  if (auto ok = check_log_key(config.audit); !ok) return ok.error();

  // What is measured.
  const policy::SourceState in_force = core.policies->state();
  core.metrics = std::make_unique<metrics::Metrics>(names_of(*in_force.profiles));
  core.metrics->profiles_loaded(*in_force.profiles, in_force.loaded_at);
  core.metrics->roots_loaded(core.roots);
  return core;
}

}  // namespace

std::string signature_counter_file(const Config& config) {
  return config.database + ".signatures";
}

Result<Core> check_core(const Config& config, const Clock& clock, const Instruments& instruments) {
  return read_core(config, clock, instruments, nullptr);
}

Result<std::unique_ptr<store::Store>> open_store(
    const Config& config, const log::Logger* logger,
    const std::function<Result<void>(store::LogReader&)>& before_migration) {
  store::SqliteOptions options{.path = config.database, .before_migration = before_migration};
  if (logger != nullptr) {
    options.conversion_progress = [logger](std::int64_t done, std::int64_t total) {
      constexpr std::int64_t often = 100'000;
      if (done % often != 0 && done != total) return;
      logger->info("audit.converting", "the audit chain of an older database becomes a Merkle log",
                   {{"done", done}, {"total", total}});
    };
  }
  auto store = store::open_sqlite_store(options, audit::log_hashing());
  if (!store) return at_key(store.error(), "database");
  return store;
}

Result<std::unique_ptr<audit::Log>> open_log(const Config& config, store::Store& store, const Clock& clock,
                                             const log::Logger& logger) {
  auto key = audit::open_log_key(config.audit.key_file, config.audit.origin);
  if (!key && key.error().code == ErrorCode::not_found) {
    key = audit::create_log_key(config.audit.key_file, config.audit.origin);
    if (key) {
      logger.info("audit.key_created",
                  "a new key signs the log's checkpoints; give its public key to verifiers",
                  {{"key_file", config.audit.key_file}, {"log_key", key->verifier().vkey()}});
    }
  }
  if (!key) return at_key(key.error(), "audit.key_file");
  return audit::Log::open(store, std::move(*key), clock);
}

Result<Core> build_core(const Config& config, const Clock& clock, RandomSource& random,
                        const Instruments& instruments, const log::Logger* logger) {
  // All that can be read is read first: a start that fails leaves no new files.
  if (auto core = check_core(config, clock, instruments); !core) return core;

  // What is remembered, and the count of the key's uses beside it.
  auto store = open_store(config, logger,
                          [&config](store::LogReader& log) { return check_before_migration(config, log); });
  if (!store) return store.error();
  if (auto ok = check_history(config.audit, **store); !ok) return at_key(ok.error(), "database");
  const auto size = (*store)->log_size();
  if (!size) return size.error();
  auto counter = keys::SigningCounter::open(signature_counter_file(config));
  if (!counter) return at_key(counter.error(), "database");
  const auto go_on_from = check_signatures(config, (*counter)->counts(), **store);
  if (!go_on_from) return at_key(go_on_from.error(), "database");
  if (*go_on_from) (*counter)->settle((*go_on_from)->entries, (*go_on_from)->intents);
  (*counter)->begin(*size);
  auto core = read_core(config, clock, instruments, *counter);
  if (!core) return core;
  core->store = std::move(*store);
  core->signatures = std::move(*counter);

  // The authority: the steps, over all of the above.
  if (instruments.observe) core->observer = instruments.observe(*core->metrics);
  authority::StepObserver& observer = core->observer ? *core->observer : *core->metrics;
  core->authority = std::make_unique<authority::Authority>(
      authority::AuthorityOptions{.profiles = core->policies->state().profiles,
                                  .issuer = core->issuer,
                                  .blocked_keys = core->blocked_keys,
                                  .repeat_window = config.repeat_window},
      *core->store, clock, random, observer);
  return core;
}

Rest build_rest(Core& core, audit::Log& log, const Clock& clock, const log::Logger& logger) {
  Rest rest;
  rest.authenticator = std::make_unique<identity::Authenticator>(*core.authority, *core.store, core.roots,
                                                                 core.previous_issuers, clock);
  const std::string chain = core.issuer->certificate().to_pem();
  rest.context = std::make_unique<rest::Context>(rest::Context{.authority = *core.authority,
                                                               .store = *core.store,
                                                               .log = log,
                                                               .authenticator = *rest.authenticator,
                                                               .metrics = *core.metrics,
                                                               .policies = *core.policies,
                                                               .clock = clock,
                                                               .logger = logger,
                                                               .roots_pem = core.roots_pem,
                                                               .chain_pem = chain,
                                                               .chain_json = http::json_string(chain),
                                                               .roots = core.roots});
  rest.service = std::make_unique<rest::Service>(*rest.context);
  return rest;
}

Result<std::unique_ptr<http::PistacheServer>> start_server(const Config& config, const rest::Service& service,
                                                           RandomSource& random, const log::Logger& logger) {
  auto secret = read_secret_file(config.proxy_secret_file);
  if (!secret) return at_key(secret.error(), "proxy_secret_file");
  http::ServerOptions options;
  options.address = config.listen.address;
  options.port = config.listen.port;
  options.threads = config.listen.threads;
  options.proxy_secret = std::move(*secret);
  options.access_log = config.log_level <= log::Level::info;
  return http::PistacheServer::start(
      std::move(options), [&service](const http::Request& request) { return service.handle(request); },
      random, logger);
}

}  // namespace chancery::server
