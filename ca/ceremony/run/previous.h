// The ceremony before this one.
#pragma once

#include <optional>
#include <string>

#include "ca/base/clock.h"
#include "ca/base/result.h"
#include "ca/ceremony/run/run.h"

namespace chancery::ceremony {

struct PreviousCeremony {
  std::string head;                // of its transcript, in hex; "" = there is none
  std::optional<TimePoint> ended;  // known only from a bundle
};

// Of a bundle the transcript must be whole, signed by the key of this ceremony's authority (a root's
// ceremonies are all signed by the root), and not lie in the future of `inputs.clock`. Errors: not_found,
// validation.
Result<PreviousCeremony> read_previous(const Inputs& inputs);

}  // namespace chancery::ceremony
