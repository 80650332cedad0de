#include "ca/ceremony/cli/printed_script.h"

#include <algorithm>
#include <ostream>
#include <string>

#include "ca/ceremony/cli/results.h"
#include "ca/ceremony/interaction/text.h"
#include "ca/ceremony/interaction/wrapped_text.h"
#include "ca/ceremony/run/step_table.h"
#include "ca/ceremony/script/describe.h"
#include "ca/ceremony/transcript/transcript.h"
#include "ca/ceremony/words/pgp_words.h"

namespace chancery::ceremony {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t width = 72;
constexpr std::size_t paper_width = 78;  // what a printer of text takes
constexpr int exception_rows = 6;

void print_wrapped(std::ostream& out, std::string_view begin, std::string_view text, std::size_t indent) {
  out << wrapped(begin, text, indent, paper_width);
}

void print_words(std::ostream& out, const Script& script) {
  out << "\n   The SHA-256 of this script; the internal witness ticks each line that the\n"
         "   administrator reads aloud:\n\n";
  for (const WordLine& line : word_lines(script.hash)) {
    out << "   [ ]  " << line.hex << "  " << line.words << '\n';
  }
}

bool has_no_return(const Step& step) {
  return step.name == "Point of no return";
}

void print_step(std::ostream& out, std::size_t number, const Step& step) {
  const std::string rule(width, '=');
  if (has_no_return(step)) out << '\n' << rule << "\nPOINT OF NO RETURN\n" << rule;
  out << "\n" << number << ". " << step.name << '\n';
  print_wrapped(out, "   DO  ", std::string(step.doing) + ".", 7);
  print_wrapped(out, "   IF it fails: ", std::string(step.failing) + ".", 7);
  out << "   initials ____________    UTC ____-__-__T__:__:__Z\n";
  if (has_no_return(step)) out << rule << '\n';
}

void print_exception_form(std::ostream& out) {
  out << "\f\nExceptions during the ceremony\n\n"
         "   Kept by the internal witness, by hand: whatever was not as the script says,\n"
         "   who decided how to go on, and who saw it. Unused rows are struck through.\n";
  const std::string line(width, '_');
  for (int row = 1; row <= exception_rows; ++row) {
    out << "\n   " << row << ". UTC ____-__-__T__:__:__Z  step ____  decided by _______  witness _______\n\n"
        << "   " << line << "\n\n   " << line << '\n';
  }
}

void print_signature(std::ostream& out, const std::string& role, const std::string& name) {
  if (name.empty()) return;
  out << '\n';
  print_wrapped(out, "   " + role + ": ", name, 7);
  out << "   signature ______________________________    date ____-__-__\n";
}

void print_signatures(std::ostream& out, const Script& script) {
  out << "\f\nSignatures\n\n   I was there. What is written here is what I saw; my initials in it\n"
         "   are mine.\n";
  const Roles& roles = script.roles;
  print_signature(out, "administrator", roles.administrator);
  print_signature(out, "internal witness", roles.internal_witness);
  print_signature(out, "external witness", roles.external_witness);
  for (const std::string& name : roles.safe_controllers) print_signature(out, "safe controller", name);
  for (const std::string& name : roles.crypto_officers) print_signature(out, "crypto officer", name);
  out << "\n   This page belongs to the script with the SHA-256\n   " << to_hex(script.hash) << '\n';
}

Json words_json(const Script& script) {
  Json words = Json::array();
  for (const WordLine& line : word_lines(script.hash))
    words.push_back({{"hex", line.hex}, {"words", line.words}});
  return words;
}

Json people_json(const Roles& roles) {
  Json people = Json::array();
  for (const Person& person : people_of(roles)) {
    people.push_back({{"role", person.role},
                      {"id", person.id},
                      {"name", person.name},
                      {"initials", initials_of(person.name)}});
  }
  return people;
}

Json steps_json(const Script& script) {
  Json steps = Json::array();
  for (const Step& step : steps_of(script, transcript_format)) {
    steps.push_back({{"number", steps.size() + 1},
                     {"name", step.name},
                     {"doing", step.doing},
                     {"failing", step.failing},
                     {"point_of_no_return", has_no_return(step)}});
  }
  return steps;
}

}  // namespace

void print_script(std::ostream& out, const Script& script) {
  out << script.title << "\n\n";
  for (const Fact& fact : describe(script)) print_wrapped(out, "   " + fact.name + ": ", fact.value, 7);
  print_words(out, script);
  std::size_t number = 0;
  for (const Step& step : steps_of(script, transcript_format)) print_step(out, ++number, step);
  print_exception_form(out);
  print_signatures(out, script);
}

Json printed_script_json(const Script& script) {
  return {{"title", script.title},
          {"kind", std::string(to_string(script.kind()))},
          {"file", script.file},
          {"sha256", to_hex(script.hash)},
          {"words", words_json(script)},
          {"people", people_json(script.roles)},
          {"facts", facts_json(describe(script))},
          {"steps", steps_json(script)}};
}

}  // namespace chancery::ceremony
