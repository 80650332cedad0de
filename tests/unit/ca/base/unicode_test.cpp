#include "ca/base/unicode.h"

#include <gmock/gmock.h>

#include <set>
#include <sstream>
#include <vector>

#include "tests/support/testdata.h"

namespace chancery {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string utf8(char32_t code_point) {
  const auto octet = [](std::uint32_t value) { return std::string(1, static_cast<char>(value)); };
  const auto rest = [&](unsigned shift) { return octet(0x80U | ((code_point >> shift) & 0x3fU)); };
  if (code_point < 0x80) return octet(code_point);
  if (code_point < 0x800) return octet(0xc0U | (code_point >> 6U)) + rest(0);
  if (code_point < 0x10000) return octet(0xe0U | (code_point >> 12U)) + rest(6) + rest(0);
  return octet(0xf0U | (code_point >> 18U)) + rest(12) + rest(6) + rest(0);
}

std::string fault(std::string_view text, std::string_view controls = {}) {
  const std::optional<TextFault> found = find_text_fault(text, controls);
  return found ? std::to_string(found->offset) + ": " + found->what : "";
}

// Unicode 15, table 3-7: the first and last of each range, and their neighbours outside.
TEST(Utf8, IsWellFormedOrNot) {
  for (const std::string text : {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                 "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_EQ(first_character(text + "a").value().size, std::max<std::size_t>(text.size(), 1)) << text;
  }
  for (const std::string text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x7f", "\xc2\xc0", "\xe0\x9f\xbf",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xe1\x80", "\xe1\x80\xc0", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xf1\x80\x80", "\xff", "\xfe"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
    EXPECT_FALSE(first_character(text)) << text;
    EXPECT_THAT(fault("ok\xc3\xa9" + text), HasSubstr("4: an octet that is not UTF-8")) << text;
    EXPECT_TRUE(find_text_fault(text)->malformed);
  }
  EXPECT_FALSE(first_character(""));
}

TEST(Utf8, EveryCodePointIsReadAsItself) {
  for (char32_t code_point = 0; code_point <= 0x10ffff; ++code_point) {
    if (code_point == 0xd800) code_point = 0xe000;
    const std::optional<Character> read = first_character(utf8(code_point) + "\x80");
    ASSERT_TRUE(read) << code_point_name(code_point);
    ASSERT_EQ(read->code_point, code_point);
    ASSERT_EQ(read->size, utf8(code_point).size());
  }
}

TEST(Utf8, CharactersAreCounted) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("aé日\xf0\x9f\x94\x91"), 4U);
}

TEST(CodePointName, HasFourDigitsOrMore) {
  EXPECT_EQ(code_point_name(0), "U+0000");
  EXPECT_EQ(code_point_name(0x202e), "U+202E");
  EXPECT_EQ(code_point_name(0x10ffff), "U+10FFFF");
}

// tests/testdata/unicode/generate: Perl's tables. They are of Unicode 14; what 15 added is written out here.
TEST(TextFault, IsWhatAnotherImplementationsTablesSay) {
  std::set<char32_t> refused{0x13439, 0x1343a, 0x1343b, 0x1343c, 0x1343d, 0x1343e, 0x1343f};
  std::istringstream ranges(test::testdata("unicode/text_faults.txt"));
  std::uint32_t first = 0, last = 0;
  while (ranges >> std::hex >> first >> last) {
    for (; first <= last; ++first) refused.insert(first);
  }
  ASSERT_GT(refused.size(), 130000U);  // mostly private use
  for (char32_t code_point = 0; code_point <= 0x10ffff; ++code_point) {
    if (code_point == 0xd800) code_point = 0xe000;
    ASSERT_EQ(find_text_fault(utf8(code_point)).has_value(), refused.contains(code_point))
        << code_point_name(code_point);
  }
}

TEST(TextFault, IsNoneInTheWordsOfAnyScript) {
  for (const char* text :
       {"", "plain", "Évariste", "E\xcc\x81variste", "Straße", "日本 山田 太郎", "Ωmega", "Анна", "שָׁלוֹם",
        "السَّلام \xd9\xa0\xd9\xa1", "\xd8\x80\xd9\xa1", "हिन्दी", "ไทย", "한국어", "\xf0\x9f\x94\x91",
        "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", "\xf0\x9f\x87\xa8\xf0\x9f\x87\xad", "\xef\xbf\xbd"}) {
    EXPECT_EQ(fault(text), "") << text;
  }
}

