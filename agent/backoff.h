// How long to leave the issuing service alone after a failure.
#pragma once

#include <optional>

#include "ca/base/clock.h"
#include "ca/base/random.h"

namespace chancery::agent {

// The longest pause for a certificate of this lifetime: a sixtieth of it, within 2 s and 1 h. nullopt (no
// certificate yet): 1 min.
Seconds longest_backoff(std::optional<Seconds> lifetime);

// Doubles with every failure up to longest_backoff, then half of it is drawn at random; whole seconds, never
// under 1. failures >= 1. `retry_after` (of the service's answer) is kept to, up to one hour.
Seconds backoff(int failures, std::optional<Seconds> lifetime, std::optional<Seconds> retry_after,
                RandomSource& random);

}  // namespace chancery::agent
