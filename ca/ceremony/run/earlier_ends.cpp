#include "ca/ceremony/run/earlier_ends.h"

#include <algorithm>

#include "ca/ceremony/run/attempt_files.h"
#include "ca/ceremony/run/copies_here.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

// `number` of its line, from 0.
std::string place(const std::string& file, std::size_t number, std::string_view field) {
  return file + ", line " + std::to_string(number + 1) + ", field " + std::string(field) + ": ";
}

std::string beginning_fault(const TranscriptLine& begin, const std::string& file, const EarlierEnd& wanted) {
  if (text_in(begin, "kind") != to_string(wanted.kind))
    return place(file, 0, "kind") + "it is no attempt at a ceremony of kind " +
           std::string(to_string(wanted.kind));
  if (std::get<bool>(begin.data.at("rehearsal")) != wanted.rehearsal)
    return place(file, 0, "rehearsal") + "a rehearsal ends nothing in earnest, nor the other way round";
  if (text_in(begin, "previous") == wanted.previous) return "";
  return place(file, 0, "previous") + "it did not go on from the ceremony before this one";
}

std::string key_fault(const Transcript& attempt, const std::string& file, const EarlierEnd& wanted) {
  if (wanted.spki_sha256.empty()) return "";
  for (std::size_t i = 0; i < attempt.lines.size(); ++i) {
    if (attempt.lines[i].event != "key.used") continue;
    if (text_in(attempt.lines[i], "spki_sha256") == wanted.spki_sha256) return "";
    return place(file, i, "spki_sha256") + "it is another key";
  }
  return file + ": no key was opened in it";
}

// Whose copy it was, and that its holder said so right before.
std::string line_fault(const Transcript& attempt, std::size_t number, const std::string& file,
                       const KeyCopy& copy, const EarlierEnd& wanted) {
  const TranscriptLine &line = attempt.lines[number], &before = attempt.lines[number - 1];
  if (text_in(line, "key") != wanted.key) return place(file, number, "key") + "it is not of " + wanted.key;
  if (text_in(line, "holder") != copy.holder)
    return place(file, number, "holder") + "the script says that " + copy.holder + " destroyed it";
  if (text_in(line, "officer") != copy.officer)
    return place(file, number, "officer") + "the script says that it is the share of " + copy.officer;
  if (copy.form == "share" && value_in<std::int64_t>(line, "dealing") != wanted.dealing)
    return place(file, number, "dealing") + "the script says dealing " + std::to_string(wanted.dealing);
  if (before.event == "answer" && text_in(before, "id").starts_with("copy.destroyed.") &&
      text_in(before, "question").starts_with(copy.holder + ":"))
    return "";
  return place(file, number - 1, "id") + copy.holder + " did not say there that it is destroyed";
}

}  // namespace

std::string in_the_attempt(const KeyCopy& copy) {
  return ", in the attempt " + std::string(aborted_prefix) + std::to_string(copy.destroyed_in);
}

std::string earlier_end_fault(const Transcript& attempt, const std::string& file, const KeyCopy& copy,
                              const EarlierEnd& wanted) {
  if (std::string fault = beginning_fault(attempt.lines.front(), file, wanted); !fault.empty()) return fault;
  if (std::string fault = key_fault(attempt, file, wanted); !fault.empty()) return fault;
  for (std::size_t i = 1; i < attempt.lines.size(); ++i) {
    if (attempt.lines[i].event == "key.destroyed" && text_in(attempt.lines[i], "copy") == copy_text(copy))
      return line_fault(attempt, i, file, copy, wanted);
  }
  return file + ": it does not record that anybody destroyed " + copy_text(copy);
}

Result<void> check_earlier_ends(const Inputs& inputs, const PreviousCeremony& previous,
                                const std::vector<Transcript>& attempts) {
  for (const KeyCopy& copy : copies_of(inputs.script.plan).copies) {
    if (copy.destroyed_in == 0) continue;
    const auto number = static_cast<std::size_t>(copy.destroyed_in);
    if (number > attempts.size()) {
      return make_error(ErrorCode::validation,
                        "the script says that " + copy_text(copy) + " was destroyed" + in_the_attempt(copy) +
                            ", but " + std::to_string(attempts.size()) +
                            " attempts were aborted here; only a ceremony that goes on from them, with "
                            "--resume, keeps their transcripts");
    }
    const Result<x509::Certificate> authority =
        read_certificate(inputs, authority_of(inputs.script.plan)->certificate);
    if (!authority) return authority.error();
    const EarlierEnd wanted{
        .kind = inputs.script.kind(),
        .rehearsal = inputs.rehearsal,
        .previous = previous.head,
        .key = authority->subject_text(),
        .spki_sha256 = inputs.rehearsal ? "" : to_hex(crypto::sha256(authority->fields().spki)),
        .dealing = copy.dealing == 0 ? newest_dealing(previous.copies) : copy.dealing};
    const std::string fault = earlier_end_fault(attempts[number - 1], aborted_file(number), copy, wanted);
    if (!fault.empty()) return make_error(ErrorCode::validation, fault);
    const Result<std::string> path = place_here(inputs, copy);
    if (!path) return path.error();
    if (path->empty()) continue;
    return make_error(ErrorCode::conflict,
                      *path + " is there, but the script says that it was destroyed" + in_the_attempt(copy));
  }
  return {};
}

}  // namespace chancery::ceremony
