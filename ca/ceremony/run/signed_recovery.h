// A recovery that retires shares and died between its signature and its name.
#pragma once

#include <optional>

#include "ca/ceremony/run/run.h"

namespace chancery::ceremony {

// With --resume: where DIR.unfinished holds a transcript that was signed and that says old shares are
// destroyed, the new ones are whole, and the old ones may be gone, so nothing is begun again. What is left of
// the old ones is destroyed, the signature and DIR get their names; nobody is asked, for everything was said.
// Nothing: there is no such transcript. Errors: conflict (of another script; its signature does not hold and
// an old share is missing; another share lies where an old one did), validation (a new share is not the one
// that was dealt), those of destroy_file().
Result<std::optional<Outcome>> finish_signed_recovery(const Inputs& inputs, Progress& progress);

}  // namespace chancery::ceremony
