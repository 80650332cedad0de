// A ceremony that ends copies of a key, a destruction or a recovery that retires shares, and that died
// between its signature and its name.
#pragma once

#include <optional>

#include "ca/ceremony/run/run.h"

namespace chancery::ceremony {

// Where DIR.unfinished holds a transcript that was signed and that says copies are destroyed, they may be
// gone, so nothing is begun again. With --resume what is left of them is destroyed, the signature and DIR get
// their names; everything was said, and nobody is asked but for the PIN of a token. Nothing: there is no such
// transcript, or nothing of it came to pass. Errors: conflict (without --resume; of another script; its
// signature does not hold and a copy is missing; anything else lies where a copy did; another token),
// validation (a file is not as it was recorded), not_found (a copy is not there, not even as zeros), what the
// judge says, those of Custody::open(), of destroy_file().
Result<std::optional<Outcome>> finish_signed_end(const Inputs& inputs, Progress& progress);

}  // namespace chancery::ceremony
