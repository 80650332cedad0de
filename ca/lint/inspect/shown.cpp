#include "ca/lint/inspect/shown.h"

namespace chancery::lint {
namespace {

constexpr std::size_t longest_shown = 32;  // bytes of a value

}  // namespace

std::string shown(ByteView value) {
  return value.size() <= longest_shown ? to_hex(value) : to_hex(value.first(longest_shown)) + "...";
}

std::string place_of(ByteView part, ByteView whole) {
  return "at byte " + std::to_string(part.data() - whole.data()) + ", ";
}

}  // namespace chancery::lint
