// Who came, and what they said.
#include <algorithm>
#include <map>

#include "ca/ceremony/custody/tokens.h"
#include "ca/ceremony/interaction/text.h"
#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/run/earlier_ends.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

// What one person had to answer.
struct Asked {
  std::string id, person, wanted;  // "" = a time of day
};

std::string roles_fault(const Material& material) {
  const std::vector<Person> people = people_of(material.script.roles);
  const std::vector<Entry> entries = material.record.all("role");
  for (std::size_t i = 0; i < std::min(people.size(), entries.size()); ++i) {
    if (std::string fault = differs(entries[i], "role", people[i].role); !fault.empty()) return fault;
    if (std::string fault = differs(entries[i], "name", people[i].name); !fault.empty()) return fault;
  }
  if (people.size() == entries.size()) return "";
  return std::string(transcript_file) + ": " + std::to_string(entries.size()) +
         " people came, the script names " + std::to_string(people.size());
}

std::vector<std::string> words_of_kind(Kind kind) {
  switch (kind) {
    case Kind::root:
    case Kind::intermediate:
    case Kind::cross_certificate:
      return {"words.script", "words.certificate"};
    case Kind::crl:
      return {"words.script", "words.crl"};
    case Kind::cross_csr:
    case Kind::recover:
    case Kind::destroy:
      return {"words.script"};
  }
  return {};
}

// What is read aloud in this ceremony, by its ids.
std::vector<std::string> words_of(const Material& material) {
  std::vector<std::string> words = words_of_kind(material.script.kind());
  if (reads_previous_aloud(material)) words.emplace_back(previous_question);
  if (reads_request_aloud(material)) words.emplace_back("words.request");
  return words;
}

void add_copies(const std::vector<KeyCopy>& copies, const std::string& witness, std::vector<Asked>& asked,
                const Record& record) {
  const std::vector<Entry> destroyed = record.all("key.destroyed");
  for (std::size_t i = 0; i < copies.size(); ++i) {
    const std::string &holder = copies[i].holder, number = std::to_string(i + 1);
    if (copies[i].destroyed_in != 0) {  // its holder said so in that attempt, and need not be here
      asked.push_back({earlier_question + number, witness, initials_of(witness)});
      continue;
    }
    asked.push_back({"copy.present." + number, holder, initials_of(holder)});
    // What the program itself destroys, it says so of.
    const bool by_hand = i < destroyed.size() && destroyed[i].text("copy") == copy_text(copies[i]);
    if (by_hand) asked.push_back({"copy.destroyed." + number, holder, initials_of(holder)});
  }
}

std::vector<Asked> asked_of(const Material& material) {
  const Roles& roles = material.script.roles;
  std::vector<Asked> asked;
  for (const Person& person : people_of(roles))
    asked.push_back({"role." + person.id, person.name, initials_of(person.name)});
  asked.push_back({"clock.first", roles.internal_witness, ""});
  asked.push_back({"clock.second",
                   roles.external_witness.empty() && !roles.safe_controllers.empty()
                       ? roles.safe_controllers.front()
                       : roles.external_witness,
                   ""});
  for (const std::string& id : words_of(material))
    asked.push_back({id, roles.internal_witness, initials_of(roles.internal_witness)});
  if (!material.record.all("lint.warning").empty())
    asked.push_back(
        {std::string(warnings_question), roles.internal_witness, initials_of(roles.internal_witness)});
  for (const std::string_view id : no_return_questions(material))
    asked.push_back({std::string(id), roles.administrator, "proceed"});
  add_copies(copies_of(material.script.plan).copies, roles.internal_witness, asked, material.record);
  return asked;
}

std::string wrong_answer(const Entry& entry, const Asked& asked) {
  const std::string& answer = entry.text("answer");
  if (asked.wanted.empty())
    return parse_rfc3339(answer) ? "" : entry.place("answer") + ": " + asked.id + " is not a time in UTC";
  if (same_letters(answer, asked.wanted)) return "";
  return entry.place("answer") + ": " + asked.id + " is not answered with \"" + asked.wanted + "\"";
}

