#include "ca/ceremony/cli/cli.h"

#include <CLI/CLI.hpp>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "ca/ceremony/cli/calendar_command.h"
#include "ca/ceremony/cli/certificate_facts.h"
#include "ca/ceremony/cli/error_report.h"
#include "ca/ceremony/cli/outcome_text.h"
#include "ca/ceremony/cli/printed_script.h"
#include "ca/ceremony/cli/replay_command.h"
#include "ca/ceremony/cli/report_command.h"
#include "ca/ceremony/cli/results.h"
#include "ca/ceremony/cli/terminal_progress.h"
#include "ca/ceremony/interaction/answers_file.h"
#include "ca/ceremony/interaction/secret_descriptor.h"
#include "ca/ceremony/interaction/terminal.h"
#include "ca/ceremony/replay/judge.h"
#include "ca/ceremony/run/run.h"
#include "ca/command_line/clean_output.h"
#include "ca/command_line/command_line.h"

namespace chancery::ceremony {
namespace {

constexpr int done = status_done, failed = status_failed;

constexpr const char* examples = R"(Examples:
  chancery-root script check policies/ceremonies/root.yaml
  chancery-root script print policies/ceremonies/root.yaml | lp
  chancery-root run policies/ceremonies/root.yaml --output /media/out/root
  chancery-root run intermediate.yaml --input /media/out --output /media/out/i1
  chancery-root run root.yaml --output out --answers answers.yaml
  chancery-root rehearse policies/ceremonies/root.yaml --output /tmp/rehearsal
  chancery-root verify /media/out/root/bundle
  chancery-root verify --root root.pem chain.pem --json
  chancery-root replay i1/bundle --previous crl-1/bundle
  chancery-root report i1/bundle --output i1.html --pdf i1.pdf
  chancery-root calendar root/bundle i1/bundle --output ceremonies.ics

Questions are asked on the terminal, or answered by a file of mode 0600.
Passphrases are never taken from the command line or the environment.
Exit status: 0 done, 1 the ceremony or the verification failed, 2 wrong usage.)";

constexpr const char* run_examples = R"(Examples:
  chancery-root run policies/ceremonies/root.yaml --output /media/out/root
  chancery-root run intermediate.yaml --input /media/out --output /media/out/i1
  chancery-root run root.yaml --output out --answers answers.yaml
  chancery-root run crl.yaml --output crl-2 --secret-fd secret.issuer_key=3 3<pin
Passphrases are never taken from the command line or the environment.)";
constexpr const char* rehearse_examples = R"(Examples:
  chancery-root rehearse policies/ceremonies/root.yaml --output /tmp/rehearsal
  chancery-root rehearse root.yaml --output /tmp/rehearsal --token)";
constexpr const char* verify_examples = R"(Examples:
  chancery-root verify /media/out/root/bundle
  chancery-root verify --root root.pem chain.pem --json)";
constexpr const char* check_examples = R"(Examples:
  chancery-root script check policies/ceremonies/root.yaml
  chancery-root script check root.yaml --json)";
constexpr const char* print_examples = R"(Examples:
  chancery-root script print policies/ceremonies/root.yaml | lp
  chancery-root script print root.yaml --json)";
constexpr const char* script_examples = R"(Examples:
  chancery-root script check policies/ceremonies/root.yaml
  chancery-root script print policies/ceremonies/root.yaml | lp)";
constexpr const char* replay_examples = R"(Examples:
  chancery-root replay root/bundle
  chancery-root replay i1/bundle --previous crl-1/bundle --root root.pem
  chancery-root replay --chain root/bundle i1/bundle crl-1/bundle crl-2/bundle)";
constexpr const char* report_examples = R"(Examples:
  chancery-root report i1/bundle --output i1.html --pdf i1.pdf
  chancery-root report i1/bundle --pdf i1.pdf --json)";
constexpr const char* calendar_examples = R"(Examples:
  chancery-root calendar root/bundle i1/bundle --output ceremonies.ics
  chancery-root calendar root/bundle --prometheus ceremonies.prom
  chancery-root calendar root/bundle i1/bundle --json)";

struct RunArguments {
  std::string script, input = ".", output;
  std::optional<std::string> answers;
  std::vector<std::string> secret_descriptors;  // QUESTION=FD
  bool resume = false, json = false;
  bool rehearsal = false, tokens = false;
};

struct ScriptArguments {
  std::string file;
  bool json = false;
};

struct VerifyArguments {
  std::optional<std::string> root;
  std::vector<std::string> paths;
  bool json = false;
};

