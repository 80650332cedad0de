// The end of a key, or of the shares that others replace: every copy named, witnessed, and destroyed.
#include <algorithm>
#include <utility>

#include "ca/ceremony/custody/secret_file.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

const std::vector<KeyCopy>& copies_ended(const Workbench& bench) {
  return copies_of(bench.script().plan).copies;
}

const CustodyPlan& custody_of(const Workbench& bench) {
  return authority_of(bench.script().plan)->custody;
}

std::string copy_text(const KeyCopy& copy) {
  return copy.form + " " + copy.where;
}

std::int64_t dealing_of(const Workbench& bench, const KeyCopy& copy) {
  return copy.dealing == 0 ? newest_dealing(bench.previous.copies) : copy.dealing;
}

Result<void> record_end(Workbench& bench, const KeyCopy& copy, const std::string& how) {
  EventData data{{"key", bench.issuer->certificate().subject_text()},
                 {"custody", std::string(custody_name(custody_of(bench)))},
                 {"copy", how},
                 {"holder", copy.holder}};
  if (copy.form == "share") {
    data["officer"] = copy.officer;
    data["dealing"] = dealing_of(bench, copy);
  }
  return bench.transcript.append("key.destroyed", std::move(data));
}

// A holder may have brought another copy of that file: what lies here was not destroyed by anybody.
Result<void> say_what_still_lies(Workbench& bench, const KeyCopy& copy) {
  const std::string path = input_path(bench.inputs, copy.where);
  if (copy.form == "token" || !is_unwiped(path)) return {};
  return bench.conversation.note(copy.holder + " has destroyed " + copy_text(copy) + ", but " + path +
                                 " is still on this machine: destroy it, too, before the witnesses");
}

Result<void> destroy_copy(Workbench& bench, const KeyCopy& copy, std::size_t number) {
  const std::vector<std::string> ours = parts_of(custody_of(bench));
  std::string how = copy_text(copy);
  if (std::find(ours.begin(), ours.end(), copy.where) != ours.end()) {
    how += ", by this program once it has signed this transcript";
    bench.conversation.show("\n        " + how + "\n");
  } else if (Result<void> ok =
                 bench.conversation.initials("copy.destroyed." + std::to_string(number), copy.holder,
                                             "I have destroyed before the witnesses " + how);
             !ok) {
    return ok;
  }
  if (Result<void> ok = record_end(bench, copy, how); !ok) return ok;
  return how == copy_text(copy) ? say_what_still_lies(bench, copy) : Result<void>();
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
    if (Result<void> ok = bench.conversation.initials("copy.present." + std::to_string(++number), copy.holder,
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
                               : " copies, those of this program when the transcript has been signed";
  return std::to_string(number) + last + show_what_is_left(bench);
}

Result<void> check_can_end(const Workbench& bench) {
  const std::string fault = holder_fault(bench.script().plan, bench.issuer_custody->officers());
  if (!fault.empty()) return make_error(ErrorCode::validation, fault);
  return bench.issuer_custody->check_destroyable();
}

bool destroys_at_the_end(const Workbench& bench) {
  return !copies_ended(bench).empty();
}

}  // namespace chancery::ceremony
