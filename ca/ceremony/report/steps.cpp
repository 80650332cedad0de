#include <algorithm>

#include "ca/ceremony/interaction/interaction.h"
#include "ca/ceremony/report/sections.h"
#include "ca/ceremony/run/step_table.h"

namespace chancery::ceremony {
namespace {

// What the transcript holds of one step.
struct Recorded {
  std::string name, begun, ended, initials;
  std::vector<std::string> said;
  bool no_return = false;
};

bool gives_initials(const Entry& entry) {
  return entry.text("answer").size() <= 8 && !entry.text("id").starts_with("clock.") &&
         !entry.text("id").starts_with(no_return_question);
}

void add_answer(Recorded& step, const Entry& entry) {
  if (!entry.of->data.contains("answer")) {
    step.said.push_back(entry.text("id") + ": a wrong answer of " + std::to_string(entry.number("octets")) +
                        " octets, not recorded");
  } else if (gives_initials(entry)) {
    step.initials += (step.initials.empty() ? "" : ", ") + entry.text("answer");
  } else {
    const std::string& question = entry.text("question");
    const std::string person = question.substr(0, question.find(':'));
    std::string asked = entry.text("id");
    if (asked.starts_with("clock.")) asked = "Clock of " + person;
    if (asked.starts_with(no_return_question)) asked = person + ", asked to go on";
    step.said.push_back(asked + ": " + entry.text("answer"));
  }
}

std::string by_officers(const Entry& entry) {
  std::string names;
  for (const std::string& name : entry.texts("officers")) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "" : ", by the shares of " + names;
}

void add_token(Recorded& step, const Entry& entry) {
  step.said.push_back(
      "Token " + entry.text("label") + ", slot " + std::to_string(entry.number("slot")) + ": " +
      entry.text("manufacturer") + " " + entry.text("model") + ", serial number " + entry.text("serial") +
      ", firmware " + entry.text("firmware") + ", hardware " + entry.text("hardware") +
      (entry.flag("denied") ? ", REFUSED: " + entry.text("reason") : ", on no deny-list of firmware"));
  step.said.push_back("Its module " + entry.text("module") + ", sha256 " + entry.text("module_sha256"));
}

void add_key_or_object(Recorded& step, const Entry& entry) {
  const std::string& event = entry.of->event;
  if (event == "key.made")
    step.said.push_back("Key made: " + entry.text("type") + ", custody " + entry.text("custody"));
  if (event == "key.used") {
    step.said.push_back("Key used: " + entry.text("key") + ", custody " + entry.text("custody") +
                        by_officers(entry));
  }
  if (event == "key.destroyed") {
    step.said.push_back("Destroyed: " + entry.text("copy") + ", held by " + entry.text("holder"));
  }
  if (event == "tbs") {
    step.said.push_back("To be signed: " + entry.text("what") + ", of " + entry.text("at") + ", sha256 " +
                        entry.text("sha256"));
  }
  if (event == "token") add_token(step, entry);
  if (event == "lint.warning") {
    step.said.push_back("WARNING of the lints: " + entry.text("what") + ", " + entry.text("rule") + ": " +
                        entry.text("message"));
  }
  if (event == "lint") {
    step.said.push_back("Passed " + std::to_string(entry.number("rules")) + " lints: " + entry.text("what") +
                        ", sha256 " + entry.text("sha256"));
  }
}

void add(Recorded& step, const Entry& entry) {
  const std::string& event = entry.of->event;
  if (event == "answer") add_answer(step, entry);
  if (event == "step.end") {
    step.said.push_back("Result: " + entry.text("result"));
    step.ended = to_rfc3339(entry.of->at);
  }
  if (event == "step.failed") step.said.push_back("FAILED: " + entry.text("error"));
  if (event == "secret") {
    step.said.push_back("Secret given, not recorded: " + entry.text("question") +
                        (entry.text("by").empty() ? "" : ", by " + entry.text("by")));
  }
  if (event == "words") {
    step.said.push_back("Words of " + entry.text("what") + " read by " + entry.text("reader") +
                        ", ticked by " + entry.text("ticked_by"));
  }
  if (event == "point_of_no_return") {
    step.no_return = true;
    step.said.push_back("Point of no return: " + entry.text("what"));
  }
  if (event == "note") step.said.push_back("Note of " + entry.text("by") + ": " + entry.text("note"));
  add_key_or_object(step, entry);
}

std::vector<Recorded> recorded_steps(const Record& record) {
  std::vector<Recorded> steps;
  for (const Entry& entry : record.entries()) {
    if (entry.of->event == "step.begin") {
      steps.push_back({entry.text("name"), to_rfc3339(entry.of->at), "", "", {}, false});
    } else if (!steps.empty()) {
      add(steps.back(), entry);
    }
  }
  if (!steps.empty() && steps.back().ended.empty() && record.last().of->event == "ceremony.end") {
    steps.back().ended = to_rfc3339(record.last().of->at);  // the last step ends with the ceremony
  }
  return steps;
}

void write_part(Html& html, std::string_view classes, std::string_view key, std::string_view text) {
  html.open("span", classes).element("span", key, "key").text(text).close("span");
}

void write_step(Html& html, std::size_t number, const Recorded& recorded, const Step* step) {
  html.open("tr", recorded.no_return ? "noreturn" : "");
  html.element("td", std::to_string(number)).open("td");
  html.element("span", recorded.no_return ? "POINT OF NO RETURN" : recorded.name, "stepname");
  if (step != nullptr) {
    write_part(html, "do", "DO", std::string(step->doing) + ".");
    write_part(html, "if", "IF it fails:", std::string(step->failing) + ".");
  }
  for (const std::string& line : recorded.said) html.element("span", line, "said");
  html.close("td").element("td", recorded.initials);
  html.open("td")
      .text(recorded.begun)
      .raw("<br>to<br>")
      .text(recorded.ended.empty() ? "not ended" : recorded.ended);
  html.close("td").close("tr");
}

// As the program's table has it, when it took its steps as the table of that format says.
const Step* step_at(std::span<const Step> steps, std::size_t number, const std::string& name) {
  return number <= steps.size() && steps[number - 1].name == name ? &steps[number - 1] : nullptr;
}

}  // namespace

void write_steps(Html& html, const Source& source) {
  if (source.script == nullptr || source.record == nullptr) return;
  html.open("section", "page").element("h2", "The steps");
  html.element("p",
               "What people do (DO), what they do if it fails (IF), and below it what was recorded. The "
               "initials were typed on the machine; times are its clock's, in UTC.",
               "note");
  html.begin_table({"", "Step", "Initials", "UTC"}, "steps");
  const std::span<const Step> steps = steps_of(*source.script, source.record->first().number("format"));
  std::size_t number = 0;
  for (const Recorded& recorded : recorded_steps(*source.record)) {
    ++number;
    write_step(html, number, recorded, step_at(steps, number, recorded.name));
  }
  html.end_table().close("section");
}

}  // namespace chancery::ceremony
