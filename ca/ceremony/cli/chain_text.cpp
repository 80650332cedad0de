#include "ca/ceremony/cli/chain_text.h"

#include <ostream>

#include "ca/ceremony/cli/certificate_facts.h"
#include "ca/ceremony/cli/replay_json.h"
#include "ca/ceremony/cli/terminal_progress.h"
#include "ca/command_line/clean_output.h"

namespace chancery::ceremony {
namespace {

using command_line::indented;
using command_line::one_line;
using Json = nlohmann::ordered_json;

std::string begun(const Replay& link) {
  return link.transcript ? to_rfc3339(link.transcript->lines.front().at) : "";
}

std::string kind(const Replay& link) {
  return link.script ? std::string(to_string(link.script->kind())) : "unreadable";
}

Json link_json(const Replay& link) {
  Json failed = Json::array(), skipped = Json::array();
  for (const Check& check : link.checks) {
    if (!check.passed) failed.push_back({{"check", check.name}, {"message", check.message}});
    if (!check.checked) skipped.push_back({{"check", check.name}, {"message", check.message}});
  }
  return {{"bundle", link.bundle.path},
          {"kind", kind(link)},
          {"title", link.script ? Json(link.script->title) : Json()},
          {"begun", begun(link)},
          {"transcript_head", link.transcript ? Json(to_hex(link.transcript->head())) : Json()},
          {"passed", link.passed()},
          {"not_checked", link.not_checked()},
          {"failed", failed},
          {"skipped", skipped}};
}

}  // namespace

Painted state_of(const Check& check, bool colour) {
  if (!check.passed) return red("FAILED     ", colour);
  return check.checked ? green("ok         ", colour) : yellow("not checked", colour);
}

void print_chain(std::ostream& out, const Chain& chain, bool colour) {
  for (const Replay& link : chain.links) {
    out << "  " << (link.passed() ? green("ok    ", colour) : red("FAILED", colour)) << "  " << begun(link)
        << "  " << kind(link) << "  " << one_line(link.bundle.path);
    if (link.passed() && link.not_checked() > 0)
      out << ", " << yellow(std::to_string(link.not_checked()) + " not checked", colour);
    out << '\n';
    for (const Check& check : link.checks) {
      if (check.passed && check.checked) continue;
      out << "          "
          << indented((check.passed ? "not checked: " : "") + check.name + ": " + check.message, 12) << '\n';
    }
  }
  out << '\n';
  for (const Check& check : chain.checks)
    out << "  " << state_of(check, colour) << "  " << indented(check.name + ": " + check.message, 17) << '\n';
  out << '\n'
      << (chain.passed() ? green("replayed", colour) : red("NOT replayed", colour)) << ": "
      << chain.links.size()
      << " ceremonies. A newest one whose bundle is not given cannot be missed here: ask for the last.\n";
}

std::string chain_json(const Chain& chain) {
  Json links = Json::array();
  for (const Replay& link : chain.links) links.push_back(link_json(link));
  return json_text({{"passed", chain.passed()}, {"chain", links}, {"checks", checks_json(chain.checks)}});
}

}  // namespace chancery::ceremony
