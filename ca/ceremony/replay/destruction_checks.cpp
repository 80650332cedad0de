// Every copy that the script names is destroyed, by whom and whose it was.
#include <algorithm>

#include "ca/ceremony/replay/checks.h"
#include "ca/ceremony/run/attempt_files.h"
#include "ca/ceremony/run/earlier_ends.h"
#include "ca/ceremony/run/key_copies.h"

namespace chancery::ceremony {
namespace {

// Whose share of which dealing it was, as far as the script itself says.
std::string share_fault(const Material& material, const Entry& destroyed, const KeyCopy& copy) {
  if (material.format() < 3 || copy.form != "share") return "";
  if (destroyed.text("officer") != copy.officer)
    return destroyed.place("officer") + ": the script says that it is the share of " + copy.officer;
  if (copy.dealing == 0 || destroyed.number("dealing") == copy.dealing) return "";
  return destroyed.place("dealing") + ": the script says dealing " + std::to_string(copy.dealing);
}

// The aborted attempt that the script names records it.
std::string earlier_fault(const Material& material, const Entry& destroyed, const KeyCopy& copy) {
  const std::string name = aborted_file(static_cast<std::size_t>(copy.destroyed_in));
  if (!material.bundle.has(name)) return name + ": the file is missing; " + destroyed.place("copy");
  const Result<Transcript> attempt = parse_transcript(material.bundle.text(name), name, {});
  if (!attempt) return attempt.error().message;
  const Entry& begin = material.record.first();
  const std::vector<Entry> used = material.record.all("key.used");
  const bool rehearsal = begin.flag("rehearsal");
  return earlier_end_fault(*attempt, name, copy,
                           {.kind = material.script.kind(),
                            .rehearsal = rehearsal,
                            .previous = begin.text("previous"),
                            .key = destroyed.text("key"),
                            .spki_sha256 = rehearsal || used.empty() ? "" : used.front().text("spki_sha256"),
                            .dealing = destroyed.number("dealing")});
}

// By its holder, or by the program, which leaves nobody else what the key was opened from. Formats 1 and 2
// have other words behind the copy.
std::string way_fault(const Material& material, const Entry& destroyed, const KeyCopy& copy) {
  const std::string what = copy_text(copy), &said = destroyed.text("copy");
  const bool by_this_program = said == what + std::string(by_program);
  if (material.format() < 3) {
    return said.starts_with(what) ? "" : destroyed.place("copy") + ": it is not of " + what;
  }
  if (copy.destroyed_in != 0) {
    return said == what + in_the_attempt(copy)
               ? earlier_fault(material, destroyed, copy)
               : destroyed.place("copy") + ": it is not of " + what + in_the_attempt(copy);
  }
  if (said != what && !by_this_program) return destroyed.place("copy") + ": it is not of " + what;
  const std::vector<std::string> parts = parts_of(authority_of(material.script.plan)->custody);
  const bool part = std::find(parts.begin(), parts.end(), copy.where) != parts.end();
  if (part && !by_this_program)
    return destroyed.place("copy") + ": the key was opened from it, and the program itself destroys that";
  if (by_this_program || destroyed.text("sha256").empty()) return "";
  return destroyed.place("sha256") + ": only of a file that the program destroys is the hash recorded";
}

// That the copies are in as many places and hands as the key has parts, the script's own schema says.
std::string destruction_fault(const Material& material, const std::vector<KeyCopy>& copies) {
  if (const std::vector<Entry> used = material.record.all("key.used");
      !used.empty() && material.format() >= 2) {
    const std::string fault = holder_fault(material.script.plan, used.front().texts("officers"));
    if (!fault.empty()) return used.front().place("officers") + ": " + fault;
  }
  const std::vector<Entry> destroyed = material.record.all("key.destroyed");
  for (std::size_t i = 0; i < copies.size(); ++i) {
    const KeyCopy& copy = copies[i];
    if (i >= destroyed.size()) {
      return std::string(transcript_file) + ": the destruction of " + copy_text(copy) + " is not recorded";
    }
    if (std::string fault = way_fault(material, destroyed[i], copy); !fault.empty()) return fault;
    if (destroyed[i].text("holder") != copy.holder) {
      return destroyed[i].place("holder") + ": the script says that " + copy.holder + " brings it";
    }
    if (std::string fault = share_fault(material, destroyed[i], copy); !fault.empty()) return fault;
  }
  if (destroyed.size() == copies.size()) return "";
  return destroyed.back().place("copy") + ": the script does not name it";
}

}  // namespace

void check_destruction(const Material& material, std::vector<Check>& checks) {
  const std::vector<KeyCopy>& copies = copies_of(material.script.plan).copies;
  if (copies.empty() && material.script.kind() != Kind::recover) return;
  if (copies.empty() && material.record.all("key.destroyed").empty()) return;
  checks.push_back(
      check_of(material.script.kind() == Kind::recover ? "destruction of the old shares" : "destruction",
               destruction_fault(material, copies),
               std::to_string(copies.size()) + " copies, every one that the script names"));
  std::string earlier;
  for (const KeyCopy& copy : copies) {
    if (copy.destroyed_in != 0)
      earlier += (earlier.empty() ? "" : ", ") + copy_text(copy) + in_the_attempt(copy);
  }
  if (earlier.empty()) return;
  checks.push_back(
      {std::string(destruction_earlier), true,
       "that they are gone, only an unsigned transcript and the internal witness say: " + earlier, false});
}

}  // namespace chancery::ceremony
