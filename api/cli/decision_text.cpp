#include "api/cli/decision_text.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "api/cli/json_text.h"
#include "api/cli/table.h"

namespace chancery::cli {
namespace {

using nlohmann::json;

bool is_true(const json& object, const char* key) {
  return object.is_object() && object.value(key, json(false)) == json(true);
}

std::string mark(const json& reason) {
  if (is_true(reason, "grandfathered")) return "old";
  return is_true(reason, "passed") ? "ok" : "no";
}

void print_reasons(const json& decision, const Terminal& terminal) {
  if (!decision.contains("reasons") || !decision["reasons"].is_array()) return;
  Table table({"", "RULE", "AT", "VALUE", "WHY"});
  for (const json& reason : decision["reasons"]) {
    table.add({mark(reason), text(reason, "rule"), text(reason, "location"), text(reason, "value"),
               text(reason, "message")});
  }
  terminal.out << table.text();
}

void print_profile(const json& decision, const Terminal& terminal) {
  if (!decision.contains("profile") || !decision["profile"].is_object()) return;
  const json& profile = decision["profile"];
  terminal.out << "profile " << printable(text(profile, "name")) << " ("
               << printable(text(profile, "location")) << ", SHA-256 "
               << printable(text(profile, "hash").substr(0, 16)) << "...): lifetime "
               << printable(text(profile, "lifetime")) << ", renewed after "
               << printable(text(profile, "renew_after")) << ", "
               << printable(joined(profile, "extended_key_usage")) << "\n";
}

void print_approvals(const json& decision, const Terminal& terminal) {
  const json count = decision.value("approvals", json());
  if (!count.is_number_integer()) return;
  if (count == 0) {
    terminal.out << "approvals: none needed\n";
    return;
  }
  terminal.out << "approvals: " << count << (count == 1 ? " other operator" : " other operators")
               << " must approve before it is issued\n";
}

void print_earlier(const json& decision, const Terminal& terminal) {
  if (!decision.contains("earlier") || !decision["earlier"].is_object()) return;
  const json& earlier = decision["earlier"];
  const std::string serial = text(earlier, "serial");
  terminal.out << "earlier: this very request "
               << (serial.empty() ? "is request " + printable(text(earlier, "id"))
                                  : "got certificate " + printable(serial))
               << "; it is answered with that again\n";
}

void print_warnings(const json& decision, const Terminal& terminal) {
  if (!decision.contains("warnings") || !decision["warnings"].is_array()) return;
  for (const json& warning : decision["warnings"]) {
    terminal.out << "warning " << printable(text(warning, "rule")) << ": "
                 << printable(text(warning, "message")) << "\n  " << printable(text(warning, "citation"))
                 << ": \"" << printable(text(warning, "quote")) << "\"\n  "
                 << printable(text(warning, "advice")) << "\n";
  }
}

}  // namespace

int print_decision(const json& decision, bool as_json, const Terminal& terminal) {
  const bool allowed = is_true(decision, "allowed");
  if (as_json) {
    terminal.out << pretty(decision);
    return allowed ? exit_ok : exit_refused;
  }
  terminal.out << (allowed ? "allowed: subject '" + printable(text(decision, "subject")) + "', names " +
                                 printable(joined(decision, "names"))
                           : std::string("refused"))
               << "\n";
  print_profile(decision, terminal);
  print_approvals(decision, terminal);
  print_earlier(decision, terminal);
  print_reasons(decision, terminal);
  if (decision.contains("error") && decision["error"].is_object()) {
    terminal.out << "then: " << printable(text(decision["error"], "message")) << "\n";
  }
  print_warnings(decision, terminal);
  return allowed ? exit_ok : exit_refused;
}

}  // namespace chancery::cli