// The text of a wrong answer may be a passphrase. Transcripts of format 1 may have it.
std::string published_fault(const Material& material, const std::vector<Entry>& answers, const Asked& asked) {
  for (const Entry& entry : answers) {
    if (material.format() < 2 || !entry.of->data.contains("answer")) continue;
    if (!wrong_answer(entry, asked).empty())
      return entry.place("answer") + ": a wrong answer to " + asked.id + " must not be published";
    return entry.place("answer") + ": " + asked.id + " was answered right here, and then once more";
  }
  return "";
}

// People may err and be asked again; the last answer is the one that the ceremony went on with.
std::string answer_fault(const Material& material, const Asked& asked) {
  std::vector<Entry> answers = material.record.all("answer");
  std::erase_if(answers, [&](const Entry& entry) { return entry.text("id") != asked.id; });
  if (answers.empty())
    return std::string(transcript_file) + ": " + asked.person + " did not answer " + asked.id;
  const Entry last = answers.back();
  answers.pop_back();
  if (!last.text("question").starts_with(asked.person + ":"))
    return last.place("question") + ": " + asked.id + " was not asked of " + asked.person;
  if (std::string fault = wrong_answer(last, asked); !fault.empty()) return fault;
  return published_fault(material, answers, asked);
}

// A secret that the script's custody asks for.
struct Wanted {
  std::string id;
  bool must = true;  // a token's PIN may serve both keys
  bool once = true;  // a secret that opens something may be typed wrong, and again
};

void add_shares(const ShareCustody& shares, const std::string& prefix, bool made,
                std::vector<Wanted>& wanted) {
  const std::size_t people = made ? shares.officers : shares.files.size();
  for (std::size_t i = 1; i <= people; ++i) wanted.push_back({prefix + "." + std::to_string(i), true, made});
  for (std::size_t i = shares.officers - shares.threshold + 1; made && i <= shares.officers; ++i)
    wanted.push_back({prefix + ".restore." + std::to_string(i), true, false});
}

void add_secrets(const CustodyPlan& custody, const std::string& prefix, bool made,
                 std::vector<Wanted>& wanted) {
  if (const auto* shares = std::get_if<ShareCustody>(&custody)) {
    add_shares(*shares, prefix, made, wanted);
  } else {
    const bool file = std::holds_alternative<FileCustody>(custody);
    wanted.push_back({prefix, file, file && made});
  }
}

std::vector<Wanted> secrets_of(const Plan& plan) {
  std::vector<Wanted> wanted;
  if (const Authority* issuer = authority_of(plan))
    add_secrets(issuer->custody, "secret.issuer_key", false, wanted);
  if (const std::optional<CustodyPlan> anew = new_custody(plan))
    add_secrets(*anew, "secret.new_key", true, wanted);
  return wanted;
}

std::string unwanted_fault(const std::vector<Entry>& given, const std::vector<Wanted>& wanted) {
  for (const Entry& entry : given) {
    if (std::none_of(wanted.begin(), wanted.end(),
                     [&](const Wanted& one) { return one.id == entry.text("id"); }))
      return entry.place("id") + ": this ceremony asks for no secret " + entry.text("id");
  }
  return "";
}

std::string secrets_fault(const Material& material) {
  const std::vector<Entry> given = material.record.all("secret");
  const std::vector<Wanted> wanted = secrets_of(material.script.plan);
  if (std::string fault = unwanted_fault(given, wanted); !fault.empty()) return fault;
  for (const Wanted& one : wanted) {
    std::vector<Entry> its = given;
    std::erase_if(its, [&](const Entry& entry) { return entry.text("id") != one.id; });
    // Stand-ins of a rehearsal ask for none.
    if (its.empty() && one.must && !material.record.first().flag("rehearsal"))
      return std::string(transcript_file) + ": nobody gave " + one.id;
    if (one.once && its.size() > 1)
      return its[1].place("id") + ": " + one.id + " was chosen in line " + std::to_string(its[0].line);
  }
  return "";
}

