#include "ca/ceremony/cli/cli.h"

#include <CLI/CLI.hpp>
#include <exception>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "ca/ceremony/cli/results.h"
#include "ca/ceremony/cli/terminal_progress.h"
#include "ca/ceremony/run/run.h"

namespace chancery::ceremony {
namespace {

constexpr int done = 0, failed = 1, misused = 2;

constexpr const char* examples = R"(Examples:
  mkdir -m 700 out
  chancery-root run policies/ceremonies/root.yaml --output out
  chancery-root run policies/ceremonies/intermediate.yaml --output out
  chancery-root run root.yaml --output out --passphrase-file /run/secrets/root
  chancery-root verify out
  chancery-root verify --root root.pem chain.pem --json

Passphrases are asked for on the terminal, or read from files of mode 0600.
They are never taken from the command line or the environment.
Exit status: 0 done, 1 the ceremony or the verification failed, 2 wrong usage.)";

struct RunArguments {
  std::string script, output;
  std::optional<std::string> passphrase_file, issuer_passphrase_file;
  bool json = false;
};

struct VerifyArguments {
  std::optional<std::string> root;
  std::vector<std::string> paths;
  bool json = false;
};

int report_error(const Error& error, const Surroundings& to) {
  to.err << red("error", to.colour) << ": " << error.message << '\n';
  for (const ErrorDetail& detail : error.details) {
    if (error.message.find(detail.message) != std::string::npos) continue;
    to.err << "  " << detail.rule << ": " << detail.message << '\n';
  }
  if (!error.internal.empty()) to.err << "  (" << error.internal << ")\n";
  return failed;
}

int run_ceremony(const RunArguments& arguments, const Surroundings& to) {
  const Result<Script> script = load_script(arguments.script);
  if (!script) return report_error(script.error(), to);
  std::ostream& people = arguments.json ? to.err : to.out;
  people << script->title << "\n  script       " << script->file << "\n  sha256       "
         << to_hex(script->hash) << "\n\n";
  const Passphrases passphrases(arguments.passphrase_file, arguments.issuer_passphrase_file, to.prompt);
  TerminalProgress progress(people, to.colour);
  const Result<Outcome> outcome =
      run({*script, arguments.output, passphrases, to.clock, to.random}, progress);
  if (!outcome) {
    const int status = report_error(outcome.error(), to);
    to.err << "Nothing was kept in " << arguments.output << ".\n";
    return status;
  }
  if (arguments.json) {
    to.out << outcome_json(*outcome);
  } else {
    print_outcome(to.out, *outcome);
  }
  return done;
}

int run_verify(const VerifyArguments& arguments, const Surroundings& to) {
  const Result<CertificateFiles> files = load_certificate_files(arguments.root, arguments.paths);
  if (!files) return report_error(files.error(), to);
  const Verification verification = verify(*files, to.clock.now());
  if (arguments.json) {
    to.out << verification_json(verification);
  } else {
    print_verification(to.out, verification, to.colour);
  }
  return verification.passed() ? done : failed;
}

CLI::App* add_run(CLI::App& app, RunArguments& arguments) {
  CLI::App* run = app.add_subcommand("run", "Hold the ceremony that a script describes");
  run->add_option("script", arguments.script, "The ceremony's YAML script (policies/ceremonies)")->required();
  run->add_option("--output", arguments.output,
                  "An existing folder for the new files; nothing is overwritten")
      ->required();
  run->add_option("--passphrase-file", arguments.passphrase_file,
                  "Passphrase of the new key, in a file of mode 0600; else asked for");
  run->add_option("--issuer-passphrase-file", arguments.issuer_passphrase_file,
                  "Passphrase of the issuer's key, in a file of mode 0600; else asked for");
  run->add_flag("--json", arguments.json,
                "The result as JSON on standard output, progress on standard error");
  run->footer(examples);
  return run;
}

CLI::App* add_verify(CLI::App& app, VerifyArguments& arguments) {
  CLI::App* verify =
      app.add_subcommand("verify", "Verify certificates up to the root, from public files alone");
  verify->add_option("--root", arguments.root,
                     "The root; else the one self-signed certificate among the files");
  verify->add_option("paths", arguments.paths, "PEM files, or a folder of them");
  verify->add_flag("--json", arguments.json, "The result as JSON");
  verify->footer(examples);
  return verify;
}

int parse_and_run(int argc, const char* const* argv, const Surroundings& to) {
  CLI::App app("Ceremonies of an offline certification authority: makes the root, signs the intermediate.",
               "chancery-root");
  RunArguments run_arguments;
  VerifyArguments verify_arguments;
  const CLI::App* run = add_run(app, run_arguments);
  add_verify(app, verify_arguments);
  app.require_subcommand(1);
  app.footer(examples);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, to.out, to.err) == 0 ? done : misused;
  }
  return run->parsed() ? run_ceremony(run_arguments, to) : run_verify(verify_arguments, to);
}

}  // namespace

int run_program(int argc, const char* const* argv, const Surroundings& surroundings) {
  try {
    return parse_and_run(argc, argv, surroundings);
  } catch (const std::exception& error) {
    return report_error(
        make_error(ErrorCode::internal, "a fault in chancery-root; please report it", error.what()),
        surroundings);
  }
}

}  // namespace chancery::ceremony