Result<std::unique_ptr<Interaction>> people_or_answers(const std::optional<std::string>& answers,
                                                       std::ostream& people) {
  if (!answers) return std::unique_ptr<Interaction>(std::make_unique<Terminal>(people));
  Result<std::unique_ptr<AnswersFile>> file = AnswersFile::load(*answers, people);
  if (!file) return std::move(file).error();
  return std::unique_ptr<Interaction>(std::move(*file));
}

Result<SecretDescriptors> descriptors_of(const std::vector<std::string>& given) {
  SecretDescriptors descriptors;
  for (const std::string& text : given) {
    if (Result<void> ok = add_secret_descriptor(descriptors, text); !ok) return std::move(ok).error();
  }
  return descriptors;
}

bool has_unfinished(const std::string& output) {
  std::error_code ignored;
  return std::filesystem::exists(output + ".unfinished", ignored);
}

int report_ceremony_error(const Error& error, const RunArguments& arguments, bool lay_there,
                          const Surroundings& to) {
  const std::string& output = arguments.output;
  const int status = report_error(error, to);
  to.err << output << " was not made.";
  if (has_unfinished(output)) {
    to.err << " " << output << ".unfinished "
           << (lay_there && !arguments.resume ? "is of an earlier attempt; this one wrote nothing."
                                              : "holds the transcript up to here.");
  }
  to.err << '\n';
  return status;
}

int run_ceremony(const RunArguments& arguments, const Surroundings& to) {
  const Result<Script> script = load_script(arguments.script);
  if (!script) return report_error(script.error(), to);
  std::ostream& people = arguments.json ? to.err : to.out;
  const Result<std::unique_ptr<Interaction>> interaction = people_or_answers(arguments.answers, people);
  if (!interaction) return report_error(interaction.error(), to);
  const Result<SecretDescriptors> descriptors = descriptors_of(arguments.secret_descriptors);
  if (!descriptors) return report_error(descriptors.error(), to);
  DescribedSecrets asked(**interaction, *descriptors);
  if (arguments.rehearsal) people << "REHEARSAL with throw-away keys: nothing made here is of any worth\n";
  people << script->title << "\n  script       " << script->file << "\n  sha256       "
         << to_hex(script->hash) << "\n\n";
  TerminalProgress progress(people, to.colour);
  const bool lay_there = has_unfinished(arguments.output);
  const Result<Outcome> outcome = run({.script = *script,
                                       .input = arguments.input,
                                       .output = arguments.output,
                                       .resume = arguments.resume,
                                       .interaction = asked,
                                       .judge = judge_bundle,
                                       .clock = to.clock,
                                       .random = to.random,
                                       .machine = to.machine,
                                       .lock_memory = to.lock_memory,
                                       .kdf = to.kdf,
                                       .rehearsal = arguments.rehearsal,
                                       .tokens_in_rehearsal = arguments.tokens,
                                       .answers_from_file = arguments.answers.has_value()},
                                      progress);
  if (!outcome) return report_ceremony_error(outcome.error(), arguments, lay_there, to);
  if (arguments.json) {
    to.out << outcome_json(*outcome);
  } else {
    print_outcome(to.out, *outcome, arguments.rehearsal);
  }
  return done;
}

int check_script_file(const ScriptArguments& arguments, const Surroundings& to) {
  const Result<Script> script = load_script(arguments.file);
  if (!script) return report_error(script.error(), to);
  if (arguments.json) {
    to.out << json_text(facts_json(describe(*script)));
  } else {
    print_facts(to.out, describe(*script));
  }
  return done;
}

int print_script_file(const ScriptArguments& arguments, const Surroundings& to) {
  const Result<Script> script = load_script(arguments.file);
  if (!script) return report_error(script.error(), to);
  if (arguments.json) {
    to.out << json_text(printed_script_json(*script));
  } else {
    print_script(to.out, *script);
  }
  return done;
}

