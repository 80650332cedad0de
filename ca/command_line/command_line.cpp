#include "ca/command_line/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

namespace chancery::command_line {
namespace {

class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(34); }

  // Before a command's examples come the options that it shares with all others.
  std::string make_footer(const CLI::App* app) const override {
    const CLI::App* program = app;
    while (program->get_parent() != nullptr) program = program->get_parent();
    if (program == app) return CLI::Formatter::make_footer(app);
    const std::vector<const CLI::Option*> shared = program->get_options([program](const CLI::Option* option) {
      return option->nonpositional() && option != program->get_help_ptr() &&
             option != program->get_version_ptr();
    });
    const std::string options = shared.empty() ? "" : make_group("Options of every command", false, shared);
    return options + (app->get_footer().empty() ? "" : "\n") + CLI::Formatter::make_footer(app);
  }
};

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

// The word where a command should be, "" if none is there. Its place is below `innermost`.
std::string unknown_command(const CLI::App& app, const CLI::App*& innermost) {
  innermost = &app;
  while (!innermost->get_subcommands().empty()) innermost = innermost->get_subcommands().front();
  if (innermost->get_subcommands({}).empty()) return {};
  const std::vector<std::string> words = app.remaining(true);
  const auto word = std::find_if(words.begin(), words.end(),
                                 [](const std::string& text) { return !text.empty() && text[0] != '-'; });
  return word == words.end() ? std::string() : *word;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

}  // namespace

void prepare(CLI::App& app) {
  app.set_version_flag("--version", app.get_name() + " " + CHANCERY_VERSION, "Print the version and end");
  app.require_subcommand(1);
  app.fallthrough();
  app.formatter(std::make_shared<HelpFormatter>());
}

int finish(const CLI::App& app, const CLI::ParseError& error, std::ostream& out, std::ostream& err) {
  const CLI::App* innermost = nullptr;
  const std::string word = unknown_command(app, innermost);
  if (error.get_exit_code() == 0 || word.empty()) return app.exit(error, out, err) == 0 ? 0 : usage_error;
  const std::vector<std::string> commands = commands_of(*innermost);
  const std::string meant = nearest(word, commands);
  err << app.get_name() << ": there is no command '" << word << "'";
  if (!meant.empty()) err << "; did you mean '" << meant << "'?";
  err << "\nCommands: " << joined(commands) << ". Run '" << app.get_name() << " --help' for more.\n";
  return usage_error;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t least = std::string::npos;
  for (const std::string& candidate : candidates) {
    // Optimal string alignment: rows of the distance between prefixes; `before` is two rows up.
    std::vector<std::size_t> before, above(candidate.size() + 1), row(candidate.size() + 1);
    for (std::size_t j = 0; j <= candidate.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= word.size(); ++i) {
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t replaced = above[j - 1] + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
        const bool swapped =
            i > 1 && j > 1 && word[i - 1] == candidate[j - 2] && word[i - 2] == candidate[j - 1];
        if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
      }
      before = std::exchange(above, row);
    }
    const std::size_t distance = above.back();
    const bool alike =
        distance < candidate.size() && distance <= std::max<std::size_t>(2, candidate.size() / 3);
    if (alike && distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace chancery::command_line
