// The judge of a ceremony that is being held: what it is about to hand over is replayed first.
#pragma once

#include "ca/base/result.h"
#include "ca/ceremony/run/run.h"

namespace chancery::ceremony {

// Replays it, with the ceremony before where that is given; no root is compared, and that a rehearsal is one
// is no fault here. Errors: validation, naming the first check that failed in the message and each in a
// detail; those of replay().
Result<void> judge_bundle(const JudgedBundle& bundle);

}  // namespace chancery::ceremony
