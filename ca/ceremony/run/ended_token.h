// The key in a token, of a destruction that died between its signature and its name.
#pragma once

#include "ca/ceremony/run/run.h"
#include "ca/ceremony/transcript/transcript.h"

namespace chancery::ceremony {

// Nothing where the script's key is in no token. Else the PIN is asked for, and the key is destroyed if it is
// still there; that it is not shows in the token which the transcript recorded, open to who has its PIN.
// Errors: conflict (another token, or another key under that label), those of Custody::open().
Result<void> end_token(const Inputs& inputs, const Transcript& transcript,
                       const x509::Certificate& authority);

}  // namespace chancery::ceremony
