// A hash as words that people can read aloud and tick (PGP word list). Octets at even places are words of two
// syllables, those at odd places words of three: a word left out or said twice is heard at once.
#pragma once

#include <string>
#include <vector>

#include "ca/base/bytes.h"

namespace chancery::ceremony {

inline constexpr std::size_t words_in_a_line = 4;  // fits a terminal of 80 columns

// One word for each octet.
std::vector<std::string> pgp_words(ByteView octets);

// A line for people: the hex of up to four octets, and their words.
struct WordLine {
  std::string hex;    // lower case, groups of two octets: "e582 94f2"
  std::string words;  // separated by single spaces
};

// The last line has fewer than four when the length is not a multiple of four.
std::vector<WordLine> word_lines(ByteView octets);

}  // namespace chancery::ceremony
