#include <map>

#include "ca/ceremony/script/schema.h"

namespace chancery::ceremony::schema {
namespace {

// "Ada  LOVELACE" is "Ada Lovelace". Letters beyond ASCII keep their case.
std::string folded(const std::string& name) {
  std::string plain;
  for (const char letter : name) {
    if (letter == ' ' || letter == '\t' || letter == '\n') continue;
    plain += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return plain;
}

// Who has which role. Reports a person's second one.
class People {
 public:
  explicit People(yaml::Reader& reader) : reader_(reader) {}

  std::string one(std::string_view role, bool required) {
    if (!required && !reader_.has(role)) return {};
    std::string name = reader_.required_string(role, longest_person);
    if (const std::string fault = add(role, name); !fault.empty()) reader_.reject(role, fault);
    return name;
  }

  std::vector<std::string> several(std::string_view role, std::size_t most) {
    std::vector<std::string> names = reader_.string_list(role, 1, most);
    for (const std::string& name : names) {
      std::string fault = name.size() > longest_person
                              ? "a name has at most " + std::to_string(longest_person) + " octets"
                              : add(role, name);
      if (!fault.empty()) reader_.reject_entry(role, name, fault);
    }
    return names;
  }

 private:
  // What is wrong, or "".
  std::string add(std::string_view role, const std::string& name) {
    if (name.empty()) return {};  // reported by the reader
    const std::string key = folded(name);
    if (key.empty()) return "a name must not be blank";
    if (std::string fault = line_fault(name); !fault.empty()) return fault;
    const auto [known, added] = roles_.emplace(key, std::string(role));
    if (added) return {};
    return name + " is already " + (known->second == role ? "among the " : "") + known->second +
           "; nobody may have two roles, so name another person";
  }

  yaml::Reader& reader_;
  std::map<std::string, std::string> roles_;
};

}  // namespace

Roles read_roles(yaml::Reader& reader, Kind kind) {
  yaml::Reader map = reader.required_map("roles");
  if (!reader.sound("roles")) return {};
  People people(map);
  Roles roles;
  roles.administrator = people.one("administrator", true);
  roles.internal_witness = people.one("internal_witness", true);
  // BR 6.1.1.1: a qualified auditor, or a recording for one, witnesses the making of a root's key.
  roles.external_witness = people.one("external_witness", kind == Kind::root || kind == Kind::destroy);
  roles.safe_controllers = people.several("safe_controllers", most_controllers);
  roles.crypto_officers = people.several("crypto_officers", most_officers);
  return roles;
}

}  // namespace chancery::ceremony::schema

namespace chancery::ceremony {

std::vector<Person> people_of(const Roles& roles) {
  std::vector<Person> people{{"administrator", roles.administrator, "administrator"},
                             {"internal_witness", roles.internal_witness, "internal_witness"}};
  if (!roles.external_witness.empty())
    people.push_back({"external_witness", roles.external_witness, "external_witness"});
  const auto number = [&people](const std::string& role, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i)
      people.push_back({role, names[i], role + "." + std::to_string(i + 1)});
  };
  number("safe_controller", roles.safe_controllers);
  number("crypto_officer", roles.crypto_officers);
  return people;
}

}  // namespace chancery::ceremony
