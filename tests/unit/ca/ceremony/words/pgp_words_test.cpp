#include "ca/ceremony/words/pgp_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "ca/ceremony/words/pgp_word_list.h"
#include "ca/crypto/digest.h"

namespace chancery::ceremony {
namespace {

using ::testing::IsEmpty;

std::string joined(ByteView octets) {
  std::string text;
  for (const std::string& word : pgp_words(octets)) text += (text.empty() ? "" : " ") + word;
  return text;
}

// The example of the Wikipedia article "PGP word list": a fingerprint of twenty octets.
TEST(PgpWords, ReadThePublishedExample) {
  const Bytes fingerprint = parse_hex("e58294f2e9a227486e8b061b31cc528fd7fa3f19").value();
  EXPECT_EQ(joined(fingerprint),
            "topmost Istanbul Pluto vagabond treadmill Pacific brackish dictator goldfish Medusa "
            "afflict bravado chatter revolver Dupont midsummer stopwatch whimsical cowbell bottomless");
}

TEST(PgpWords, EndsOfBothLists) {
  EXPECT_EQ(joined(parse_hex("0000ffff").value()), "aardvark adroitness Zulu Yucatan");
  EXPECT_THAT(pgp_words({}), IsEmpty());
}

// The hash of the list in Debian's magic-wormhole 0.12.0 (wormhole/_wordlist.py): the words of the even list,
// then of the odd one, each followed by a line feed.
TEST(PgpWords, TheWholeListIsAnothersToo) {
  std::string text;
  for (const std::string_view word : two_syllables) text += std::string(word) + "\n";
  for (const std::string_view word : three_syllables) text += std::string(word) + "\n";
  EXPECT_EQ(to_hex(crypto::sha256(as_bytes(text))),
            "7e5237abee2c4ed4374b29a853b0ac3ac108a0ea11e8c7f50f6dc667402a49b6");
}

TEST(PgpWords, NoWordStandsForTwoOctets) {
  std::set<std::string_view> all(two_syllables.begin(), two_syllables.end());
  all.insert(three_syllables.begin(), three_syllables.end());
  EXPECT_EQ(all.size(), 512U);
}

TEST(PgpWords, LinesHoldFourWithTheirHex) {
  const std::vector<WordLine> lines = word_lines(parse_hex("e58294f2e9a227486e8b06").value());
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].hex, "e582 94f2");
  EXPECT_EQ(lines[0].words, "topmost Istanbul Pluto vagabond");
  EXPECT_EQ(lines[1].words, "treadmill Pacific brackish dictator");
  EXPECT_EQ(lines[2].hex, "6e8b 06");
  EXPECT_EQ(lines[2].words, "goldfish Medusa afflict");
  EXPECT_EQ(word_lines(crypto::sha256({})).size(), 8U);
}

}  // namespace
}  // namespace chancery::ceremony
