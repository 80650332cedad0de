// A fuzz target is one file in tests/fuzz/targets: libFuzzer calls it with what it invents, replay_main.cpp
// with the corpus.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ca/base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace chancery::fuzz {

// Ends the process, saying which promise was broken, unless it `holds`. The input is kept by who called.
void invariant(bool holds, std::string_view promise);

// What the input has come to, in a word. A seed of a target that tells has it in its name, as in
// approve.200.txt, so that none comes to stand for something else unseen.
std::string& outcome();

inline ByteView input(const std::uint8_t* data, std::size_t size) {
  return {data, size};
}

}  // namespace chancery::fuzz
