// What the transcript says against what the script asks for.
#include <algorithm>
#include <map>

#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/run/step_table.h"

namespace chancery::ceremony {
namespace {

std::string differs(const Entry& entry, std::string_view field, const std::string& wanted) {
  if (entry.text(field) == wanted) return "";
  return entry.place(field) + ": it says \"" + entry.text(field) + "\", the script \"" + wanted + "\"";
}

std::string begin_fault(const Material& material) {
  const Entry& begin = material.record.first();
  const Script& script = material.script;
  for (const auto& [field, wanted] :
       {std::pair<std::string_view, std::string>{"kind", std::string(to_string(script.kind()))},
        {"title", script.title},
        {"script_sha256", to_hex(script.hash)}}) {
    if (std::string fault = differs(begin, field, wanted); !fault.empty()) return fault;
  }
  if (begin.number("format") != transcript_format) {
    return begin.place("format") + ": this version reads format " + std::to_string(transcript_format);
  }
  const auto* head = std::get_if<crypto::Sha256Digest>(&script.previous);
  if (head != nullptr) return differs(begin, "previous", to_hex(*head));
  if (std::holds_alternative<PreviousBundle>(script.previous) && begin.text("previous").empty()) {
    return begin.place("previous") + ": it is missing, but the script names a previous ceremony";
  }
  return "";
}

using Person = std::pair<std::string, std::string>;  // role, name

std::vector<Person> people_of(const Roles& roles) {
  std::vector<Person> people{{"administrator", roles.administrator},
                             {"internal_witness", roles.internal_witness}};
  if (!roles.external_witness.empty()) people.emplace_back("external_witness", roles.external_witness);
  for (const std::string& name : roles.safe_controllers) people.emplace_back("safe_controller", name);
  for (const std::string& name : roles.crypto_officers) people.emplace_back("crypto_officer", name);
  return people;
}

std::string roles_fault(const Material& material) {
  const std::vector<Person> people = people_of(material.script.roles);
  const std::vector<Entry> entries = material.record.all("role");
  for (std::size_t i = 0; i < std::min(people.size(), entries.size()); ++i) {
    if (std::string fault = differs(entries[i], "role", people[i].first); !fault.empty()) return fault;
    if (std::string fault = differs(entries[i], "name", people[i].second); !fault.empty()) return fault;
  }
  if (people.size() == entries.size()) return "";
  return std::string(transcript_file) + ": " + std::to_string(entries.size()) +
         " people came, the script names " + std::to_string(people.size());
}

const DeclaredException* declared(const Material& material, const std::string& check) {
  for (const DeclaredException& exception : material.script.preflight.exceptions) {
    if (exception.check == check) return &exception;
  }
  return nullptr;
}

std::string exception_fault(const Material& material, const Entry& entry) {
  const DeclaredException* exception = declared(material, entry.text("check"));
  if (exception == nullptr) {
    return entry.place("check") + ": the exception for " + entry.text("check") +
           " is not declared in the script";
  }
  return differs(entry, "reason", exception->reason);
}

std::string preflight_fault(const Material& material) {
  const std::vector<Entry> evidence = material.record.all("preflight");
  if (evidence.empty()) return std::string(transcript_file) + ": no preflight is recorded";
  for (const Entry& entry : evidence) {
    if (!entry.flag("passed") && declared(material, entry.text("check")) == nullptr) {
      return entry.place("passed") + ": " + entry.text("check") +
             " failed, and the script declares no exception for it";
    }
  }
  for (const Entry& entry : material.record.all("preflight.exception")) {
    if (std::string fault = exception_fault(material, entry); !fault.empty()) return fault;
  }
  return "";
}

// Of a step only this is asked: begun, ended and next in order. What it is called may change with versions.
std::string steps_fault(const Material& material) {
  std::int64_t number = 0, total = 0;
  bool open = false;
  for (const Entry& entry : material.record.entries()) {
    const std::string& event = entry.of->event;
    if (event == "step.failed") {
      return entry.place("error") + ": step " + std::to_string(number) + " failed: " + entry.text("error");
    }
    if (event == "step.begin") {
      if (open || entry.number("number") != number + 1)
        return entry.place("number") + ": step " + std::to_string(number + 1) + " must begin here";
      ++number;
      total = entry.number("total");
      open = true;
    } else if (event == "step.end") {
      if (!open || entry.number("number") != number) return entry.place("number") + ": no such step is open";
      open = false;
    }
  }
  if (!open || number != total || number == 0) {
    return std::string(transcript_file) + ": it ends in step " + std::to_string(number) + " of " +
           std::to_string(total);
  }
  return "";
}

std::string end_fault(const Material& material) {
  const Entry& last = material.record.last();
  if (last.of->event != "ceremony.end") {
    return last.place("event") + ": the ceremony did not come to its end";
  }
  if (material.record.all("ceremony.end").size() != 1) return last.place("event") + ": it ended twice";
  if (last.text("result") == "done") return "";
  return last.place("result") + ": \"" + last.text("result") + "\" is not done";
}

std::string all_faults(const std::string& first, const std::string& second) {
  return first.empty() ? second : first;
}

}  // namespace

Check check_of(std::string name, const std::string& fault, const std::string& seen) {
  return {std::move(name), fault.empty(), fault.empty() ? seen : fault};
}

void check_record(const Material& material, std::vector<Check>& checks) {
  checks.push_back(
      check_of("line 1 binds the script", begin_fault(material), "kind, title and SHA-256 are the script's"));
  checks.push_back(
      check_of("people", roles_fault(material),
               std::to_string(material.record.all("role").size()) + ", as the script names them"));
  checks.push_back(check_of("preflight", preflight_fault(material),
                            std::to_string(material.record.all("preflight").size()) +
                                " checks passed, or have a declared exception"));
  checks.push_back(
      check_of("steps", all_faults(steps_fault(material), end_fault(material)),
               std::to_string(material.record.all("step.begin").size()) + ", each ended before the next"));
}

}  // namespace chancery::ceremony
