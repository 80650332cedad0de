#include "ca/ceremony/replay/judge.h"

#include "ca/ceremony/replay/replay.h"

namespace chancery::ceremony {

Result<void> judge_bundle(const JudgedBundle& bundle) {
  const Result<Replay> seen = replay({.bundle = bundle.path,
                                      .previous = bundle.previous,
                                      .root = {},
                                      .void_signature = bundle.awaits_signature});
  if (!seen) return seen.error();
  Error error = make_error(ErrorCode::validation, "");
  for (const Check& check : seen->checks) {
    if (check.passed || (bundle.rehearsal && check.name == earnest_check)) continue;
    if (error.details.empty()) error.message = check.name + ": " + check.message;
    error.details.push_back({check.name, {}, {}, check.message});
  }
  if (error.details.empty()) return {};
  return error;
}

}  // namespace chancery::ceremony
