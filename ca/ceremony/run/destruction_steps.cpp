// The end of a key: every copy named, witnessed, and destroyed.
#include <algorithm>
#include <utility>

#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

const DestroyPlan& plan_of(const Workbench& bench) {
  return std::get<DestroyPlan>(bench.script().plan);
}

std::string copy_text(const KeyCopy& copy) {
  return copy.form + " " + copy.where;
}

Result<void> destroy_copy(Workbench& bench, const KeyCopy& copy, std::size_t number) {
  const std::vector<std::string> ours = parts_of(plan_of(bench).authority.custody);
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
  return bench.transcript.append("key.destroyed",
                                 {{"key", bench.issuer->certificate().subject_text()},
                                  {"custody", std::string(custody_name(plan_of(bench).authority.custody))},
                                  {"copy", how},
                                  {"holder", copy.holder}});
}

}  // namespace

StepResult enumerate_copies(Workbench& bench) {
  const DestroyPlan& plan = plan_of(bench);
  std::size_t number = 0;
  for (const KeyCopy& copy : plan.copies) {
    if (Result<void> ok = bench.conversation.initials("copy.present." + std::to_string(++number), copy.holder,
                                                      "I have brought " + copy_text(copy));
        !ok) {
      return std::move(ok).error();
    }
  }
  return std::to_string(plan.copies.size()) + " copies";
}

StepResult destroy_copies(Workbench& bench) {
  std::size_t number = 0;
  for (const KeyCopy& copy : plan_of(bench).copies) {
    if (Result<void> ok = destroy_copy(bench, copy, ++number); !ok) return std::move(ok).error();
  }
  return std::to_string(number) + " copies; the key's last act is to sign the transcript";
}

}  // namespace chancery::ceremony
