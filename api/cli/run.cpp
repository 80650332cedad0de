#include <CLI/CLI.hpp>
#include <ostream>

#include "api/cli/commands.h"
#include "api/cli/policy_commands.h"
#include "ca/base/idempotency_key.h"
#include "ca/command_line/command_line.h"

namespace chancery::cli {
namespace {

constexpr const char* footer = R"(Examples:
  chancery ca health
  chancery enroll web-01 --profile service --name dns:web.example --token-file web-01.token
  chancery issue --csr web.csr --profile service --identity web-01 --out web.pem
  chancery list --status valid --expires-before 2027-01-01T00:00:00Z --json
  chancery show 01ab...
  chancery revoke 01ab... --reason keyCompromise --lineage
  chancery requests list
  chancery requests approve 0123...
  chancery explain --csr web.csr --profile service --identity web-01
  chancery lint web.pem --issuer intermediate.pem
  chancery audit verify --log-key log-key.txt --checkpoint last-week.txt
  chancery policy test web.csr --profile node --as web-01 --policies policies/
  chancery policy replay --since 90d new/

Environment: CHANCERY_SERVER, CHANCERY_ROOTS, CHANCERY_CERTIFICATE, CHANCERY_KEY; NO_COLOR turns colours off.
Exit status: 0 done, 1 refused (by the service, or a file), 2 wrong usage, 3 the service cannot be reached or is not ready,
4 the request waits for approval.)";

struct Parsed {
  ServerOptions server;
  EnrollOptions enroll;
  IssueOptions issue;
  ListOptions list;
  LintOptions lint;
  RevokeOptions revoke;
  RequestOptions request;
  EnrollmentOptions enrollment;
  bool lineage = false;
  AuditOptions audit;
  ProofOptions proof;
  PolicyOptions policy;
  std::string serial, proof_file;
};

void add_server_options(CLI::App& app, ServerOptions& server) {
  app.add_option("--server", server.server, "https://HOST:PORT of the issuing service")
      ->envname("CHANCERY_SERVER");
  app.add_option("--roots", server.roots, "PEM file of the trusted roots")->envname("CHANCERY_ROOTS");
  app.add_option("--certificate", server.certificate, "PEM client certificate of an operator")
      ->envname("CHANCERY_CERTIFICATE");
  app.add_option("--key", server.key, "its key, PEM (PKCS#8)")->envname("CHANCERY_KEY");
  app.add_flag("--json", server.json, "Print JSON instead of tables");
}

std::string check_idempotency_key(const std::string& key) {
  return is_idempotency_key(key) ? "" : "must be " + std::string(idempotency_key_rule);
}

void add_issue_options(CLI::App* command, IssueOptions& issue) {
  command->add_option("--csr", issue.csr_file, "PEM certification request (PKCS#10)")->required();
  command->add_option("--profile", issue.profile, "profile; with a token, the token's is taken");
  command->add_option("--identity", issue.identity, "whom the certificate is for (operators only)");
  command->add_option("--token-file", issue.token_file, "file with an enrolment token, mode 0600");
  command
      ->add_option("--idempotency-key", issue.idempotency_key,
                   "the same key and request get the same answer again")
      ->check(check_idempotency_key);
}

void add_writers(CLI::App& app, Parsed& parsed) {
  CLI::App* enroll = app.add_subcommand("enroll", "Make an enrolment token for a node");
  enroll->add_option("identity", parsed.enroll.identity, "node or person the certificate will be bound to")
      ->required();
  enroll->add_option("--profile", parsed.enroll.profile, "profile the token is good for")->required();
  enroll->add_option("--name", parsed.enroll.names,
                     "name it may ask for, as dns:web.example; repeat it for more");
  enroll->add_option("--uses", parsed.enroll.uses, "how often it can be used")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  enroll->add_option("--lifetime", parsed.enroll.lifetime, "how long it is good, 1m to 7d")
      ->capture_default_str();
  enroll->add_option("--token-file", parsed.enroll.token_file, "write it to this new file, mode 0600");
  enroll->footer(
      "Examples:\n"
      "  chancery enroll web-01 --profile service --name dns:web.example --token-file web-01.token\n"
      "  chancery enroll web-01 --profile service --name dns:web.example --lifetime 10m | ssh web-01 ...");
  CLI::App* issue = app.add_subcommand("issue", "Have a certificate issued for a request");
  add_issue_options(issue, parsed.issue);
  issue->add_option("--out", parsed.issue.out_file, "write certificate and chain to this new file");
  issue->add_option("--wait", parsed.issue.wait, "when it has to be approved, wait so long, as 1h");
  issue->add_option("--proof", parsed.issue.proof_file,
                    "write the proof that it is in the log to this new file");
  issue->footer(
      "Examples:\n"
      "  chancery issue --csr web.csr --profile service --identity web-01 --out web.pem\n"
      "  chancery issue --csr web.csr --token-file web-01.token --out web.pem\n"
      "  chancery issue --csr admin.csr --profile admin --identity carol --wait 1h --out carol.pem");
  CLI::App* explain =
      app.add_subcommand("explain", "Say whether a request would be granted, and why; issues nothing");
  add_issue_options(explain, parsed.issue);
  explain->footer("Example:\n  chancery explain --csr web.csr --profile service --identity web-01");
  CLI::App* revoke = app.add_subcommand("revoke", "Revoke a certificate, for ever");
  revoke->add_option("serial", parsed.revoke.serial, "serial number, hexadecimal")->required();
  revoke
      ->add_option("--reason", parsed.revoke.reason,
                   "RFC 5280 5.3.1, as keyCompromise, superseded, cessationOfOperation")
      ->required();
  revoke->add_flag("--lineage", parsed.revoke.lineage, "and all that was renewed from it");
  revoke->footer(
      "Examples:\n"
      "  chancery revoke 01ab... --reason superseded\n"
      "  chancery revoke 01ab... --reason keyCompromise --lineage");
}

void add_readers(CLI::App& app, Parsed& parsed) {
  CLI::App* ca = app.add_subcommand("ca", "About the service itself")->require_subcommand(1);
  CLI::App* health = ca->add_subcommand("health", "Ask whether the service can do its work");
  for (CLI::App* command : {ca, health}) command->footer("Example:\n  chancery ca health --json");
  CLI::App* list = app.add_subcommand("list", "List certificates, newest pages followed up to --limit");
  list->add_option("--identity", parsed.list.identity, "only of this identity");
  list->add_option("--profile", parsed.list.profile, "only of this profile");
  list->add_option("--name", parsed.list.name, "only with this name, as dns:web.example");
  list->add_option("--status", parsed.list.status, "valid, revoked or unrecorded")
      ->check(CLI::IsMember({"valid", "revoked", "unrecorded"}));
  list->add_option("--expires-before", parsed.list.expires_before, "RFC 3339 time, UTC");
  list->add_option("--expires-after", parsed.list.expires_after, "RFC 3339 time, UTC");
  list->add_option("--limit", parsed.list.limit, "at most so many")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  list->footer(
      "Examples:\n"
      "  chancery list --name dns:web.example\n"
      "  chancery list --status valid --expires-before 2027-01-01T00:00:00Z --json");
  CLI::App* show =
      app.add_subcommand("show", "Show one certificate with names, validity, status and lineage");
  show->add_option("serial", parsed.serial, "serial number, hexadecimal")->required();
  show->add_flag("--lineage", parsed.lineage, "the certificates that renewed or superseded one another");
  show->add_option("--proof", parsed.proof_file, "write the proof that it is in the log to this new file");
  show->footer("Examples:\n  chancery show 01:AB:...\n  chancery show 01ab... --lineage");
}

void add_requests(CLI::App& app, RequestOptions& options) {
  CLI::App* requests =
      app.add_subcommand("requests", "Certificates that others have to approve first")->require_subcommand(1);
  requests->footer("Examples:\n  chancery requests list\n  chancery requests approve 0123...");
  CLI::App* list = requests->add_subcommand("list", "List them, newest first");
  list->add_option("--state", options.state, "pending, issued, rejected, ... or all")
      ->check(CLI::IsMember(
          {"pending", "approved", "issued", "rejected", "refused", "expired", "cancelled", "all"}))
      ->capture_default_str();
  list->add_option("--identity", options.identity, "only of this identity");
  list->add_option("--limit", options.limit, "at most so many")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  list->footer("Examples:\n  chancery requests list\n  chancery requests list --state all --json");
  const auto one = [&](const char* name, const char* description, const std::string& example) {
    CLI::App* command = requests->add_subcommand(name, description);
    command->add_option("id", options.id, "the request, as `requests list` shows it")->required();
    command->footer("Example:\n  chancery requests " + example);
    return command;
  };
  const auto add_token = [&](CLI::App* command) {
    command->add_option("--token-file", options.token_file, "file with the token that asked, mode 0600");
  };
  CLI::App* show = one("show", "Show one, with its certificate once it is issued",
                       "show 0123... --token-file web-01.token --out web.pem");
  add_token(show);
  show->add_option("--out", options.out_file, "write its certificate and chain to this new file");
  show->add_option("--proof", options.proof_file, "write the proof that it is in the log to this new file");
  one("approve", "Approve it; the last approval issues the certificate", "approve 0123...");
  one("reject", "Reject it, and spend the token that asked", "reject 0123... --reason \"not ordered\"")
      ->add_option("--reason", options.reason, "for whoever asked")
      ->required();
  add_token(one("cancel", "Take back what you have asked for", "cancel 0123... --token-file web-01.token"));
}

void add_enrollments(CLI::App& app, EnrollmentOptions& options) {
  CLI::App* enrollments =
      app.add_subcommand("enrollments", "Enrolment tokens that were made")->require_subcommand(1);
  enrollments->footer(
      "Examples:\n  chancery enrollments list --usable\n  chancery enrollments withdraw ab12...");
  CLI::App* list = enrollments->add_subcommand("list", "List them, newest first, without their text");
  list->add_option("--identity", options.identity, "only for this identity");
  list->add_option("--profile", options.profile, "only of this profile");
  list->add_flag("--usable", options.usable, "only those that buy something still");
  list->add_option("--limit", options.limit, "at most so many")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  list->footer("Example:\n  chancery enrollments list --identity web-01 --usable");
  CLI::App* withdraw = enrollments->add_subcommand("withdraw", "Make a token good for nothing, for ever");
  withdraw->add_option("id", options.id, "the enrolment, as `enrollments list` shows it")->required();
  withdraw->footer("Example:\n  chancery enrollments withdraw ab12...");
}

int dispatch_inner(const std::string& command, const std::string& inner, const Parsed& parsed,
                   const Terminal& terminal) {
  if (command == "ca") return health(parsed.server, terminal);
  if (command == "enrollments") {
    if (inner == "list") return list_enrollments(parsed.enrollment, parsed.server, terminal);
    return withdraw_enrollment(parsed.enrollment, parsed.server, terminal);
  }
  if (inner == "list") return list_requests(parsed.request, parsed.server, terminal);
  if (inner == "show") return show_request(parsed.request, parsed.server, terminal);
  if (inner == "approve") return approve_request(parsed.request, parsed.server, terminal);
  if (inner == "reject") return reject_request(parsed.request, parsed.server, terminal);
  if (inner == "cancel") return cancel_request(parsed.request, parsed.server, terminal);
  return exit_usage;
}

void add_lint(CLI::App& app, LintOptions& lint) {
  CLI::App* command = app.add_subcommand(
      "lint", "Judge certificates, CRLs, requests and public keys in a PEM file; asks no service");
  command->add_option("file", lint.file, "PEM file")->required();
  command->add_option("--issuer", lint.issuer_file, "PEM file of the CAs that may have issued them");
  command->add_option("--target", lint.target_file, "PEM certificate that a cross-certificate stands beside");
  command->add_option("--previous", lint.previous_file, "PEM CRL that came before");
  command->add_option("--kind", lint.kind, "root, intermediate, leaf, cross or crl, instead of a guess")
      ->check(CLI::IsMember({"root", "intermediate", "leaf", "cross", "crl"}));
  command->add_option("--blocklist", lint.blocklist_file, "file of keys that must not be certified");
  command->add_option("--at", lint.at, "when it was signed, RFC 3339; else its own notBefore or thisUpdate");
  command->footer(
      "Examples:\n"
      "  chancery lint chain.pem\n"
      "  chancery lint web.pem --issuer intermediate.pem --json\n"
      "  chancery lint web.csr --blocklist lost-keys.list\n"
      "  chancery lint root.crl --issuer root.pem --previous last.crl\n"
      "\n"
      "Exit status: 0 no error found, 1 at least one, 2 wrong usage or a file that cannot be read.");
}

void add_audit(CLI::App& app, Parsed& parsed) {
  CLI::App* audit = app.add_subcommand("audit", "Check the CA's transparency log")->require_subcommand(1);
  audit->footer("Example:\n  chancery audit verify --log-key log-key.txt --checkpoint last-week.txt");
  CLI::App* verify =
      audit->add_subcommand("verify", "Read the whole log and check every entry, hash and signature");
  verify->add_option("--checkpoint", parsed.audit.checkpoint_files,
                     "checkpoint kept from earlier; repeat it for more");
  verify->add_option("--log-key", parsed.audit.log_key_file,
                     "file with the log's public key, as chancery-ca log-key prints");
  verify->add_option("--save", parsed.audit.save_file,
                     "write the checkpoint that held to this new file, to keep elsewhere");
  verify->footer(
      "Examples:\n"
      "  chancery audit verify --log-key log-key.txt --save checkpoint-2026-11.txt\n"
      "  chancery audit verify --log-key log-key.txt --checkpoint checkpoint-2026-10.txt --json");
  CLI::App* proof =
      audit->add_subcommand("verify-proof", "Check, without any server, that a certificate is in the log");
  proof->add_option("file", parsed.proof.certificate_file, "the certificate, PEM")->required();
  proof->add_option("--proof", parsed.proof.proof_file, "its proof, as issue or show wrote it")->required();
  proof->add_option("--log-key", parsed.proof.log_key_file, "file with the log's public key")->required();
  proof->footer(
      "Example:\n  chancery audit verify-proof web.pem --proof web.proof.json --log-key log-key.txt");
}

// What is judged here needs no service.
bool needs_server(const CLI::App& command, const Parsed& parsed) {
  if (command.get_name() == "policy") return policy_needs_server(command, parsed.policy);
  return command.get_name() != "lint";
}

int dispatch(const std::string& command, const Parsed& parsed, const Terminal& terminal) {
  if (command == "enroll") return enroll(parsed.enroll, parsed.server, terminal);
  if (command == "issue") return issue(parsed.issue, parsed.server, terminal);
  if (command == "explain") return explain(parsed.issue, parsed.server, terminal);
  if (command == "list") return list(parsed.list, parsed.server, terminal);
  if (command == "show" && parsed.lineage) return show_lineage(parsed.serial, parsed.server, terminal);
  if (command == "show") return show(parsed.serial, parsed.proof_file, parsed.server, terminal);
  if (command == "audit") return audit_verify(parsed.audit, parsed.server, terminal);
  if (command == "lint") return lint_file(parsed.lint, parsed.server, terminal);
  if (command == "revoke") return revoke(parsed.revoke, parsed.server, terminal);
  return exit_usage;
}

}  // namespace