// Unicode 15, general category Zs: the first and last of each range, and their neighbours that may stand.
TEST(TextFault, IsASpaceThatIsNotThePlainOne) {
  for (const char32_t space : {0xa0, 0x1680, 0x2000, 0x2001, 0x2009, 0x200a, 0x202f, 0x205f, 0x3000}) {
    EXPECT_EQ(fault("a" + utf8(space)), "1: " + code_point_name(space) +
                                            ", which looks like another space; write a plain one (U+0020)");
  }
  for (const char32_t neighbour : {0x20, 0xa1, 0x167f, 0x1681, 0x1fff, 0x2030, 0x205e, 0x2fff, 0x3001})
    EXPECT_EQ(fault(utf8(neighbour)), "") << code_point_name(neighbour);
  // These are refused, and are no spaces.
  for (const char32_t neighbour : {0x9f, 0x200b, 0x202e, 0x2060})
    EXPECT_THAT(fault(utf8(neighbour)), Not(AnyOf(IsEmpty(), HasSubstr("space"))))
        << code_point_name(neighbour);
}

// Each with its neighbours, where those are letters or not assigned.
TEST(TextFault, NamesTheCodePointAndWhatToDo) {
  EXPECT_EQ(fault("ab\xe2\x80\xae"
                  "c"),
            "2: U+202E, which turns the direction of the text around; delete it");
  EXPECT_EQ(fault("\xe2\x80\xa8"), "0: U+2028, which breaks the line; delete it, or begin a new line");
  EXPECT_EQ(fault("\xe2\x80\x8b"), "0: U+200B, which nobody can see; delete it");
  EXPECT_EQ(fault("\xe2\x80\x8d"),
            "0: U+200D, which nobody can see; delete it, and write the word or emoji without it");
  EXPECT_THAT(fault("\xe2\x9d\xa4\xef\xb8\x8f"),
              HasSubstr("3: U+FE0F, which nobody can see; delete it, and take"));
  EXPECT_THAT(fault("\xee\x80\x80"), HasSubstr("0: U+E000, which is for private use"));
  EXPECT_THAT(fault("\xef\xbf\xbe"), HasSubstr("0: U+FFFE, which is no character"));
  EXPECT_EQ(fault("\xc2\x85"), "0: the control character U+0085; delete it");
  EXPECT_EQ(fault("\xef\xbb\xbf"), "0: U+FEFF, which nobody can see; delete it");
}

TEST(TextFault, ControlsAreTakenWhereTheyMayStand) {
  EXPECT_EQ(fault("a\tb"), "1: the control character U+0009; delete it");
  EXPECT_EQ(fault("a\tb\n", "\t\n"), "");
  EXPECT_EQ(fault("a\tb\r", "\t\n"), "3: the control character U+000D; delete it");
  EXPECT_EQ(fault(std::string(1, '\0'), "\t\n"), "0: the control character U+0000; delete it");
}

TEST(TextFault, IsReplacedWhereTextIsOnlyShown) {
  EXPECT_EQ(with_text_faults_replaced("a\xe2\x80\xae"
                                      "b\xff"
                                      "\xc3"
                                      "é\n\x1b",
                                      "?", "\n"),
            "a?b??é\n?");
  EXPECT_EQ(with_text_faults_replaced("日本", "?"), "日本");
}

TEST(TextFault, IsEscapedAsJsonWritesIt) {
  EXPECT_EQ(with_text_faults_escaped("a\xe2\x80\xae"
                                     "b\xff"
                                     "\xc3"
                                     "é\n\x1b",
                                     "\n"),
            "a\\u202eb\\xff\\xc3é\n\\u001b");
  EXPECT_EQ(with_text_faults_escaped("\n\xc2\x80"), "\\u000a\\u0080");
  EXPECT_EQ(with_text_faults_escaped("\xf3\xa0\x80\x81\xf4\x8f\xbf\xbf"), "\\udb40\\udc01\\udbff\\udfff");
  EXPECT_EQ(with_text_faults_escaped("日本"), "日本");
}

}  // namespace
}  // namespace chancery
