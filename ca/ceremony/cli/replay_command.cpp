#include "ca/ceremony/cli/replay_command.h"

#include <CLI/CLI.hpp>
#include <iomanip>
#include <ostream>

#include "ca/ceremony/cli/certificate_facts.h"
#include "ca/ceremony/cli/chain_text.h"
#include "ca/ceremony/cli/error_report.h"
#include "ca/ceremony/cli/replay_json.h"
#include "ca/ceremony/cli/terminal_progress.h"
#include "ca/ceremony/replay/replay.h"
#include "ca/command_line/clean_output.h"

namespace chancery::ceremony {
namespace {

using command_line::indented;
using command_line::one_line;

constexpr int name_width = 48;
constexpr std::size_t message_column = 63;  // behind the name and "not checked"

// What nobody but the reader can do.
void print_root_warning(std::ostream& out, const Replay& replay, bool colour) {
  const x509::Certificate* root = replay.signer();
  if (root == nullptr) return;
  out << '\n'
      << yellow("The root is only the bundle's own", colour)
      << ", for want of --root: anybody can make a bundle that replays.\nCompare this fingerprint with your "
         "record, not with a file that came with the bundle:\n  "
      << one_line(root->subject_text()) << "\n  " << fingerprint_text(root->fingerprint(), 2) << '\n';
}

void print(std::ostream& out, const Replay& replay, bool root_given, bool strict, bool colour) {
  if (replay.script) out << one_line(replay.script->title) << "\n\n";
  for (const Check& check : replay.checks) {
    out << "  " << std::left << std::setw(name_width) << one_line(check.name) << state_of(check, colour)
        << "  " << indented(check.message, message_column) << '\n';
  }
  const std::size_t failed = replay.failed(), skipped = replay.not_checked();
  if (failed == 0 && strict && skipped != 0) {
    out << '\n'
        << red("NOT replayed", colour) << ", as --strict asks: " << skipped << " of " << replay.checks.size()
        << " checks were not made\n";
  } else if (failed == 0) {
    out << '\n' << green("replayed", colour) << ": " << replay.checks.size() - skipped << " checks";
    if (skipped != 0) out << ", and " << skipped << " not checked";
    out << '\n';
  } else {
    out << '\n'
        << red("NOT replayed", colour) << ": " << failed << " of " << replay.checks.size()
        << " checks failed\n";
  }
  if (!root_given) print_root_warning(out, replay, colour);
}

}  // namespace

void ReplayCommand::add_to(CLI::App& app, const std::string& footer) {
  CLI::App* command = app.add_subcommand(
      "replay", "Verify a whole ceremony from its public bundle: every byte is made again and compared");
  command
      ->add_option("bundle", bundles_, "The folder that a ceremony made: OUTPUT/bundle; several with --chain")
      ->required();
  CLI::Option* previous = command->add_option("--previous", previous_,
                                              "The bundle of the ceremony before, to verify the link to it");
  command
      ->add_flag(
          "--chain", chain_,
          "The bundles, in any order, are all of one root: verify each with the one before it, and say where "
          "the chain forks")
      ->excludes(previous);
  command->add_option("--root", root_, "PEM file of the root that you trust");
  command->add_flag("--strict", strict_, "What was not checked counts as failed");
  command->add_flag("--json", json_, "The result as JSON");
  command->footer(footer);
  command_ = command;
}

bool ReplayCommand::chosen() const {
  return command_ != nullptr && command_->parsed();
}

int ReplayCommand::run_chain(const Surroundings& to) const {
  const Result<Chain> chain = replay_chain(bundles_, root_);
  if (!chain) return report_error(chain.error(), to);
  if (json_) {
    to.out << chain_json(*chain);
  } else {
    print_chain(to.out, *chain, to.colour);
  }
  return chain->passed() && !(strict_ && chain->not_checked() > 0) ? status_done : status_failed;
}

int ReplayCommand::run(const Surroundings& to) const {
  if (chain_) return run_chain(to);
  if (bundles_.size() != 1) {
    to.err << "chancery-root: several bundles are replayed with --chain\n";
    return status_misused;
  }
  const Result<Replay> result = replay({bundles_.front(), previous_, root_});
  if (!result) return report_error(result.error(), to);
  if (json_) {
    to.out << json_text(replay_json(*result));
  } else {
    print(to.out, *result, root_.has_value(), strict_, to.colour);
  }
  return result->passed() && !(strict_ && result->not_checked() > 0) ? status_done : status_failed;
}

}  // namespace chancery::ceremony
