// The copies of the key that the transcript records as left: against the script, and the ceremony before.
#include <algorithm>
#include <map>

#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/run/key_copies.h"

namespace chancery::ceremony {
namespace {

const std::string check_name = "copies of the key";

// Nothing: only the bundle before tells, and it is not given.
std::optional<PresentCopies> before_of(const Material& material) {
  if (material.script.kind() == Kind::root ||
      std::holds_alternative<crypto::Sha256Digest>(material.script.previous))
    return PresentCopies{};
  const Replay* previous = material.previous;
  if (previous == nullptr) return std::nullopt;
  if (!previous->script || !previous->transcript) return PresentCopies{};
  if (begins_branch(material, *previous)) return made_by(*previous->script, *previous->transcript);
  return left_by(*previous->script, *previous->transcript);
}

// Of the shares that gave the key first; of those that were dealt, which gave it once more.
std::string set_used(const Material& material, bool dealt) {
  const std::vector<Entry> used = material.record.all("key.used");
  if (used.empty()) return "";
  return dealt ? used.back().text("set") : used.front().text("set");
}

// Who brought the shares that gave the key.
std::vector<std::string> officers_of(const Material& material) {
  const std::vector<Entry> used = material.record.all("key.used");
  return used.empty() ? std::vector<std::string>() : used.front().texts("officers");
}

std::string dealt_set(const Material& material) {
  const Kind kind = material.script.kind();
  const bool deals = (kind == Kind::root || kind == Kind::recover) && new_custody(material.script.plan) &&
                     std::holds_alternative<ShareCustody>(*new_custody(material.script.plan));
  return deals ? set_used(material, true) : "";
}

std::string text_of(const RetiredShares& shares) {
  std::string text;
  for (const std::string& officer : shares.officers) text += (text.empty() ? "" : ", ") + officer;
  return "of dealing " + std::to_string(shares.dealing) + " the shares of " + text;
}

std::string retired_difference(const PresentCopies& said, const PresentCopies& right) {
  for (const RetiredShares& shares : right.retired) {
    if (std::find(said.retired.begin(), said.retired.end(), shares) == said.retired.end())
      return text_of(shares) + " were destroyed, and key.retired does not say it";
  }
  for (const RetiredShares& shares : said.retired) {
    if (std::find(right.retired.begin(), right.retired.end(), shares) == right.retired.end())
      return "key.retired says that " + text_of(shares) + " were destroyed, which they were not";
  }
  return said.retired == right.retired ? "" : "key.retired is in another order, or twice";
}

std::string difference(const PresentCopies& said, const PresentCopies& right) {
  if (said.known != right.known)
    return said.known ? "it says that these are all, but the ceremonies before do not record every copy"
                      : "it says that there may be others, but the ceremonies before record every copy";
  for (const PresentCopy& copy : right.copies) {
    if (std::find(said.copies.begin(), said.copies.end(), copy) == said.copies.end())
      return text_of(copy) + " is left, and not recorded as it is";
  }
  for (const PresentCopy& copy : said.copies) {
    if (std::find(right.copies.begin(), right.copies.end(), copy) == right.copies.end())
      return text_of(copy) + " is recorded, and not left";
  }
  if (said.copies != right.copies) return "the copies are recorded in another order, or twice";
  return retired_difference(said, right);
}

std::string copies_fault(const Material& material, const Entry& line, const PresentCopies& said) {
  if (line.number("count") != static_cast<std::int64_t>(said.copies.size()))
    return line.place("count") + ": " + std::to_string(said.copies.size()) + " copies follow";
  const std::optional<PresentCopies> before = before_of(material);
  if (!before) return "";
  if (material.script.kind() != Kind::root) {
    if (std::string fault = enumeration_fault(*before, material.script.plan); !fault.empty())
      return std::string(script_file) + ": " + fault;
    if (std::string fault =
            dealing_fault(*before, material.script.plan, set_used(material, false), officers_of(material));
        !fault.empty())
      return material.record.all("key.used").front().place("set") + ": " + fault;
  }
  const PresentCopies right = copies_after(
      *before, material.script, {.opened = set_used(material, false), .dealt = dealt_set(material)});
  const std::string fault = difference(said, right);
  return fault.empty() ? "" : line.place("known") + ": " + fault;
}

// Those of one dealing that nobody could bring, where they would open the key together.
std::string quorums_left(const PresentCopies& present) {
  std::map<std::int64_t, std::int64_t> out_of_reach;
  std::string text;
  for (const PresentCopy& copy : present.copies) {
    if (copy.form != "share" || copy.reason.empty() || copy.threshold == 0) continue;
    if (++out_of_reach[copy.dealing] == copy.threshold) {
      text += "; those of dealing " + std::to_string(copy.dealing) + " are a quorum of " +
              std::to_string(copy.threshold) + ", which opens the key";
    }
  }
  return text;
}

std::string left_text(const PresentCopies& present) {
  std::string text;
  for (const PresentCopy& copy : present.copies) {
    if (!copy.reason.empty()) text += (text.empty() ? "" : "; ") + text_of(copy) + ": " + copy.reason;
  }
  return text + quorums_left(present);
}

// A certificate of destruction is worth what it leaves out; nobody may read it as more.
void check_what_is_left(const Material& material, const PresentCopies& said, std::vector<Check>& checks) {
  const auto* destroy = std::get_if<DestroyPlan>(&material.script.plan);
  if (destroy == nullptr) return;
  if (!said.copies.empty())
    checks.push_back({std::string(destruction_not_whole), true, "NOT destroyed: " + left_text(said), false});
  if (!said.known) {
    checks.push_back(
        {std::string(destruction_declared), true,
         destroy->complete_reason.empty()
             ? "the ceremonies before do not record every copy"
             : "that these were all, only the script's exception says: " + destroy->complete_reason,
         false});
  }
}

}  // namespace

void check_copies(const Material& material, std::vector<Check>& checks) {
  if (material.format() < 3) {
    checks.push_back(
        {check_name, true, "transcripts of formats 1 and 2 do not record what is left of it", false});
    return;
  }
  const std::vector<Entry> lines = material.record.all("key.copies");
  if (lines.size() != 1) {
    checks.push_back({check_name, false,
                      std::string(transcript_file) + ": " + std::to_string(lines.size()) +
                          " key.copies are recorded, where one must be"});
    return;
  }
  const PresentCopies said = copies_in(material.record.transcript());
  const std::string fault = copies_fault(material, lines.front(), said);
  const std::string left = left_text(said);
  Check check = check_of(
      check_name, fault,
      std::to_string(said.copies.size()) + " left" + (left.empty() ? "" : "; out of reach: " + left));
  const bool compared = before_of(material).has_value();
  check.checked = !fault.empty() || (said.known && compared);
  if (!said.known) check.message += "; there may be others: a ceremony before does not record them";
  if (!compared) check.message += "; compare them with --previous BUNDLE";
  checks.push_back(check);
  check_what_is_left(material, said, checks);
}

}  // namespace chancery::ceremony
