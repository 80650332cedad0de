// Checks the whole audit log in a store.
#pragma once

#include "ca/merkle/verify.h"
#include "ca/store/store.h"

namespace chancery::audit {

// As merkle::verify_log, over every entry that the store has; and that each row's own hash and number are
// right. Whatever is appended meanwhile is not looked at.
Result<merkle::Verification> verify_log(store::Store& store, std::vector<merkle::KnownCheckpoint> checkpoints,
                                        const merkle::Progress& progress);

}  // namespace chancery::audit
