// The copies of a key that is to be destroyed. A certificate of destruction is worth what this list is: each
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

KeyCopy read_copy(yaml::Reader& entry, const std::vector<Person>& people, std::set<std::string>& places) {
  static constexpr std::array<std::string_view, 4> forms{"token", "share", "file", "backup"};
  KeyCopy copy{.form = entry.required_string("form", longest_text),
               .where = entry.required_string("where", longest_path),
               .holder = entry.required_string("holder", longest_person)};
  if (!copy.form.empty() && std::find(forms.begin(), forms.end(), copy.form) == forms.end()) {
    entry.reject("form", "form must be token, share, file or backup, not " + copy.form);
  }
  if (!copy.where.empty() && !places.insert(plain_path(copy.where)).second)
    entry.reject("where", copy.where + " is named twice; each copy is in a place of its own");
  if (!copy.holder.empty() &&
      std::none_of(people.begin(), people.end(), [&](const Person& one) { return one.name == copy.holder; }))
    entry.reject("holder", copy.holder + " has no role in this script; whoever brings a copy must be there");
  return copy;
}

// At least as many copies as the custody has parts, and a share in the hands of each of its officers.
void check_enumeration(yaml::Reader& reader, const DestroyPlan& plan) {
  const auto* shares = std::get_if<ShareCustody>(&plan.authority.custody);
  const std::string form = form_of(plan.authority.custody);
  const std::size_t needed = shares != nullptr ? shares->officers : 1;
  std::size_t named = 0;
  std::set<std::string> holders;
  for (const KeyCopy& copy : plan.copies) {
    if (copy.form != form) continue;
    ++named;
    holders.insert(copy.holder);
  }
  const std::string all = std::to_string(needed) + " " + form + (needed == 1 ? "" : "s");
  if (named < needed) {
    reader.reject("copies", "the key is in the custody of " + all + ", but copies names " +
                                std::to_string(named) + "; every copy must be enumerated");
  } else if (holders.size() < needed) {
    reader.reject("copies", "the key is in the custody of " + all + ", but only " +
                                std::to_string(holders.size()) +
                                (holders.size() == 1 ? " person holds" : " people hold") +
                                " them; each officer has one");
  }
}

// What the key is opened from is found missing before anybody has come.
void check_parts(yaml::Reader& reader, const DestroyPlan& plan) {
  const std::string form = form_of(plan.authority.custody);
  for (const std::string& part : parts_of(plan.authority.custody)) {
    const auto is_it = [&](const KeyCopy& copy) { return copy.form == form && copy.where == part; };
    if (std::any_of(plan.copies.begin(), plan.copies.end(), is_it)) continue;
    std::string fault = "copies does not name the ";
    fault += form;
    fault += " " + part + ", which the key is opened from; every copy must be named";
    reader.reject("copies", std::move(fault));
  }
}

}  // namespace

DestroyPlan read_destroy(Context& context) {
  yaml::Reader& reader = context.reader;
  DestroyPlan plan{.authority = read_authority(context, "authority"),
                   .reason = reader.required_string("reason", longest_text)};
  const std::vector<Person> people = people_of(context.roles);
  std::set<std::string> places;
  for (yaml::Reader& entry : reader.list_of_maps("copies", 1, most_copies)) {
    plan.copies.push_back(read_copy(entry, people, places));
  }
  if (reader.sound("copies") && reader.sound("authority")) {
    check_enumeration(reader, plan);
    check_parts(reader, plan);
  }
  return plan;
}

}  // namespace chancery::ceremony::schema

namespace chancery::ceremony {

std::string holder_fault(const DestroyPlan& plan, const std::vector<std::string>& officers) {
  const std::vector<std::string> files = parts_of(plan.authority.custody);
  for (std::size_t i = 0; i < std::min(files.size(), officers.size()); ++i) {
    const auto copy = std::find_if(plan.copies.begin(), plan.copies.end(),
                                   [&](const KeyCopy& each) { return each.where == files[i]; });
    if (copy == plan.copies.end() || copy->holder == officers[i]) continue;
    return files[i] + " is the share of " + officers[i] + ", but copies says that " + copy->holder +
           " holds it";
  }
  return "";
}

}  // namespace chancery::ceremony
