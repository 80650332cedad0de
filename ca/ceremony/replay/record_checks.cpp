// What the transcript says against what the script asks for.
#include <algorithm>

#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/run/step_table.h"

namespace chancery::ceremony {
namespace {

bool is_nonce(const std::string& text) {
  const std::optional<Bytes> octets = parse_hex(text);
  return octets && octets->size() == transcript_nonce_size;
}

std::string format_fault(const Material& material) {
  const Entry& begin = material.record.first();
  const std::int64_t format = material.format();
  if (format < oldest_transcript_format || format > transcript_format) {
    return begin.place("format") + ": this version reads formats " +
           std::to_string(oldest_transcript_format) + " to " + std::to_string(transcript_format);
  }
  if (format < 2) return "";
  if (begin.text("version").empty()) return begin.place("version") + ": it is missing";
  return is_nonce(begin.text("nonce")) ? ""
                                       : begin.place("nonce") + ": it is not " +
                                             std::to_string(transcript_nonce_size) + " octets in hex";
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
  if (std::string fault = format_fault(material); !fault.empty()) return fault;
  const auto* head = std::get_if<crypto::Sha256Digest>(&script.previous);
  if (head != nullptr) return differs(begin, "previous", to_hex(*head));
  const auto* bundle = std::get_if<PreviousBundle>(&script.previous);
  if (bundle == nullptr) return "";
  if (bundle->head) return differs(begin, "previous", to_hex(*bundle->head));
  return begin.text("previous").empty()
             ? begin.place("previous") + ": it is missing, but the script names a previous ceremony"
             : "";
}

// Begun, ended and next in order.
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

// Those of the kind, by name and in the order in which the program takes them.
std::string table_fault(const Material& material) {
  const std::span<const Step> steps = steps_of(material.script, material.format());
  const std::vector<Entry> begun = material.record.all("step.begin");
  for (std::size_t i = 0; i < std::min(steps.size(), begun.size()); ++i) {
    if (begun[i].text("name") != steps[i].name)
      return begun[i].place("name") + ": step " + std::to_string(i + 1) + " of this kind is \"" +
             std::string(steps[i].name) + "\", not \"" + begun[i].text("name") + "\"";
    if (begun[i].number("total") != static_cast<std::int64_t>(steps.size()))
      return begun[i].place("total") + ": this kind has " + std::to_string(steps.size()) + " steps";
  }
  if (begun.size() == steps.size()) return "";
  return std::string(transcript_file) + ": it has " + std::to_string(begun.size()) + " steps, this kind " +
         std::to_string(steps.size());
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

std::string all_steps_fault(const Material& material) {
  if (std::string fault = steps_fault(material); !fault.empty()) return fault;
  if (std::string fault = end_fault(material); !fault.empty()) return fault;
  return material.versioned() ? table_fault(material) : "";
}

}  // namespace

Check recorded_since_format_2(std::string name) {
  return {std::move(name), true, "the transcript is of format 1, which does not record it", false};
}

Check check_of(std::string name, const std::string& fault, const std::string& seen) {
  return {std::move(name), fault.empty(), fault.empty() ? seen : fault};
}

Check whole_check(const Material& material, std::string name, const std::string& fault,
                  const std::string& seen) {
  if (material.versioned() || !fault.empty()) return check_of(std::move(name), fault, seen);
  return {std::move(name), true,
          "the transcript is of a program before those that name their version, or that name was taken out",
          false};
}

std::string differs(const Entry& entry, std::string_view field, const std::string& wanted) {
  if (entry.text(field) == wanted) return "";
  return entry.place(field) + ": it says \"" + entry.text(field) + "\", the script \"" + wanted + "\"";
}

void check_record(const Material& material, std::vector<Check>& checks) {
  checks.push_back(
      check_of("line 1 binds the script", begin_fault(material), "kind, title and SHA-256 are the script's"));
  check_events(material, checks);
  check_people(material, checks);
  check_preflight(material, checks);
  checks.push_back(whole_check(material, "steps", all_steps_fault(material),
                               std::to_string(material.record.all("step.begin").size()) +
                                   " of this kind, each ended before the next"));
  check_custody(material, checks);
  check_tokens(material, checks);
  check_secrets(material, checks);
}

}  // namespace chancery::ceremony
