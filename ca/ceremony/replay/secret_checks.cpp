// By which ways secrets came: at a terminal they were typed; the others say that something else held them.
#include <algorithm>
#include <array>
#include <map>

#include "ca/ceremony/interaction/interaction.h"
#include "ca/ceremony/replay/checks.h"

namespace chancery::ceremony {
namespace {

constexpr std::array ways{SecretWay::terminal, SecretWay::answers, SecretWay::file, SecretWay::descriptor,
                          SecretWay::pad};

std::string way_fault(const Material& material, const Entry& secret) {
  const std::string& by = secret.text("by");
  const auto way =
      std::find_if(ways.begin(), ways.end(), [&](SecretWay one) { return to_string(one) == by; });
  if (way == ways.end()) return secret.place("by") + ": \"" + by + "\" is no way of giving a secret";
  const bool prepared = *way == SecretWay::answers || *way == SecretWay::file;
  const std::string& answers = material.record.first().text("answers");
  if (prepared == (answers == "file") || *way == SecretWay::descriptor || *way == SecretWay::pad) return "";
  return secret.place("by") + ": \"" + by + "\", where line 1 says that answers came from " + answers;
}

std::string ways_fault(const Material& material, const std::vector<Entry>& secrets) {
  for (const Entry& secret : secrets) {
    if (std::string fault = way_fault(material, secret); !fault.empty()) return fault;
  }
  return "";
}

std::string counted(const std::vector<Entry>& secrets) {
  std::map<std::string, std::size_t> numbers;
  for (const Entry& secret : secrets) ++numbers[secret.text("by")];
  std::string text;
  for (const auto& [by, number] : numbers)
    text += (text.empty() ? "" : ", ") + std::to_string(number) + " by " + by;
  return text.empty() ? "none" : text;
}

}  // namespace

void check_secrets(const Material& material, std::vector<Check>& checks) {
  const std::string name = "ways of the secrets";
  const std::vector<Entry> secrets = material.record.all("secret");
  checks.push_back(material.format() < 2 ? recorded_since_format_2(name)
                                         : check_of(name, ways_fault(material, secrets), counted(secrets)));
}

}  // namespace chancery::ceremony
