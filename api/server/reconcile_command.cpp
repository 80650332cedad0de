// chancery-ca audit reconcile.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>

#include "api/server/local_commands.h"
#include "api/server/wiring.h"
#include "ca/audit/reconcile.h"
#include "ca/keys/signing_counter.h"
#include "ca/merkle/report.h"

namespace chancery::server {
namespace {

using nlohmann::json;

std::string to_json(const audit::Reconciliation& result) {
  json differences = json::array();
  for (const audit::Difference& difference : result.differences) {
    differences.push_back({{"kind", audit::to_string(difference.kind)},
                           {"serial", difference.serial},
                           {"request", difference.request},
                           {"sequence", difference.sequence},
                           {"message", difference.message}});
  }
  const json object{{"certificates", result.certificates},
                    {"entries", result.entries},
                    {"intents", result.intents},
                    {"abandoned", result.abandoned},
                    {"open", result.open},
                    {"requests", result.requests},
                    {"approvals", result.approvals},
                    {"signatures", result.signatures ? json(*result.signatures) : json(nullptr)},
                    {"agree", result.differences.empty()},
                    {"differences", std::move(differences)}};
  return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string to_text(const audit::Reconciliation& result) {
  std::string text = std::to_string(result.certificates) + " certificates, " +
                     std::to_string(result.entries) + " log entries (" + std::to_string(result.intents) +
                     " intents, " + std::to_string(result.abandoned) + " abandoned, " +
                     std::to_string(result.open) + " open), " + std::to_string(result.requests) +
                     " requests with " + std::to_string(result.approvals) + " approvals, ";
  text += result.signatures ? std::to_string(*result.signatures) + " signatures counted\n"
                            : "signatures not counted\n";
  if (result.differences.empty()) return text + "records, log and counter agree\n";
  text += "they do NOT agree; keep database, counter and logs for analysis before anything is changed:\n";
  for (const audit::Difference& difference : result.differences) {
    text.append("  ").append(audit::to_string(difference.kind));
    if (!difference.serial.empty()) text += " serial " + difference.serial;
    if (!difference.request.empty()) text += " request " + difference.request;
    if (difference.sequence != 0) text += " entry " + std::to_string(difference.sequence);
    text += ": " + difference.message + "\n";
  }
  return text;
}

Result<audit::Reconciliation> reconcile(const LocalAudit& arguments, std::ostream& err) {
  const auto config = load_config(arguments.config, process_environment());
  if (!config) return config.error();
  if (!std::filesystem::exists(config->database)) {
    return make_error(ErrorCode::not_found,
                      "configuration key database: " + config->database +
                          " does not exist, so there is nothing to reconcile; check the path");
  }
  // Before the log is read: each use of the key is announced first, so what is counted here is in the log
  // then.
  const auto counts = keys::read_signature_counts(signature_counter_file(*config));
  if (!counts) return counts.error();
  std::optional<audit::CountedSignatures> counted;
  if (*counts && (*counts)->since >= 0) counted = {(*counts)->since, (*counts)->certificates};
  const auto store = open_store(*config);
  if (!store) return store.error();
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  return audit::reconcile(**store, counted, SystemClock().now(),
                          terminal ? merkle::progress_line(err) : merkle::Progress());
}

}  // namespace

int reconcile_audit(const LocalAudit& arguments, std::ostream& out, std::ostream& err) {
  const auto result = reconcile(arguments, err);
  if (!result) return complain(result.error(), err);
  out << (arguments.json ? to_json(*result) : to_text(*result));
  return result->differences.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace chancery::server
