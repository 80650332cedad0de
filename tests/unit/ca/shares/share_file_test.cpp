#include "ca/shares/share_file.h"

#include <gmock/gmock.h>

#include <functional>
#include <regex>

#include "tests/support/outcome.h"
#include "tests/unit/ca/shares/shares_fixture.h"

namespace chancery::shares {
namespace {

using test::outcome_of;
using testing::HasSubstr;
using testing::StartsWith;

ShareFile sample() {
  return deal(new_key(), 2, 3)[1];
}

TEST(ShareFile, IsReadAsItWasWritten) {
  const ShareFile share = sample();
  const std::string text = write_share_file(share);
  const Result<ShareFile> read = read_share_file(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(*read == share);
  EXPECT_EQ(write_share_file(*read), text);
  EXPECT_EQ(read->officer, "Officer 2");
  EXPECT_EQ(read->index, 2U);
}

TEST(ShareFile, EveryFlippedBitIsFoundWithoutAPassphrase) {
  const std::string text = write_share_file(sample());
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string altered = text;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(read_share_file(altered)) << "bit " << bit;
  }
}

TEST(ShareFile, EveryTruncationAndAnyAdditionIsFound) {
  const std::string text = write_share_file(sample());
  for (std::size_t size = 0; size < text.size(); ++size) {
    ASSERT_FALSE(read_share_file(std::string_view(text).substr(0, size))) << size;
  }
  for (const char* more : {"\n", " ", "{}", "x"}) EXPECT_FALSE(read_share_file(text + more));
  EXPECT_FALSE(read_share_file(" " + text));
  EXPECT_FALSE(read_share_file("\xef\xbb\xbf" + text));
}

// The same content, its checksum right, but not as we write it.
TEST(ShareFile, OtherSpellingsAreRefused) {
  const std::string text = write_share_file(sample());
  const auto respelled = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return outcome_of(read_share_file(changed));
  };
  const std::string odd = "not written as Chancery writes it";
  EXPECT_THAT(respelled("\"index\": 2", "\"index\":2"), HasSubstr(odd));
  EXPECT_THAT(respelled("\"index\": 2", "\"index\": 9, \"index\": 2"), HasSubstr(odd));  // a key twice
  EXPECT_THAT(respelled("\"index\": 2", "\"index\": 2, \"note\": 1"), HasSubstr(odd));   // an unknown key
  EXPECT_THAT(respelled("Officer 2", "Officer\\u00202"), HasSubstr(odd));
  EXPECT_THAT(respelled("argon2id", "argon2i"), HasSubstr(odd));
  EXPECT_THAT(respelled("\"index\": 2", "\"index\": 2.0"), HasSubstr("missing or malformed"));
  EXPECT_THAT(respelled("\"index\": 2", "\"index\": \"2\""), HasSubstr("missing or malformed"));
  EXPECT_THAT(respelled("\"index\": 2", "\"index\": 4294967298"), HasSubstr("missing or malformed"));
  EXPECT_THAT(respelled("key share 1", "key share 2"), HasSubstr("its format is not"));
}

// A forger can make the checksum right: these are refused all the same.
TEST(ShareFile, ImpossibleContentIsRefusedWithARightChecksum) {
  const auto outcome = [](const std::function<void(ShareFile&)>& change) {
    ShareFile share = sample();
    change(share);
    return outcome_of(read_share_file(write_share_file(share)));
  };
  EXPECT_EQ(outcome([](ShareFile&) {}), "ok");
  EXPECT_THAT(outcome([](ShareFile& s) { s.threshold = 1; }), HasSubstr("1 of 3"));
  EXPECT_THAT(outcome([](ShareFile& s) { s.threshold = 4; }), HasSubstr("4 of 3"));
  EXPECT_THAT(outcome([](ShareFile& s) { s.shares = 17; }), HasSubstr("2 of 17"));
  EXPECT_THAT(outcome([](ShareFile& s) { s.index = 0; }), HasSubstr("its index"));
  EXPECT_THAT(outcome([](ShareFile& s) { s.index = 4; }), HasSubstr("its index"));
  EXPECT_THAT(outcome([](ShareFile& s) { s.commitments.pop_back(); }), HasSubstr("commitments"));
  EXPECT_THAT(outcome([](ShareFile& s) { s.commitments.resize(17); }), HasSubstr("malformed"));
  EXPECT_THAT(outcome([](ShareFile& s) { s.sealed.resize(share_overhead + seal_overhead); }),
              HasSubstr("too short or too long"));
  EXPECT_EQ(outcome([](ShareFile& s) { s.sealed.resize(secret_limit + share_overhead + seal_overhead); }),
            "ok");
  EXPECT_THAT(
      outcome([](ShareFile& s) { s.sealed.resize(secret_limit + share_overhead + seal_overhead + 1); }),
      HasSubstr("too short or too long"));
  EXPECT_THAT(outcome([](ShareFile& s) { s.officer = "Mallory\x1b[2J"; }), HasSubstr("officer's name"));
}

TEST(ShareFile, TheSizeLimit) {
  EXPECT_THAT(outcome_of(read_share_file(std::string(share_file_limit, ' '))), StartsWith("validation: "));
  EXPECT_THAT(outcome_of(read_share_file(std::string(share_file_limit + 1, ' '))),
              StartsWith("payload_too_large: "));
  EXPECT_FALSE(read_share_file(std::string(share_file_limit, '[')));  // deep nesting is no crash
}

TEST(ShareFile, EachFieldIsNeeded) {
  const std::string text = write_share_file(sample());
  for (const char* name :
       {"checksum", "commitments", "format", "index", "kdf", "iterations", "memory_kib", "parallelism",
        "salt", "key", "nonce", "officer", "sealed", "set", "shares", "threshold"}) {
    const std::string quoted = "\"" + std::string(name) + "\"";
    std::string without = text;
    without.replace(without.find(quoted), quoted.size(), "\"other\"");
    EXPECT_FALSE(read_share_file(without)) << name;
  }
}

TEST(OfficersName, AcceptsNamesAndRefusesWhatMisleads) {
  for (const char* good : {"Ada", "Évariste Galois", "李 小龍", "O'Brien-Smith, Jr.", "שרה", "فاطمة"}) {
    EXPECT_TRUE(check_officer(good)) << good;
  }
  for (const char* bad : {"", " Ada", "Ada ", "A\nB", "A\tB", "A\x7f",
                          "A\xc2\x9b"
                          "31m",
                          "\xff",
                          "A\xe2\x80\xae"
                          "B",
                          "A\xe2\x81\xa6"
                          "B",
                          "A\xe2\x80\xa8"
                          "B",
                          "A\xe2\x80\x8d"
                          "B",
                          "A\xef\xbb\xbf", "\xed\xa0\x80"}) {
    EXPECT_FALSE(check_officer(bad)) << bad;
  }
  EXPECT_TRUE(check_officer(std::string(officer_limit, 'A')));
  EXPECT_FALSE(check_officer(std::string(officer_limit + 1, 'A')));
}

}  // namespace
}  // namespace chancery::shares
