#include <algorithm>

#include "ca/ceremony/report/sections.h"
#include "ca/ceremony/script/describe.h"

namespace chancery::ceremony {
namespace {

std::string kind_of(const Source& source) {
  if (source.script != nullptr) return std::string(to_string(source.script->kind()));
  return source.record != nullptr ? source.record->first().text("kind") : "unknown";
}

std::string title_of(const Source& source) {
  if (source.script != nullptr) return source.script->title;
  return source.record != nullptr ? source.record->first().text("title") : "A ceremony that cannot be read";
}

std::string left_out(const Replay& replay) {
  std::string names;
  for (const Check& check : replay.checks) {
    if (!check.checked) names += (names.empty() ? "" : ", ") + check.name;
  }
  return names + ".";
}

// Replay refuses every rehearsal; whether that is all.
bool only_a_rehearsal(const Replay& replay) {
  return replay.bundle.rehearsal && replay.failed() == 1;
}

std::string passed_text(const Replay& replay) {
  const std::size_t failed = replay.failed(), skipped = replay.not_checked();
  const std::string all = failed + skipped == 0 ? "all " : "";
  return all + std::to_string(replay.checks.size() - skipped - failed) + " checks passed" +
         (skipped == 0 ? "." : ", " + std::to_string(skipped) + " not checked: " + left_out(replay));
}

void write_verdict_badge(Html& html, const Replay& replay) {
  const std::size_t failed = replay.failed();
  if (failed == 0) {
    html.element("div", "Replayed from the public bundle: " + passed_text(replay), "badge");
    return;
  }
  if (only_a_rehearsal(replay)) {
    html.element("div",
                 "Replayed from the public bundle: the rehearsal is whole, " + passed_text(replay) +
                     " The one that failed says that it was not held in earnest.",
                 "badge");
    return;
  }
  html.element("div",
               "NOT VERIFIED. " + std::to_string(failed) + " of " + std::to_string(replay.checks.size()) +
                   " checks failed; the section \"Verdict of the replay\" names them.",
               "badge bad");
}

void write_dates(Html& html, const Source& source) {
  if (source.record == nullptr) return;
  const Entry& first = source.record->first();
  html.fact("Begun (UTC)", to_rfc3339(first.of->at));
  html.fact("Ended (UTC)", to_rfc3339(source.record->last().of->at));
  const std::string& version = first.text("version");
  html.fact("Program", first.text("program") + (version.empty() ? ", version not recorded" : " " + version));
  html.fact("This report by", "chancery-root " CHANCERY_VERSION);
  const std::string& answers = first.text("answers");
  html.fact("Answers", answers == "people" ? "people at the terminal"
                       : answers == "file" ? "a file"
                                           : "unknown");
  const std::string& previous = first.text("previous");
  html.fact("Previous ceremony", previous.empty() ? "none" : grouped(previous), "hash");
}

// So that the reader need not believe this paper.
void write_how_to_check(Html& html) {
  html.element("h2", "How to check this record");
  html.element(
      "p",
      "The hash of the script and the fingerprints are in the section \"Hashes and their words\"; the "
      "people above heard and ticked them. With the public bundle anybody makes every certificate's "
      "bytes again from the script and the public keys, and compares:");
  html.element("pre",
               "chancery-root replay BUNDLE --previous BUNDLE --root root.pem\n"
               "tail -n 1 BUNDLE/transcript.jsonl | sha256sum   # the head above");
}

void write_people(Html& html, const Record& record) {
  html.element("h2", "People").begin_table({});
  std::vector<std::pair<std::string, std::string>> roles;  // each once, with everybody in it
  for (const auto& [role, name] : people_of(record)) {
    if (roles.empty() || roles.back().first != role) {
      roles.emplace_back(role, name);
    } else {
      roles.back().second += ", " + name;
    }
  }
  for (const auto& [role, names] : roles) html.fact(spoken(role), names);
  html.end_table();
}

}  // namespace

std::string spoken(std::string text) {
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string grouped(std::string_view hex) {
  constexpr std::size_t group = 4;
  std::string text;
  for (std::size_t at = 0; at < hex.size(); at += group) {
    if (at != 0) text += ' ';
    text += hex.substr(at, group);
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> people_of(const Record& record) {
  std::vector<std::pair<std::string, std::string>> people;
  for (const Entry& entry : record.all("role")) people.emplace_back(entry.text("role"), entry.text("name"));
  return people;
}

void write_title_page(Html& html, const Source& source) {
  html.element("p", "Record of a key ceremony: " + kind_of(source), "label");
  html.element("h1", title_of(source));
  if (source.record != nullptr && source.record->first().flag("rehearsal")) {
    html.element("div", "REHEARSAL. Nothing of this ceremony may be used.", "badge bad");
  }
  if (source.record != nullptr && source.record->first().text("answers") == "file") {
    html.element("div", "ANSWERS CAME FROM A FILE. Nobody was asked: the initials and times are that file's.",
                 "badge bad");
  }
  for (const Check& check : source.replay.checks) {
    if (check.name == destruction_not_whole || check.name == destruction_declared ||
        check.name == destruction_earlier)
      html.element("div", "Destruction: " + check.message, "badge bad");
  }
  html.begin_table({});
  write_dates(html, source);
  if (source.script != nullptr) html.fact("Script, SHA-256", grouped(to_hex(source.script->hash)), "hash");
  if (source.replay.transcript) {
    html.fact("Transcript, head", grouped(to_hex(source.replay.transcript->head())), "hash");
  }
  html.end_table();
  write_verdict_badge(html, source.replay);
  if (source.record != nullptr) write_people(html, *source.record);
  write_how_to_check(html);
}

void write_script(Html& html, const Source& source) {
  if (source.script == nullptr) return;
  html.open("section", "page").element("h2", "What the script decides").begin_table({}, "object");
  for (const Fact& fact : describe(*source.script)) {
    if (fact.name != "sha256") html.fact(fact.name, fact.value);  // of the script, not in it
  }
  html.end_table().close("section");
}

}  // namespace chancery::ceremony
