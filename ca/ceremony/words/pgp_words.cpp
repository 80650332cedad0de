#include "ca/ceremony/words/pgp_words.h"

#include <algorithm>

#include "ca/ceremony/words/pgp_word_list.h"

namespace chancery::ceremony {

std::vector<std::string> pgp_words(ByteView octets) {
  std::vector<std::string> words;
  words.reserve(octets.size());
  for (std::size_t i = 0; i < octets.size(); ++i) {
    words.emplace_back((i % 2 == 0 ? two_syllables : three_syllables)[octets[i]]);
  }
  return words;
}

std::vector<WordLine> word_lines(ByteView octets) {
  std::vector<WordLine> lines;
  // Eight is even, so every line begins again with a word of two syllables.
  for (std::size_t at = 0; at < octets.size(); at += words_in_a_line) {
    const ByteView part = octets.subspan(at, std::min(words_in_a_line, octets.size() - at));
    WordLine& line = lines.emplace_back();
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (i > 0 && i % 2 == 0) line.hex += ' ';
      line.hex += to_hex(part.subspan(i, 1));
    }
    for (const std::string& word : pgp_words(part)) line.words += (line.words.empty() ? "" : " ") + word;
  }
  return lines;
}

}  // namespace chancery::ceremony
