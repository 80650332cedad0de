// What the command lines of Chancery's programs have in common: how they show help, the version, and what
// they say to a misspelt command.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace chancery::command_line {

inline constexpr int usage_error = 2;

// Call it before adding commands, which inherit from `app`: one command is required, `--version` prints
// "NAME VERSION", options of the program may stand behind a command too, and the help of each command shows
// them.
void prepare(CLI::App& app);

// What to print for a failed parse, which a demand for help or for the version also is. 0 for those two, else
// usage_error. A misspelt command is named together with the nearest there is. `app` is the program, after
// parse() threw `error`.
int finish(const CLI::App& app, const CLI::ParseError& error, std::ostream& out, std::ostream& err);

// The candidate with the fewest insertions, deletions, replacements and swaps of neighbours away from `word`;
// "" when even that one differs in more than a third of its letters (but two are always forgiven).
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace chancery::command_line