int run(const std::vector<std::string>& arguments, const Terminal& terminal) {
  CLI::App app("Client of Chancery's issuing service.", "chancery");
  app.footer(footer);
  command_line::prepare(app);
  Parsed parsed;
  add_server_options(app, parsed.server);
  add_writers(app, parsed);
  add_readers(app, parsed);
  add_lint(app, parsed.lint);
  add_requests(app, parsed.request);
  add_enrollments(app, parsed.enrollment);
  add_audit(app, parsed);
  add_policy(app, parsed.policy);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants it
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return command_line::finish(app, error, terminal.out, terminal.error);
  }
  const CLI::App& chosen = *app.get_subcommands().front();
  const std::string command = chosen.get_name();
  if (command == "audit" && chosen.got_subcommand("verify-proof")) {
    return verify_proof(parsed.proof, parsed.server, terminal);
  }
  if (parsed.server.server.empty() && needs_server(chosen, parsed)) {
    terminal.error << "chancery: no server is given; use --server https://HOST:PORT or set CHANCERY_SERVER\n";
    return exit_usage;
  }
  if (command == "policy") return run_policy(chosen, parsed.policy, parsed.server, terminal);
  const std::vector<const CLI::App*> inner =
      chosen.get_subcommands([](const CLI::App* each) { return each->parsed(); });
  if (command == "audit" || inner.empty()) return dispatch(command, parsed, terminal);
  return dispatch_inner(command, inner.front()->get_name(), parsed, terminal);
}

}  // namespace chancery::cli