int run_verify(const VerifyArguments& arguments, const Surroundings& to) {
  if (arguments.paths.empty() && !arguments.root) {
    to.err << "chancery-root: verify needs certificates: PEM files, a folder of them, or --root; see verify "
              "--help\n";
    return status_misused;
  }
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

void add_run_options(CLI::App& run, RunArguments& arguments, const std::string& footer) {
  run.add_option("script", arguments.script, "The ceremony's YAML script (policies/ceremonies)")->required();
  run.add_option("--output", arguments.output, "The folder to make; it must not exist yet")
      ->required()
      ->check([](const std::string& folder) {
        return std::string(folder.empty() ? "name a folder; it must not be empty" : "");
      });
  run.add_option("--input", arguments.input, "Where the script's relative paths start")
      ->capture_default_str();
  run.add_option("--answers", arguments.answers,
                 "Answers to every question, in a YAML file of mode 0600; else people are asked");
  run.add_option(
         "--secret-fd", arguments.secret_descriptors,
         "QUESTION=FD: a PIN or passphrase is read from this open descriptor, up to a line feed; once for "
         "each")
      ->allow_extra_args(false);
  run.add_flag("--resume", arguments.resume,
               "Record the attempt in OUTPUT.unfinished as aborted, remove what it made, and begin again");
  run.add_flag("--json", arguments.json, "The result as JSON on standard output, progress on standard error");
  run.footer(footer);
}

CLI::App* add_run(CLI::App& app, RunArguments& arguments) {
  CLI::App* run = app.add_subcommand("run", "Hold the ceremony that a script describes");
  add_run_options(*run, arguments, run_examples);
  return run;
}

CLI::App* add_rehearse(CLI::App& app, RunArguments& arguments) {
  CLI::App* rehearse = app.add_subcommand(
      "rehearse", "The same ceremony with throw-away keys; whatever it makes says REHEARSAL");
  add_run_options(*rehearse, arguments, rehearse_examples);
  rehearse->add_flag(
      "--token", arguments.tokens,
      "Use the script's token, under a label that begins with REHEARSAL-; else such a key stays "
      "in memory");
  return rehearse;
}

CLI::App* add_verify(CLI::App& app, VerifyArguments& arguments) {
  CLI::App* verify =
      app.add_subcommand("verify", "Verify certificates up to the root, from public files alone");
  verify->add_option("--root", arguments.root,
                     "The root; else the one self-signed certificate among the files");
  verify->add_option("paths", arguments.paths, "PEM files, or a folder of them");
  verify->add_flag("--json", arguments.json, "The result as JSON");
  verify->footer(verify_examples);
  return verify;
}

struct ScriptCommands {
  CLI::App* check;
  CLI::App* print;
};

ScriptCommands add_script(CLI::App& app, ScriptArguments& arguments) {
  CLI::App* script = app.add_subcommand("script", "Check or print a ceremony's script; nothing is touched");
  script->require_subcommand(1);
  CLI::App* check = script->add_subcommand("check", "Show what was understood, or every fault");
  check->add_option("file", arguments.file, "The YAML script")->required();
  check->add_flag("--json", arguments.json, "The result as JSON");
  CLI::App* print = script->add_subcommand("print", "The steps, with room for initials and the time");
  print->add_option("file", arguments.file, "The YAML script")->required();
  print->add_flag("--json", arguments.json, "What is printed as JSON, without the forms");
  script->footer(script_examples);
  check->footer(check_examples);
  print->footer(print_examples);
  return {check, print};
}

int parse_and_run(int argc, const char* const* argv, const Surroundings& to) {
  CLI::App app("Ceremonies of an offline certification authority: makes the root, signs the intermediate.",
               "chancery-root");
  command_line::prepare(app);
  RunArguments run_arguments;
  VerifyArguments verify_arguments;
  ScriptArguments script_arguments;
  const CLI::App* run = add_run(app, run_arguments);
  const CLI::App* rehearse = add_rehearse(app, run_arguments);
  const ScriptCommands script = add_script(app, script_arguments);
  add_verify(app, verify_arguments);
  ReplayCommand replay;
  replay.add_to(app, replay_examples);
  ReportCommand report;
  report.add_to(app, report_examples);
  CalendarCommand calendar;
  calendar.add_to(app, calendar_examples);
  app.footer(examples);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return command_line::finish(app, error, to.out, to.err);
  }
  run_arguments.rehearsal = rehearse->parsed();
  if (run->parsed() || rehearse->parsed()) return run_ceremony(run_arguments, to);
  if (script.check->parsed()) return check_script_file(script_arguments, to);
  if (script.print->parsed()) return print_script_file(script_arguments, to);
  if (replay.chosen()) return replay.run(to);
  if (report.chosen()) return report.run(to);
  if (calendar.chosen()) return calendar.run(to);
  return run_verify(verify_arguments, to);
}

}  // namespace

int run_program(int argc, const char* const* argv, const Surroundings& surroundings) {
  // The one way out: whatever is printed for people, and by whatever command, goes through these.
  command_line::CleanOutput out(surroundings.out), err(surroundings.err);
  const Surroundings to{out,
                        err,
                        surroundings.colour,
                        surroundings.clock,
                        surroundings.random,
                        surroundings.machine,
                        surroundings.lock_memory,
                        surroundings.kdf};
  try {
    return parse_and_run(argc, argv, to);
  } catch (const std::exception& error) {
    return report_error(
        make_error(ErrorCode::internal, "a fault in chancery-root; please report it", error.what()), to);
  }
}

}  // namespace chancery::ceremony
