// How the policy commands are spelt.
#include <CLI/CLI.hpp>

#include "api/cli/policy_commands.h"

namespace chancery::cli {

void add_policy(CLI::App& app, PolicyOptions& options) {
  CLI::App* policy = app.add_subcommand("policy", "Try, check and compare profiles")->require_subcommand(1);
  CLI::App* test = policy->add_subcommand("test", "Say what would be decided of a request, and why");
  test->add_option("csr", options.test.csr_file, "PEM certification request (PKCS#10)")->required();
  test->add_option("--profile", options.test.profile, "profile it asks for")->required();
  test->add_option("--as", options.test.identity, "whom the certificate would be for")->required();
  CLI::Option* policies =
      test->add_option("--policies", options.test.policies,
                       "decide here, by this file or directory; else the server is asked");
  test->add_option("--role", options.test.role, "of whoever asks, with --policies")
      ->check(CLI::IsMember({"none", "operator"}))
      ->capture_default_str()
      ->needs(policies);
  test->add_option(
          "--name", options.test.names,
          "name that the token would be good for, with --policies; those of the request if not given")
      ->needs(policies);
  test->add_flag("--renewal", options.test.renewal,
                 "as a renewal of a certificate with such a key, with --policies")
      ->needs(policies);
  test->footer(
      "Examples:\n"
      "  chancery policy test web.csr --profile node --as web-01 --policies policies/\n"
      "  chancery policy test web.csr --profile node --as web-01 --policies node.yaml --role operator "
      "--json\n"
      "Exit status: 0 allowed, 1 denied, 2 nothing could be decided.");
  CLI::App* check =
      policy->add_subcommand("check", "Show every fault of profiles, with file, line and column");
  check->add_option("policies", options.checked, "file or directory")->required();
  check->footer("Example:\n  chancery policy check policies/\nExit status: 0 sound, 1 faults.");
  CLI::App* replay =
      policy->add_subcommand("replay", "Show which past issuances other profiles would decide differently");
  replay->add_option("policies", options.replay.policies, "file or directory")->required();
  replay->add_option("--since", options.replay.since, "how far back, as 90d, or an RFC 3339 time")
      ->capture_default_str();
  replay->footer(
      "Examples:\n"
      "  chancery policy replay --since 90d new/service.yaml\n"
      "  chancery policy replay --since 2026-09-01T00:00:00Z new/ --json\n"
      "Exit status: 0 nothing, 1 something would be decided differently, 2 it could not be told.");
}

bool policy_needs_server(const CLI::App& policy, const PolicyOptions& options) {
  const std::string command = policy.get_subcommands().front()->get_name();
  return command == "replay" || (command == "test" && options.test.policies.empty());
}

int run_policy(const CLI::App& policy, const PolicyOptions& options, const ServerOptions& server,
               const Terminal& terminal) {
  const std::string command = policy.get_subcommands().front()->get_name();
  if (command == "test") return policy_test(options.test, server, terminal);
  if (command == "check") return policy_check(options.checked, server, terminal);
  return policy_replay(options.replay, server, terminal);
}

}  // namespace chancery::cli
