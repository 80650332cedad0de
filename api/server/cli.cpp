#include "api/server/cli.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "api/server/local_commands.h"
#include "api/server/serve.h"
#include "ca/command_line/command_line.h"

namespace chancery::server {
namespace {

constexpr const char* default_config = "/etc/chancery/ca.yaml";
constexpr const char* examples = R"(Examples:
  chancery-ca check-config
  chancery-ca serve --config /etc/chancery/ca.yaml
  chancery-ca issue --profile front --identity front-01 --csr front.csr --out front.pem
  chancery-ca audit verify --config ca.yaml --json
  chancery-ca log-key

Every key of the configuration can be overridden by the environment: CHANCERY_CA_LISTEN_PORT=8081.
Exit status: 0 done, 1 something was wrong (the message says what to do), 2 wrong usage. See chancery-ca(8).)";

struct Parsed {
  std::string config = default_config;
  LocalAudit audit;
  LocalIssue issue;
};

void add_issue(CLI::App& app, LocalIssue& issue) {
  CLI::App* command = app.add_subcommand("issue", "issue one certificate on this machine, without a server");
  command->add_option("--profile", issue.profile, "profile to issue under")->required();
  command->add_option("--identity", issue.identity, "whose certificate it is, e.g. front-01")->required();
  command->add_option("--csr", issue.csr_file, "certificate request, PEM")->required();
  command->add_option("--out", issue.out_file,
                      "new file for certificate and intermediate; default standard output");
  command->footer(
      "Example:\n  chancery-ca issue --profile operator --identity alice --csr alice.csr --out alice.pem");
}

void add_audit(CLI::App& app, LocalAudit& options) {
  CLI::App* audit = app.add_subcommand("audit", "check the audit log")->require_subcommand(1);
  audit->footer("Example:\n  chancery-ca audit verify --json");
  CLI::App* verify = audit->add_subcommand(
      "verify", "check every entry and hash of the log, and checkpoints kept elsewhere");
  verify->add_option("--checkpoint", options.checkpoint_files,
                     "checkpoint kept from earlier; repeat it for more");
  verify->add_flag("--json", options.json, "one JSON object");
  verify->footer("Example:\n  chancery-ca audit verify --checkpoint checkpoint-2026-10.txt");
  CLI::App* reconcile = audit->add_subcommand(
      "reconcile", "compare certificates, approvals, log entries and the count of signatures, both ways");
  reconcile->add_flag("--json", options.json, "one JSON object");
  reconcile->footer("Example:\n  chancery-ca audit reconcile --json");
}

void add_commands(CLI::App& app, Parsed& parsed) {
  app.add_option("--config", parsed.config, "configuration file (YAML)")->capture_default_str();
  app.add_subcommand("serve", "serve REST until SIGTERM or SIGINT")
      ->footer("Example:\n  chancery-ca serve --config ca.yaml");
  app.add_subcommand("check-config", "read the configuration and every file it names, and change nothing")
      ->footer("Example:\n  chancery-ca check-config --config ca.yaml");
  add_issue(app, parsed.issue);
  add_audit(app, parsed.audit);
  app.add_subcommand("log-key", "print the public key that verifies the log's checkpoints")
      ->footer("Example:\n  chancery-ca log-key --config ca.yaml > log-key.txt");
}

}  // namespace

int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err,
        const Instruments& instruments) {
  CLI::App app("The issuing service of Chancery: REST on loopback, behind nginx.", "chancery-ca");
  app.footer(examples);
  command_line::prepare(app);
  Parsed parsed;
  add_commands(app, parsed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return command_line::finish(app, error, out, err);
  }
  if (app.got_subcommand("serve")) return serve(parsed.config, err, instruments);
  if (app.got_subcommand("check-config")) return check_config(parsed.config, out, err);
  if (app.got_subcommand("log-key")) return print_log_key(parsed.config, out, err);
  parsed.audit.config = parsed.config;
  if (const CLI::App* audit = app.get_subcommand("audit"); audit->parsed()) {
    return audit->got_subcommand("verify") ? verify_audit(parsed.audit, out, err)
                                           : reconcile_audit(parsed.audit, out, err);
  }
  parsed.issue.config = parsed.config;
  return issue_locally(parsed.issue, out, err);
}

}  // namespace chancery::server
