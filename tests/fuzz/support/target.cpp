#include "tests/fuzz/support/target.h"

#include <cstdio>
#include <cstdlib>

namespace chancery::fuzz {

void invariant(bool holds, std::string_view promise) {
  if (holds) return;
  std::fprintf(stderr, "a promise is broken: %.*s\n", static_cast<int>(promise.size()), promise.data());
  std::abort();
}

std::string& outcome() {
  static std::string word;
  return word;
}

}  // namespace chancery::fuzz
