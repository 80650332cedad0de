#include "api/server/cli.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "api/server/local_commands.h"
#include "api/server/serve.h"

namespace chancery::server {
namespace {

constexpr int usage_error = 2;

constexpr const char* version = "chancery-ca 0.1.0";
constexpr const char* examples =
    "Examples:\n"
    "  chancery-ca check-config --config /etc/chancery/ca.yaml\n"
    "  chancery-ca serve --config /etc/chancery/ca.yaml\n"
    "  chancery-ca issue --config ca.yaml --profile front --identity front-01 --csr front.csr --out "
    "front.pem\n"
    "  chancery-ca audit-verify --config ca.yaml --json\n"
    "\n"
    "Every key of the configuration can be overridden by the environment: CHANCERY_CA_LISTEN_PORT=8081.\n"
    "See chancery-ca(8).";

void add_config(CLI::App& command, std::string& config) {
  command.add_option("--config", config, "configuration file (YAML)")->required();
}

void add_issue_options(CLI::App& command, LocalIssue& issue) {
  add_config(command, issue.config);
  command.add_option("--profile", issue.profile, "profile to issue under")->required();
  command.add_option("--identity", issue.identity, "whose certificate it is, e.g. front-01")->required();
  command.add_option("--csr", issue.csr_file, "certificate request, PEM")->required();
  command.add_option("--out", issue.out_file,
                     "new file for certificate and intermediate; default standard output");
  command.footer(
      "Example:\n  chancery-ca issue --config ca.yaml --profile operator --identity alice --csr alice.csr");
}

}  // namespace

int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err,
        const ObserveSteps& observe) {
  CLI::App app("The issuing service of Chancery: REST on loopback, behind nginx.", "chancery-ca");
  app.set_version_flag("--version", version);
  app.footer(examples);
  app.require_subcommand(1);
  std::string config;
  bool json = false;
  LocalIssue issue;
  auto* serving = app.add_subcommand("serve", "serve REST until SIGTERM or SIGINT");
  add_config(*serving, config);
  serving->footer("Example:\n  chancery-ca serve --config /etc/chancery/ca.yaml");
  auto* checking = app.add_subcommand("check-config",
                                      "read the configuration and every file it names, and change nothing");
  add_config(*checking, config);
  checking->footer("Example:\n  chancery-ca check-config --config /etc/chancery/ca.yaml");
  auto* issuing = app.add_subcommand("issue", "issue one certificate on this machine, without a server");
  add_issue_options(*issuing, issue);
  auto* auditing =
      app.add_subcommand("audit-verify", "check the audit trail's hash chain from its first entry");
  add_config(*auditing, config);
  auditing->add_flag("--json", json, "one JSON object");
  auditing->footer("Example:\n  chancery-ca audit-verify --config /etc/chancery/ca.yaml");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, err) == 0 ? 0 : usage_error;
  }
  if (serving->parsed()) return serve(config, err, observe);
  if (checking->parsed()) return check_config(config, out, err);
  if (issuing->parsed()) return issue_locally(issue, out, err);
  return verify_audit(config, json, out, err);
}

}  // namespace chancery::server
