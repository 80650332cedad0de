// The end of a key, or of the shares that others replace: every copy named, witnessed, and destroyed.
#include <algorithm>
#include <utility>

#include "ca/ceremony/run/earlier_ends.h"
#include "ca/ceremony/run/steps.h"
#include "ca/shares/split_key.h"

namespace chancery::ceremony {
namespace {

const std::vector<KeyCopy>& copies_ended(const Workbench& bench) {
  return copies_of(bench.script().plan).copies;
}

const CustodyPlan& custody_of(const Workbench& bench) {
  return authority_of(bench.script().plan)->custody;
}

bool contains(const std::vector<std::string>& places, const std::string& where) {
  return std::find(places.begin(), places.end(), where) != places.end();
}

bool is_part(const Workbench& bench, const KeyCopy& copy) {
  return contains(parts_of(custody_of(bench)), copy.where);
}

std::int64_t dealing_of(const Workbench& bench, const KeyCopy& copy) {
  return copy.dealing == 0 ? newest_dealing(bench.previous.copies) : copy.dealing;
}

// By which its share file says of which dealing it is, as far as that is known: from the ceremonies before,
// or from the shares that were opened.
std::string set_of(const Workbench& bench, const KeyCopy& copy) {
  const std::int64_t dealing = dealing_of(bench, copy);
  for (const PresentCopy& present : bench.previous.copies.copies) {
    if (present.dealing == dealing && !present.set.empty()) return present.set;
  }
  for (const KeyCopy& other : copies_ended(bench)) {
    if (is_part(bench, other) && dealing_of(bench, other) == dealing) return bench.issuer_custody->dealing();
  }
  return "";
}

// The file that the program is to destroy; none where the copy is its holder's to destroy, or no file. A
// rehearsal leaves alone what no rehearsal made.
Result<std::optional<CopyHere>> file_here(const Workbench& bench, const KeyCopy& copy) {
  const bool part = is_part(bench, copy) && copy.form != "token";
  const Result<std::string> path =
      part ? Result<std::string>(input_path(bench.inputs, copy.where)) : place_here(bench.inputs, copy);
  if (!path) return path.error();
  if (path->empty()) return std::optional<CopyHere>();
  if (bench.inputs.rehearsal && !is_rehearsed(bench.inputs, copy.where))
    return std::optional<CopyHere>(CopyHere{});
  Result<CopyHere> file = look_at_copy(bench.inputs, copy, *path,
                                       crypto::sha256(bench.authority->fields().spki), set_of(bench, copy));
  if (!file) return std::move(file).error();
  return std::optional<CopyHere>(std::move(*file));
}

Result<void> record_end(Workbench& bench, const KeyCopy& copy, const std::string& how,
                        const std::string& sha256) {
  EventData data{{"key", bench.issuer->certificate().subject_text()},
                 {"custody", std::string(custody_name(custody_of(bench)))},
                 {"copy", how},
                 {"holder", copy.holder}};
  if (copy.form == "share") {
    data["officer"] = copy.officer;
    data["dealing"] = dealing_of(bench, copy);
  }
  if (!sha256.empty()) data["sha256"] = sha256;
  return bench.transcript.append("key.destroyed", std::move(data));
}

Result<void> leave_to_program(Workbench& bench, const KeyCopy& copy, const std::optional<CopyHere>& file) {
  const std::string how = copy_text(copy) + std::string(by_program);
  bench.conversation.show("\n        " + how + "\n");
  if (file && !file->path.empty()) bench.ended_here.push_back(*file);
  return record_end(bench, copy, how, file ? file->sha256 : "");
}

// The attempt's transcript has no signature: somebody who was there stands for what it says.
Result<void> record_earlier_end(Workbench& bench, const KeyCopy& copy, std::size_t number) {
  const std::string how = copy_text(copy) + in_the_attempt(copy);
  Result<void> ok = bench.conversation.initials(earlier_question + std::to_string(number),
                                                bench.script().roles.internal_witness,
                                                "I have seen " + copy.holder + " destroy " + how);
  if (!ok) return ok;
  bench.ended_by_hand.push_back(copy);
  return record_end(bench, copy, how, "");
}

Result<void> destroy_copy(Workbench& bench, const KeyCopy& copy, std::size_t number) {
  if (copy.destroyed_in != 0) return record_earlier_end(bench, copy, number);
  const Result<std::optional<CopyHere>> file = file_here(bench, copy);
  if (!file) return file.error();
  if (*file && !contains(bench.announced, copy.where)) {
    return make_error(ErrorCode::conflict,
                      input_path(bench.inputs, copy.where) +
                          " has come to lie on this machine since the point of no return, which did not "
                          "name it; nothing was destroyed. Begin again with --resume");
  }
  if (*file || is_part(bench, copy)) return leave_to_program(bench, copy, *file);
  Result<void> ok = bench.conversation.initials("copy.destroyed." + std::to_string(number), copy.holder,
                                                "I have destroyed before the witnesses " + copy_text(copy));
  if (!ok) return ok;
  bench.ended_by_hand.push_back(copy);
  return record_end(bench, copy, copy_text(copy), "");
}

// So that nobody takes the end of some copies for the end of all.
std::string show_what_is_left(Workbench& bench) {
  const std::vector<OutstandingCopy>& left = copies_of(bench.script().plan).outstanding;
  for (const OutstandingCopy& copy : left) {
    bench.conversation.show("\n        NOT destroyed: " + copy.form + " " + copy.where + ", of " +
                            copy.holder + ", because " + copy.reason + "\n");
  }
  return left.empty() ? "" : "; " + std::to_string(left.size()) + " NOT destroyed, as the script declares";
}

}  // namespace

StepResult enumerate_copies(Workbench& bench) {
  const std::vector<KeyCopy>& copies = copies_ended(bench);
  if (copies.empty()) return std::string("not reached: the script ends none");
  std::size_t number = 0;
  for (const KeyCopy& copy : copies) {
    ++number;
    if (copy.destroyed_in != 0) continue;
    if (Result<void> ok = bench.conversation.initials("copy.present." + std::to_string(number), copy.holder,
                                                      "I have brought " + copy_text(copy));
        !ok) {
      return std::move(ok).error();
    }
  }
  return std::to_string(copies.size()) + " copies" + show_what_is_left(bench);
}

StepResult destroy_copies(Workbench& bench) {
  if (copies_ended(bench).empty()) return std::string("not reached: the script ends none");
  std::size_t number = 0;
  for (const KeyCopy& copy : copies_ended(bench)) {
    if (Result<void> ok = destroy_copy(bench, copy, ++number); !ok) return std::move(ok).error();
  }
  const std::string last = bench.script().kind() == Kind::destroy
                               ? " copies; the key's last act is to sign the transcript"
                               : " copies, those on this machine when the transcript has been signed";
  return std::to_string(number) + last + show_what_is_left(bench);
}

Result<std::string> check_can_end(Workbench& bench) {
  const std::string fault = holder_fault(bench.script().plan, bench.issuer_custody->officers());
  if (!fault.empty()) return make_error(ErrorCode::validation, fault);
  if (Result<void> ok = bench.issuer_custody->check_destroyable(); !ok) return std::move(ok).error();
  std::string files;
  for (const KeyCopy& copy : copies_ended(bench)) {
    if (copy.destroyed_in != 0) continue;
    const Result<std::optional<CopyHere>> file = file_here(bench, copy);
    if (!file) return file.error();
    if (!*file) continue;
    files += (files.empty() ? "" : ", ") + copy.where;
    bench.announced.push_back(copy.where);
  }
  return files.empty() ? files : "; what lies on this machine this program destroys itself: " + files;
}

Result<void> check_nothing_came_back(const Workbench& bench) {
  for (const KeyCopy& copy : bench.ended_by_hand) {
    const Result<std::string> path = place_here(bench.inputs, copy);
    if (!path) return path.error();
    if (path->empty()) continue;
    return make_error(ErrorCode::conflict, *path + " has come to lie on this machine since " + copy.holder +
                                               " said that it is destroyed: it is another copy of it, and "
                                               "must be destroyed before the witnesses as well");
  }
  return {};
}

Result<void> end_copies(Workbench& bench) {
  if (!destroys_at_the_end(bench)) return {};
  if (Result<void> ok = destroy_copies_here(bench.ended_here, Rest::must_be_there); !ok) return ok;
  return bench.issuer_custody->destroy();
}

void clear_copies_away(Workbench& bench) {
  static_cast<void>(destroy_copies_here(bench.ended_here, Rest::may_be_gone));
}

bool destroys_at_the_end(const Workbench& bench) {
  return !copies_ended(bench).empty();
}

}  // namespace chancery::ceremony
