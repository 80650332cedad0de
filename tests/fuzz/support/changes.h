// Inputs that are changes to something good, so that a fuzzer begins where everything is accepted.
#pragma once

#include <cstddef>
#include <string>

#include "ca/base/bytes.h"

namespace chancery::fuzz {

// `changes` are groups of three octets: a place, of two octets and modulo the text's size, and what stands
// there afterwards. `text` is not empty.
inline std::string with_changes(std::string text, ByteView changes) {
  for (; changes.size() >= 3; changes = changes.subspan(3)) {
    const std::size_t place = (std::size_t{changes[0]} << 8U | changes[1]) % text.size();
    text[place] = static_cast<char>(changes[2]);
  }
  return text;
}

}  // namespace chancery::fuzz
