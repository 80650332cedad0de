// Where keys lay and whose shares gave them, against the script.
#include <algorithm>
#include <cstddef>
#include <set>

#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

constexpr std::string_view restore_question = "secret.new_key.restore.";

std::string officers_fault(const Material& material, const Entry& used, const ShareCustody& shares) {
  const std::vector<std::string>&names = used.texts("officers"),
        &here = material.script.roles.crypto_officers;
  if (names.empty() && material.record.first().flag("rehearsal")) return "";  // a stand-in has no shares
  for (const std::string& name : names) {
    if (std::find(here.begin(), here.end(), name) == here.end())
      return used.place("officers") + ": the script knows no crypto officer " + name;
  }
  const std::size_t people = std::set<std::string>(names.begin(), names.end()).size();
  if (people >= shares.threshold) return "";
  return used.place("officers") + ": " + std::to_string(people) + " officers, where it takes " +
         std::to_string(shares.threshold);
}

std::string use_fault(const Material& material, const Entry& used, const CustodyPlan& plan) {
  if (std::string fault = differs(used, "custody", std::string(custody_name(plan))); !fault.empty())
    return fault;
  const auto* shares = std::get_if<ShareCustody>(&plan);
  return shares == nullptr ? "" : officers_fault(material, used, *shares);
}

// Who proves the backup: the last M of the N, so that for M < N they are not those who opened the key first.
std::string quorum_fault(const Material& material, const Entry& restored, const ShareCustody& shares) {
  const std::vector<std::string>&found = restored.texts("officers"),
        &here = material.script.roles.crypto_officers;
  if (found.empty() || here.size() < shares.officers) return "";  // a stand-in's; the schema counts people
  const auto end = here.begin() + static_cast<std::ptrdiff_t>(shares.officers);
  const std::vector<std::string> wanted(end - static_cast<std::ptrdiff_t>(shares.threshold), end);
  for (std::size_t i = 0; i < std::max(found.size(), wanted.size()); ++i) {
    if (i < found.size() && i < wanted.size() && found[i] == wanted[i]) continue;
    return restored.place("officers") + ": the backup is restored by the last " +
           std::to_string(shares.threshold) + " of the script's " + std::to_string(shares.officers) +
           " officers, and " +
           (i < found.size() ? found[i] + " is not the one who comes here" : wanted[i] + " is missing");
  }
  return "";
}

// Their passphrases were given between the making of the key and the line that says that it was restored.
std::string restoring_fault(const Material& material, const Entry& restored) {
  const std::vector<Entry> made = material.record.all("key.made");
  for (const Entry& secret : material.record.all("secret")) {
    if (!secret.text("id").starts_with(restore_question)) continue;
    if (secret.line > restored.line)
      return secret.place("id") + ": the key was restored before it, line " + std::to_string(restored.line);
    if (!made.empty() && secret.line < made.front().line)
      return secret.place("id") + ": it is before the key was made, line " +
             std::to_string(made.front().line);
  }
  return "";
}

// Other officers restored the new key before it was used.
std::string restored_fault(const Material& material, const Entry& restored, const CustodyPlan& plan) {
  if (std::string fault = use_fault(material, restored, plan); !fault.empty()) return fault;
  if (std::string fault = quorum_fault(material, restored, std::get<ShareCustody>(plan)); !fault.empty())
    return fault;
  if (std::string fault = restoring_fault(material, restored); !fault.empty()) return fault;
  const std::vector<Entry> made = material.record.all("key.made");
  if (made.empty()) return "";  // dealt anew: the issuer's own, which "key that signed" compares
  if (restored.line < made.front().line)
    return restored.place("key") + ": it is before the key was made, line " +
           std::to_string(made.front().line);
  if (restored.text("spki_sha256") == made.front().text("spki_sha256")) return "";
  return restored.place("spki_sha256") + ": it is not the key of line " + std::to_string(made.front().line);
}

std::string custody_fault(const Material& material) {
  const Authority* issuer = authority_of(material.script.plan);
  const std::optional<CustodyPlan> anew = new_custody(material.script.plan);
  const bool dealt = anew && std::holds_alternative<ShareCustody>(*anew);
  for (const Entry& made : material.record.all("key.made")) {
    if (!anew) return made.place("key") + ": the script asks for no new key";
    if (std::string fault = differs(made, "custody", std::string(custody_name(*anew))); !fault.empty())
      return fault;
  }
  const std::vector<Entry> used = material.record.all("key.used");
  const std::size_t wanted = (issuer != nullptr ? 1U : 0U) + (dealt ? 1U : 0U);
  if (used.size() != wanted)
    return std::string(transcript_file) + ": " + std::to_string(used.size()) +
           " uses of a key are recorded, where there must be " + std::to_string(wanted);
  if (issuer != nullptr) {
    if (std::string fault = use_fault(material, used.front(), issuer->custody); !fault.empty()) return fault;
  }
  return dealt ? restored_fault(material, used.back(), *anew) : "";
}

}  // namespace

void check_custody(const Material& material, std::vector<Check>& checks) {
  checks.push_back(material.versioned() ? check_of("custody", custody_fault(material),
                                                   "of each key as in the script, and officers enough")
                                        : whole_check(material, "custody", "", ""));
}

}  // namespace chancery::ceremony