// Asked only where several tokens bore the label; the answer is where the token was that was used.
bool is_slot_of_token(const Material& material, const Entry& entry) {
  const auto is_its = [&](const CustodyPlan& custody, std::string_view secret) {
    const auto* token = std::get_if<TokenCustody>(&custody);
    if (token == nullptr || token->slot || entry.text("id") != slot_question(std::string(secret)))
      return false;
    if (!entry.of->data.contains("answer")) return true;  // a wrong one
    const std::vector<Entry> seen = material.record.all("token");
    return std::any_of(seen.begin(), seen.end(), [&](const Entry& one) {
      return one.text("module") == token->module && one.text("label") == token->label &&
             std::to_string(one.number("slot")) == entry.text("answer");
    });
  };
  const Plan& plan = material.script.plan;
  const Authority* authority = authority_of(plan);
  const std::optional<CustodyPlan> made = new_custody(plan);
  return (authority != nullptr && is_its(authority->custody, "secret.issuer_key")) ||
         (made && is_its(*made, "secret.new_key"));
}

// What nobody was asked, nobody answers.
std::string unasked_fault(const Material& material, const std::vector<Asked>& asked) {
  for (const Entry& entry : material.record.all("answer")) {
    const std::string& id = entry.text("id");
    if (std::none_of(asked.begin(), asked.end(), [&](const Asked& one) { return one.id == id; }) &&
        !is_slot_of_token(material, entry))
      return entry.place("id") + ": this ceremony asks nobody " + id;
    if (entry.of->data.contains("answer") && entry.of->data.contains("right"))
      return entry.place("right") + ": a wrong answer has no text, and a right one is not called so";
  }
  return "";
}

// Each hash is read aloud once.
std::string repeated_fault(const Material& material) {
  const std::vector<std::string> ids = words_of(material);
  std::map<std::string, std::size_t> lines;
  for (const Entry& entry : material.record.all("words")) {
    const std::string& id = entry.text("id");
    if (std::find(ids.begin(), ids.end(), id) == ids.end())
      return entry.place("id") + ": this ceremony reads no " + id + " aloud";
    if (const auto [before, first] = lines.emplace(id, entry.line); !first)
      return entry.place("id") + ": " + id + " were read in line " + std::to_string(before->second);
  }
  return "";
}

std::string readers_fault(const Material& material) {
  for (const Entry& entry : material.record.all("words")) {
    if (std::string fault = differs(entry, "reader", material.script.roles.administrator); !fault.empty())
      return fault;
    if (std::string fault = differs(entry, "ticked_by", material.script.roles.internal_witness);
        !fault.empty())
      return fault;
  }
  return "";
}

std::string said_fault(const Material& material) {
  const std::vector<Asked> all = asked_of(material);
  for (const Asked& asked : all) {
    if (std::string fault = answer_fault(material, asked); !fault.empty()) return fault;
  }
  if (std::string fault = unasked_fault(material, all); !fault.empty()) return fault;
  if (std::string fault = readers_fault(material); !fault.empty()) return fault;
  return secrets_fault(material);
}

}  // namespace

void check_people(const Material& material, std::vector<Check>& checks) {
  std::string fault = roles_fault(material);
  if (fault.empty()) fault = repeated_fault(material);
  if (fault.empty() && material.versioned()) fault = said_fault(material);
  checks.push_back(whole_check(material, "people", fault,
                               std::to_string(material.record.all("role").size()) +
                                   ", as the script names them; each gave their word"));
  // Answers of a file are no failure: exercises are held so. But nobody may take them for people's.
  const Entry& begin = material.record.first();
  if (begin.text("answers") == "file" && !begin.flag("rehearsal"))
    checks.push_back({"answers by people", true, "answers came from a file, not from people", false});
}

}  // namespace chancery::ceremony
