// What was understood of a script, for people to compare with what they meant.
#pragma once

#include <string>
#include <vector>

#include "ca/ceremony/script/script.h"

namespace chancery::ceremony {

struct Fact {
  std::string name;   // "roles.administrator", as in the script; lists are numbered from 1
  std::string value;  // times in UTC, durations as the script writes them
};

// Everything that the script decides, defaults included, in its own order.
std::vector<Fact> describe(const Script& script);

}  // namespace chancery::ceremony
