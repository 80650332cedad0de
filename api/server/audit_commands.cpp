// chancery-ca audit verify and log-key.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "api/server/local_commands.h"
#include "api/server/wiring.h"
#include "ca/audit/log_key.h"
#include "ca/audit/verify.h"
#include "ca/merkle/report.h"

namespace chancery::server {
namespace {

// A verifier must not make what it is to verify.
Result<std::unique_ptr<store::Store>> open_existing(const Config& config) {
  if (!std::filesystem::exists(config.database)) {
    return make_error(ErrorCode::not_found,
                      "configuration key database: " + config.database +
                          " does not exist, so there is no audit log to verify; check the path");
  }
  return open_store(config);
}

Result<merkle::NoteVerifier> read_log_key(const Config& config) {
  auto key = audit::open_log_key(config.audit.key_file, config.audit.origin);
  if (!key) return with_context(key.error(), "configuration key audit.key_file");
  return key->verifier();
}

Result<std::vector<merkle::KnownCheckpoint>> kept_checkpoints(const Config& config,
                                                              const std::vector<std::string>& files) {
  std::vector<merkle::KnownCheckpoint> kept;
  if (files.empty()) return kept;
  const auto key = read_log_key(config);
  if (!key) return key.error();
  for (const std::string& file : files) {
    auto checkpoint = merkle::load_checkpoint(file, &*key);
    if (!checkpoint) return checkpoint.error();
    kept.push_back(std::move(*checkpoint));
  }
  return kept;
}

Result<merkle::Verification> verify(const LocalAudit& arguments, std::ostream& err) {
  const auto config = load_config(arguments.config, process_environment());
  if (!config) return config.error();
  auto kept = kept_checkpoints(*config, arguments.checkpoint_files);
  if (!kept) return kept.error();
  const auto store = open_existing(*config);
  if (!store) return store.error();
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  return audit::verify_log(**store, std::move(*kept),
                           terminal ? merkle::progress_line(err) : merkle::Progress());
}

}  // namespace

int verify_audit(const LocalAudit& arguments, std::ostream& out, std::ostream& err) {
  const auto verified = verify(arguments, err);
  if (!verified) return complain(verified.error(), err);
  out << (arguments.json ? merkle::to_json(*verified) : merkle::to_text(*verified));
  return verified->faults.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

int print_log_key(const std::string& config_path, std::ostream& out, std::ostream& err) {
  const auto config = load_config(config_path, process_environment());
  if (!config) return complain(config.error(), err);
  const auto key = read_log_key(*config);
  if (!key) return complain(key.error(), err);
  out << key->vkey() << '\n';
  return EXIT_SUCCESS;
}

}  // namespace chancery::server
