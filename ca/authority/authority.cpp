#include "ca/authority/authority.h"

#include "ca/authority/events.h"

namespace chancery::authority {

std::string_view to_string(Step step) {
  switch (step) {
    case Step::policy:
      return "policy";
    case Step::prepare:
      return "prepare";
    case Step::intent:
      return "intent";
    case Step::sign:
      return "sign";
    case Step::check:
      return "check";
    case Step::record:
      return "record";
    case Step::answer:
      return "answer";
  }
  return "answer";
}

Authority::Authority(AuthorityOptions options, store::Store& store, const Clock& clock, RandomSource& random,
                     StepObserver& observer)
    : profiles_(std::move(options.profiles)),
      issuer_(std::move(options.issuer)),
      blocked_keys_(std::move(options.blocked_keys)),
      store_(store),
      clock_(clock),
      random_(random),
      observer_(observer),
      repeat_window_(options.repeat_window),
      request_limits_(options.request_limits) {}

Result<int> Authority::recover() {
  const Result<std::vector<store::Intent>> open = store_.open_intents();
  if (!open) return open.error();
  for (const store::Intent& intent : *open) {
    Result<void> ended =
        store_.abandon_issuance(intent.serial, issuance_abandoned(intent.serial, intent.request_id,
                                                                  "left open by a crash; found at start-up",
                                                                  Identity("system"), clock_.now()));
    if (!ended) return std::move(ended).error();
  }
  end_expired();
  return static_cast<int>(open->size());
}

}  // namespace chancery::authority
