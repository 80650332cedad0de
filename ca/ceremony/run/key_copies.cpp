#include "ca/ceremony/run/key_copies.h"

#include <algorithm>

namespace chancery::ceremony {
namespace {

PresentCopy copy_in(const TranscriptLine& line) {
  return {.form = value_in<std::string>(line, "form"),
          .dealing = value_in<std::int64_t>(line, "dealing"),
          .officer = value_in<std::string>(line, "officer"),
          .threshold = value_in<std::int64_t>(line, "threshold"),
          .set = value_in<std::string>(line, "set"),
          .where = value_in<std::string>(line, "where"),
          .reason = value_in<std::string>(line, "reason")};
}

RetiredShares retired_in(const TranscriptLine& line) {
  return {.dealing = value_in<std::int64_t>(line, "dealing"),
          .set = value_in<std::string>(line, "set"),
          .officers = value_in<std::vector<std::string>>(line, "officers")};
}

// A copy as a script names it.
struct Named {
  std::string form, where, officer;
  std::int64_t dealing = 0;
};

Named named(const KeyCopy& copy, std::int64_t newest) {
  return {copy.form, copy.where, copy.officer, copy.dealing == 0 ? newest : copy.dealing};
}

Named named(const OutstandingCopy& copy, std::int64_t newest) {
  return {copy.form, copy.where, copy.form == "share" ? copy.holder : "",
          copy.dealing == 0 ? newest : copy.dealing};
}

bool is(const PresentCopy& present, const Named& copy) {
  if (present.form != copy.form) return false;
  if (copy.form == "share") return present.dealing == copy.dealing && present.officer == copy.officer;
  return present.where.empty() || present.where == copy.where;
}

std::vector<PresentCopy>::iterator find(std::vector<PresentCopy>& copies, const Named& copy) {
  return std::find_if(copies.begin(), copies.end(),
                      [&](const PresentCopy& present) { return is(present, copy); });
}

bool ends_copies(const Plan& plan) {
  const auto* recover = std::get_if<RecoverPlan>(&plan);
  return (recover != nullptr && recover->reshare) || std::holds_alternative<DestroyPlan>(plan);
}

std::string_view list_key(const Plan& plan) {
  return std::holds_alternative<DestroyPlan>(plan) ? "copies" : "retire";
}

std::vector<Named> all_named(const Enumeration& every, std::int64_t newest) {
  std::vector<Named> all;
  for (const KeyCopy& copy : every.copies) all.push_back(named(copy, newest));
  for (const OutstandingCopy& copy : every.outstanding) all.push_back(named(copy, newest));
  return all;
}

bool is_retired(const PresentCopies& present, const Named& copy) {
  return std::any_of(present.retired.begin(), present.retired.end(), [&](const RetiredShares& shares) {
    return shares.dealing == copy.dealing &&
           std::find(shares.officers.begin(), shares.officers.end(), copy.officer) != shares.officers.end();
  });
}

// A share that no ceremony dealt: its officer or dealing is a slip, and another share is not named. A copy of
// a destroyed one may have been found.
std::string stranger_fault(const PresentCopies& before, const std::vector<Named>& all, std::string_view key) {
  for (const Named& copy : all) {
    const auto of_its_dealing = [&](const PresentCopy& one) { return one.dealing == copy.dealing; };
    const bool told = before.known || std::any_of(before.copies.begin(), before.copies.end(), of_its_dealing);
    if (copy.form != "share" || !told || is_retired(before, copy)) continue;
    if (std::any_of(before.copies.begin(), before.copies.end(),
                    [&](const PresentCopy& one) { return is(one, copy); }))
      continue;
    return std::string(key) + " names a share of " + copy.officer + " of dealing " +
           std::to_string(copy.dealing) +
           ", which the ceremonies before record neither as left nor as destroyed; name the officer to whom "
           "it was dealt, and "
           "a second copy of a share as a backup";
  }
  return "";
}

void add_shares(const ShareCustody& shares, const std::vector<std::string>& officers, std::int64_t dealing,
                const std::string& set, std::vector<PresentCopy>& copies) {
  for (const std::string& officer : officers) {
    copies.push_back({.form = "share",
                      .dealing = dealing,
                      .officer = officer,
                      .threshold = shares.threshold,
                      .set = set,
                      .where = {},
                      .reason = {}});
  }
}

PresentCopies first_copies(const Script& script, const CustodyPlan& custody, const std::string& set) {
  PresentCopies first{.known = true, .copies = {}, .retired = {}};
  if (const auto* shares = std::get_if<ShareCustody>(&custody)) {
    add_shares(*shares, script.roles.crypto_officers, 1, set, first.copies);
  } else {
    first.copies.push_back(
        {.form = std::string(custody_name(custody)), .officer = {}, .set = {}, .where = {}, .reason = {}});
  }
  return first;
}

// The dealing of the shares that open the key, as the script names it; 0 = it names none.
std::int64_t opened_dealing(const Plan& plan, std::int64_t newest) {
  const std::vector<std::string> opened = parts_of(authority_of(plan)->custody);
  for (const KeyCopy& copy : copies_of(plan).copies) {
    if (copy.form == "share" && std::find(opened.begin(), opened.end(), copy.where) != opened.end())
      return named(copy, newest).dealing;
  }
  return 0;
}

// Of `one`, whose set is the one recorded, or else that of the shares that gave the key with it.
void retire(std::vector<RetiredShares>& retired, const Named& one, const std::string& set) {
  auto shares = std::find_if(retired.begin(), retired.end(), [&](const RetiredShares& each) {
    return each.dealing == one.dealing && (set.empty() || each.set == set);
  });
  if (shares == retired.end())
    shares = retired.insert(retired.end(), {.dealing = one.dealing, .set = set, .officers = {}});
  if (std::find(shares->officers.begin(), shares->officers.end(), one.officer) == shares->officers.end())
    shares->officers.push_back(one.officer);
}

// A copy of it was seen. Result: its set, "" where that is not recorded.
std::string take_back(std::vector<RetiredShares>& retired, const Named& one) {
  std::string set;
  for (RetiredShares& shares : retired) {
    if (shares.dealing == one.dealing && std::erase(shares.officers, one.officer) > 0) set = shares.set;
  }
  std::erase_if(retired, [](const RetiredShares& shares) { return shares.officers.empty(); });
  return set;
}

void declare_left(PresentCopies& present, const OutstandingCopy& copy, std::int64_t newest,
                  const CustodyPlan& custody) {
  const Named name = named(copy, newest);
  if (const auto found = find(present.copies, name); found != present.copies.end()) {
    found->reason = copy.reason;
    if (copy.form != "share") found->where = copy.where;
    return;
  }
  const auto* shares = std::get_if<ShareCustody>(&custody);
  const bool share = copy.form == "share";
  present.copies.push_back({.form = copy.form,
                            .dealing = share ? name.dealing : 0,
                            .officer = name.officer,
                            .threshold = share && shares != nullptr ? shares->threshold : 0,
                            .set = share ? take_back(present.retired, name) : "",
                            .where = share ? "" : copy.where,
                            .reason = copy.reason});
}

constexpr std::string_view what_to_do =
    "Bring the shares that were dealt last; destroy the copy before witnesses in a recovery that deals anew "
    "or "
    "in the destruction, whose script names it by form: share, its officer and its dealing under retire or "
    "copies";

// Of a dealing that was destroyed, or whose other shares are left.
std::string survival_fault(const PresentCopies& before, const std::string& set,
                           const std::vector<std::string>& officers) {
  for (const RetiredShares& shares : before.retired) {
    if (shares.set != set) continue;
    for (const std::string& officer : officers) {
      if (std::find(shares.officers.begin(), shares.officers.end(), officer) == shares.officers.end())
        continue;
      std::string fault = "the share of " + officer + " (dealing " + std::to_string(shares.dealing);
      fault += ", set " + set;
      fault += ") was destroyed, as the ceremonies before record, and a copy of it survived. ";
      return fault.append(what_to_do);
    }
  }
  return "";
}

}  // namespace

std::string copy_text(const KeyCopy& copy) {
  return copy.form + " " + copy.where;
}

std::string text_of(const PresentCopy& copy) {
  if (copy.form == "share")
    return "the share of " + copy.officer + " (dealing " + std::to_string(copy.dealing) + ")";
  return "the " + copy.form + (copy.where.empty() ? "" : " " + copy.where);
}

PresentCopies copies_in(const Transcript& transcript) {
  PresentCopies present;
  for (const TranscriptLine& line : transcript.lines) {
    if (line.event == "key.copies") present.known = value_in<bool>(line, "known");
    if (line.event == "key.copy") present.copies.push_back(copy_in(line));
    if (line.event == "key.retired") present.retired.push_back(retired_in(line));
  }
  return present;
}

EventData event_of(const PresentCopies& present) {
  return {{"known", present.known}, {"count", static_cast<std::int64_t>(present.copies.size())}};
}

EventData event_of(const PresentCopy& copy) {
  EventData data{{"form", copy.form}};
  if (copy.dealing != 0) data["dealing"] = copy.dealing;
  if (!copy.officer.empty()) data["officer"] = copy.officer;
  if (copy.threshold != 0) data["threshold"] = copy.threshold;
  if (!copy.set.empty()) data["set"] = copy.set;
  if (!copy.where.empty()) data["where"] = copy.where;
  if (!copy.reason.empty()) data["reason"] = copy.reason;
  return data;
}

EventData event_of(const RetiredShares& shares) {
  EventData data{{"dealing", shares.dealing}, {"officers", shares.officers}};
  if (!shares.set.empty()) data["set"] = shares.set;
  return data;
}

PresentCopies left_by(const Script& script, const Transcript& transcript) {
  PresentCopies left = copies_in(transcript);
  const auto* root = std::get_if<RootPlan>(&script.plan);
  if (root != nullptr && left.copies.empty()) return first_copies(script, root->custody, "");
  return left;
}

PresentCopies made_by(const Script& script, const Transcript& transcript) {
  std::string set;  // what gave the new key once more comes last
  for (const TranscriptLine& line : transcript.lines) {
    if (line.event == "key.used") set = value_in<std::string>(line, "set");
  }
  return first_copies(script, std::get<IntermediatePlan>(script.plan).custody, set);
}

std::int64_t newest_dealing(const PresentCopies& before) {
  std::int64_t newest = 1;
  for (const PresentCopy& copy : before.copies) newest = std::max(newest, copy.dealing);
  return newest;
}

std::string enumeration_fault(const PresentCopies& before, const Plan& plan) {
  if (!ends_copies(plan)) return "";
  const Enumeration& every = copies_of(plan);
  const std::string key(list_key(plan));
  if (every.copies.empty()) return "reshare needs retire, which names the shares that it replaces";
  const std::vector<Named> all = all_named(every, newest_dealing(before));
  for (const PresentCopy& copy : before.copies) {
    if (std::any_of(all.begin(), all.end(), [&](const Named& one) { return is(copy, one); })) continue;
    return "the ceremonies before leave " + text_of(copy) + ", which neither " + key +
           " nor outstanding names; every copy must be enumerated";
  }
  if (std::string fault = stranger_fault(before, all, key); !fault.empty()) return fault;
  const auto* destroy = std::get_if<DestroyPlan>(&plan);
  if (before.known || destroy == nullptr || !destroy->complete_reason.empty()) return "";
  return "the ceremonies before do not record every copy of the key; name the bundle of the last one under "
         "previous, or let the reviewed script declare complete_reason: why copies names them all";
}

std::string dealing_fault(const PresentCopies& before, const Plan& plan, const std::string& set,
                          const std::vector<std::string>& officers) {
  if (set.empty()) return "";
  if (std::string fault = survival_fault(before, set, officers); !fault.empty()) return fault;
  std::int64_t dealing = 0;
  bool told = before.known;
  for (const PresentCopy& copy : before.copies) {
    if (copy.set == set) dealing = copy.dealing;
    told = told && (copy.form != "share" || !copy.set.empty());
  }
  if (dealing == 0 && told) {
    return "the shares are of a dealing (set " + set +
           ") that the ceremonies before do not record as left: it was destroyed, and copies of it "
           "survived. " +
           std::string(what_to_do);
  }
  if (dealing == 0) return "";
  const std::vector<std::string> opened = parts_of(authority_of(plan)->custody);
  for (const KeyCopy& copy : copies_of(plan).copies) {
    const std::int64_t said = copy.dealing == 0 ? newest_dealing(before) : copy.dealing;
    if (std::find(opened.begin(), opened.end(), copy.where) == opened.end() || said == dealing) continue;
    return copy.where + " is of dealing " + std::to_string(dealing) + ", but the script says dealing " +
           std::to_string(said);
  }
  return "";
}

PresentCopies copies_after(const PresentCopies& before, const Script& script, const Sets& sets) {
  const Plan& plan = script.plan;
  if (const auto* root = std::get_if<RootPlan>(&plan)) return first_copies(script, root->custody, sets.dealt);
  if (!ends_copies(plan)) return before;
  PresentCopies after = before;
  const std::int64_t newest = newest_dealing(before);
  const std::int64_t opened = opened_dealing(plan, newest);
  std::int64_t highest = newest;
  for (const KeyCopy& copy : copies_of(plan).copies) {
    highest = std::max(highest, copy.dealing);
    const Named name = named(copy, newest);
    std::string set = name.dealing == opened ? sets.opened : "";
    const auto gone = find(after.copies, name);
    if (gone != after.copies.end()) {
      if (!gone->set.empty()) set = gone->set;
      after.copies.erase(gone);
    }
    if (name.form == "share") retire(after.retired, name, set);
  }
  for (const OutstandingCopy& copy : copies_of(plan).outstanding) {
    highest = std::max(highest, copy.dealing);
    declare_left(after, copy, newest, authority_of(plan)->custody);
  }
  if (const auto* recover = std::get_if<RecoverPlan>(&plan))
    add_shares(*recover->reshare, script.roles.crypto_officers, highest + 1, sets.dealt, after.copies);
  return after;
}

}  // namespace chancery::ceremony
