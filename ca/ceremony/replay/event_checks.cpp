// What a transcript of its kind has room for: events that no ceremony of this kind writes, or writes more
// often than it can have happened, contradict the rest.
#include <algorithm>
#include <array>
#include <cstdint>

#include "ca/ceremony/replay/checks.h"

namespace chancery::ceremony {
namespace {

// A set of kinds, one bit each.
using Kinds = unsigned;

constexpr Kinds of(Kind kind) {
  return 1U << static_cast<unsigned>(kind);
}

constexpr Kinds certifying = of(Kind::root) | of(Kind::intermediate) | of(Kind::cross_certificate);
constexpr Kinds linting = certifying | of(Kind::crl);
constexpr Kinds signing = linting | of(Kind::cross_csr);
constexpr Kinds using_a_key = signing | of(Kind::recover) | of(Kind::destroy);  // every kind

constexpr std::size_t any_number = 0;

struct Room {
  std::string_view event;
  Kinds kinds = using_a_key;
  std::size_t most = any_number;
};

// What is not here has no room anywhere. How often an event must be there is the matter of other checks.
constexpr std::array rooms{
    Room{"ceremony.begin", using_a_key, 1},
    Room{"ceremony.resumed"},
    Room{"role"},
    Room{"preflight"},
    Room{"preflight.exception"},
    Room{"step.begin"},
    Room{"step.end"},
    Room{"answer"},
    Room{"secret"},
    Room{"token"},
    Room{"words"},
    Room{"point_of_no_return"},
    Room{"key.made", of(Kind::root) | of(Kind::intermediate), 1},
    Room{"key.used"},
    Room{"key.destroyed", of(Kind::destroy) | of(Kind::recover)},
    Room{"key.copies", using_a_key, 1},
    Room{"key.copy"},
    Room{"key.retired"},
    Room{"tbs", signing, 1},
    Room{"lint", linting, 2},
    Room{"lint.warning", linting},
    Room{"artefact"},
    Room{"note"},
    Room{"crl.present", using_a_key, 1},
    Room{"ceremony.end", using_a_key, 1},
    Room{"step.failed"},  // which "steps" refuses with its reason
};

std::string room_fault(const Material& material, const Entry& entry) {
  const std::string& event = entry.of->event;
  const Kind kind = material.script.kind();
  const auto room =
      std::find_if(rooms.begin(), rooms.end(), [&](const Room& one) { return one.event == event; });
  if (room == rooms.end() || (room->kinds & of(kind)) == 0)
    return entry.place("event") + ": a ceremony of kind " + std::string(to_string(kind)) + " writes no " +
           event;
  if (room->most == any_number) return "";
  const std::vector<Entry> all = material.record.all(event);
  if (all.size() <= room->most || entry.line != all[room->most].line) return "";
  return entry.place("event") + ": one " + event + " too many; there was one in line " +
         std::to_string(all[room->most - 1].line);
}

// People's remarks are on paper; a note in the transcript is the program's.
std::string note_fault(const Entry& entry) {
  if (entry.of->event != "note" || entry.text("by") == "chancery-root") return "";
  return entry.place("by") + ": only chancery-root writes notes";
}

// One token is shown once, before its PIN.
std::string token_fault(const Material& material, const Entry& entry) {
  if (entry.of->event != "token") return "";
  for (const Entry& before : material.record.all("token")) {
    if (before.line >= entry.line) return "";
    if (before.text("module") == entry.text("module") && before.number("slot") == entry.number("slot"))
      return entry.place("slot") + ": the token in this slot was seen in line " + std::to_string(before.line);
  }
  return "";
}

// How many files go to the custodians.
std::size_t custody_files(const Plan& plan) {
  const std::optional<CustodyPlan> anew = new_custody(plan);
  if (!anew) return 0;
  if (const auto* shares = std::get_if<ShareCustody>(&*anew)) return shares->officers;
  return std::holds_alternative<FileCustody>(*anew) ? 1 : 0;
}

std::string custody_files_fault(const Material& material) {
  std::vector<Entry> secrets = material.record.all("artefact");
  std::erase_if(secrets, [](const Entry& entry) { return entry.flag("public"); });
  const std::size_t wanted = custody_files(material.script.plan);
  if (secrets.size() > wanted)
    return secrets[wanted].place("public") + ": this ceremony has " + std::to_string(wanted) +
           " for its custodians";
  return "";
}

std::string events_fault(const Material& material) {
  for (const Entry& entry : material.record.entries()) {
    if (std::string fault = room_fault(material, entry); !fault.empty()) return fault;
    if (std::string fault = note_fault(entry); !fault.empty()) return fault;
    if (std::string fault = token_fault(material, entry); !fault.empty()) return fault;
  }
  return custody_files_fault(material);
}

}  // namespace

void check_events(const Material& material, std::vector<Check>& checks) {
  checks.push_back(check_of("nothing out of place", events_fault(material),
                            "every line is one that a ceremony of this kind writes"));
}

}  // namespace chancery::ceremony
