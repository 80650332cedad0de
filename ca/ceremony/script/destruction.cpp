// The copies of a key that are to be destroyed. A certificate of destruction is worth what this list is: each
// copy is another thing in another place, in the hands of somebody who is there.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "ca/ceremony/script/schema.h"

namespace chancery::ceremony::schema {
namespace {

// As a copy of it is called: "token", "share", "file".
std::string form_of(const CustodyPlan& custody) {
  return std::holds_alternative<ShareCustody>(custody) ? "share" : std::string(custody_name(custody));
}

void check_form(yaml::Reader& entry, const std::string& form) {
  static constexpr std::array<std::string_view, 4> forms{"token", "share", "file", "backup"};
  if (!form.empty() && std::find(forms.begin(), forms.end(), form) == forms.end())
    entry.reject("form", "form must be token, share, file or backup, not " + form);
}

std::int64_t read_dealing(yaml::Reader& entry, const std::string& form) {
  if (!entry.has("dealing")) return 0;
  if (form != "share")
    entry.reject("dealing", "only a share is of a dealing; a second copy of one is a backup");
  return entry.optional_integer("dealing", 1, 1, most_dealings);
}

// "aborted-1", as the bundle calls the attempt's transcript; its number.
std::int64_t read_attempt(yaml::Reader& entry) {
  constexpr std::string_view before = "aborted-";
  constexpr std::size_t longest_number = 4;  // digits
  if (!entry.has("destroyed_in")) return 0;
  const std::string name = entry.required_string("destroyed_in", before.size() + longest_number);
  const std::string digits = name.starts_with(before) ? name.substr(before.size()) : "";
  const bool number = !digits.empty() && digits.front() != '0' &&
                      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (number) return std::stoll(digits);
  if (!name.empty())
    entry.reject("destroyed_in",
                 "destroyed_in must be an aborted attempt as the bundle calls it, such as "
                 "aborted-1, not " +
                     name);
  return 0;
}

KeyCopy read_copy(yaml::Reader& entry, const std::vector<Person>& people, std::set<std::string>& places) {
  KeyCopy copy{.form = entry.required_string("form", longest_text),
               .where = entry.required_string("where", longest_path),
               .holder = entry.required_string("holder", longest_person),
               .officer = {}};
  check_form(entry, copy.form);
  if (copy.form != "token" && plain_path(copy.where).ends_with('/'))
    entry.reject("where", copy.where + " is a folder by its name; name the file in it");
  copy.destroyed_in = read_attempt(entry);
  if (!copy.where.empty() && !places.insert(plain_path(copy.where)).second)
    entry.reject("where", copy.where + " is named twice; each copy is in a place of its own");
  if (!copy.holder.empty() && !entry.has("destroyed_in") &&
      std::none_of(people.begin(), people.end(), [&](const Person& one) { return one.name == copy.holder; }))
    entry.reject("holder", copy.holder + " has no role in this script; whoever brings a copy must be there");
  copy.dealing = read_dealing(entry, copy.form);
  if (entry.has("officer")) {
    if (copy.form != "share") entry.reject("officer", "only a share was dealt to an officer");
    copy.officer = entry.required_string("officer", longest_person);
  } else if (copy.form == "share") {
    copy.officer = copy.holder;
  }
  return copy;
}

OutstandingCopy read_outstanding(yaml::Reader& entry, std::set<std::string>& places) {
  OutstandingCopy copy{.form = entry.required_string("form", longest_text),
                       .where = entry.required_string("where", longest_path),
                       .holder = entry.required_string("holder", longest_person),
                       .dealing = 0,
                       .reason = entry.required_string("reason", longest_text)};
  check_form(entry, copy.form);
  copy.dealing = read_dealing(entry, copy.form);
  if (!copy.where.empty() && !places.insert(plain_path(copy.where)).second)
    entry.reject("where", copy.where + " is named twice; each copy is in a place of its own");
  if (!copy.reason.empty() && !says_enough(copy.reason)) {
    entry.reject("reason", "a copy that is left needs a reason of at least " +
                               std::to_string(shortest_exception) + " octets");
  }
  return copy;
}

// Of the dealing that the key is opened from: each share once, and one for each officer.
struct Counted {
  std::size_t named = 0;
  std::set<std::string> people;
};

Counted count_parts(const CustodyPlan& custody, const Enumeration& every) {
  const std::string form = form_of(custody);
  const std::vector<std::string> opened = parts_of(custody);
  std::int64_t dealing = 0;
  for (const KeyCopy& copy : every.copies) {
    if (!opened.empty() && copy.where == opened.front()) dealing = copy.dealing;
  }
  Counted counted;
  const auto count = [&](const auto& copy, const std::string& whose) {
    if (copy.form != form || copy.dealing != dealing) return;
    ++counted.named;
    counted.people.insert(whose);
  };
  for (const KeyCopy& copy : every.copies) count(copy, copy.officer);
  for (const OutstandingCopy& copy : every.outstanding) count(copy, copy.holder);
  return counted;
}

// At least as many copies as the custody has parts, and a share of each of its officers.
void check_enumeration(yaml::Reader& reader, const std::string& key, const CustodyPlan& custody,
                       const Enumeration& every) {
  const auto* shares = std::get_if<ShareCustody>(&custody);
  const std::string form = form_of(custody);
  const std::size_t needed = shares != nullptr ? shares->officers : 1;
  const Counted counted = count_parts(custody, every);
  const std::string all = std::to_string(needed) + " " + form + (needed == 1 ? "" : "s");
  if (counted.named < needed) {
    reader.reject(key, "the key is in the custody of " + all + ", but " + key + " names " +
                           std::to_string(counted.named) +
                           "; every copy must be enumerated, under outstanding if nobody can bring it");
  } else if (counted.people.size() < needed) {
    reader.reject(key, "the key is in the custody of " + all + ", but only " +
                           std::to_string(counted.people.size()) +
                           (counted.people.size() == 1 ? " person holds" : " people hold") +
                           " them; each officer has one");
  }
}

// What the key is opened from is found missing before anybody has come.
void check_parts(yaml::Reader& reader, const std::string& key, const CustodyPlan& custody,
                 const Enumeration& every) {
  const std::string form = form_of(custody);
  for (const std::string& part : parts_of(custody)) {
    const auto is_it = [&](const KeyCopy& copy) { return copy.form == form && copy.where == part; };
    const auto found = std::find_if(every.copies.begin(), every.copies.end(), is_it);
    if (found != every.copies.end() && found->destroyed_in == 0) continue;
    if (found != every.copies.end()) {
      reader.reject(key, part + " was destroyed in an aborted attempt, and the key cannot be opened from it");
      continue;
    }
    std::string fault = key;
    fault += " does not name the ";
    fault += form;
    fault += " " + part + ", which the key is opened from; every copy must be named";
    reader.reject(key, std::move(fault));
  }
}

// Shares without a number are of the newest dealing, whose number a reader would have to know.
bool numbered_alike(const Enumeration& every) {
  bool numbered = false, bare = false;
  const auto look = [&](const auto& copy) {
    if (copy.form == "share") (copy.dealing == 0 ? bare : numbered) = true;
  };
  std::for_each(every.copies.begin(), every.copies.end(), look);
  std::for_each(every.outstanding.begin(), every.outstanding.end(), look);
  return !(numbered && bare);
}

// The copies under `key`, and those under "outstanding".
Enumeration read_enumeration(Context& context, const std::string& key, const Authority& authority) {
  yaml::Reader& reader = context.reader;
  Enumeration every;
  const std::vector<Person> people = people_of(context.roles);
  std::set<std::string> places;
  for (yaml::Reader& entry : reader.list_of_maps(key, 1, most_copies))
    every.copies.push_back(read_copy(entry, people, places));
  for (yaml::Reader& entry : reader.list_of_maps("outstanding", 0, most_copies))
    every.outstanding.push_back(read_outstanding(entry, places));
  if (!numbered_alike(every))
    reader.reject(key, "name the dealing of every share, under outstanding as well, or of none");
  if (reader.sound(key) && (!reader.has("outstanding") || reader.sound("outstanding")) &&
      reader.sound("authority")) {
    check_enumeration(reader, key, authority.custody, every);
    check_parts(reader, key, authority.custody, every);
  }
  return every;
}

}  // namespace

RecoverPlan read_recover(Context& context) {
  yaml::Reader& reader = context.reader;
  RecoverPlan plan{
      .authority = read_authority(context, "authority"), .reshare = read_reshare(context), .retire = {}};
  if (reader.sound("authority") && !std::holds_alternative<ShareCustody>(plan.authority.custody))
    reader.reject("authority", "only a key in the custody of shares can be recovered from them");
  const bool retires = reader.has("retire") || reader.has("outstanding");
  if (!plan.reshare && !reader.has("reshare")) {
    if (retires) reader.reject("retire", "retire and outstanding stand only beside reshare");
  } else if (retires || context.use == ScriptUse::hold) {
    plan.retire = read_enumeration(context, "retire", plan.authority);
  }
  return plan;
}

DestroyPlan read_destroy(Context& context) {
  yaml::Reader& reader = context.reader;
  DestroyPlan plan{.authority = read_authority(context, "authority"),
                   .reason = reader.required_string("reason", longest_text),
                   .every = {},
                   .complete_reason = {}};
  plan.every = read_enumeration(context, "copies", plan.authority);
  if (!reader.has("complete_reason")) return plan;
  plan.complete_reason = reader.required_string("complete_reason", longest_text);
  if (!plan.complete_reason.empty() && !says_enough(plan.complete_reason)) {
    reader.reject("complete_reason",
                  "that these copies are all, which nobody can check, needs a reason of at least " +
                      std::to_string(shortest_exception) + " octets");
  }
  return plan;
}

}  // namespace chancery::ceremony::schema

namespace chancery::ceremony {

std::string holder_fault(const Plan& plan, const std::vector<std::string>& officers) {
  const std::vector<KeyCopy>& copies = copies_of(plan).copies;
  if (copies.empty()) return "";
  const std::vector<std::string> files = parts_of(authority_of(plan)->custody);
  for (std::size_t i = 0; i < std::min(files.size(), officers.size()); ++i) {
    const auto copy = std::find_if(copies.begin(), copies.end(),
                                   [&](const KeyCopy& each) { return each.where == files[i]; });
    if (copy == copies.end() || copy->officer == officers[i]) continue;
    return files[i] + " is the share of " + officers[i] + ", but the script says that it is the one of " +
           copy->officer;
  }
  return "";
}

}  // namespace chancery::ceremony
