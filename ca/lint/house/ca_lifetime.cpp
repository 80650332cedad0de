#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

// With the leap days that any such span may hold.
constexpr Seconds ten_years{3653LL * 86400}, five_years{1827LL * 86400};

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const Seconds longest = subject.kind == Kind::root ? ten_years : five_years;
  const Seconds lifetime = subject.tbs.validity.lifetime();
  if (lifetime > longest) {
    report(self, findings,
           "the lifetime of " + to_string(lifetime) + " is longer than " + to_string(longest));
  }
}

}  // namespace

constinit const Lint ca_lifetime{.id = "house.ca_lifetime",
                                 .citation = "house rule",
                                 .quote = "A root lives ten years at most, any other CA five.",
                                 .advice = "Shorten the lifetime in the ceremony's script.",
                                 .root = true,
                                 .intermediate = true,
                                 .cross = true,
                                 .run = run};

}  // namespace chancery::lint::house
