#include "ca/command_line/clean_output.h"

#include <gtest/gtest.h>

#include <iomanip>
#include <sstream>

namespace chancery::command_line {
namespace {

std::string printed(std::string_view text) {
  std::ostringstream to;
  CleanOutput(to) << text;
  EXPECT_EQ(to.str(), cleaned(text)) << "there are two ways";
  EXPECT_EQ(cleaned(cleaned(text)), cleaned(text)) << "it was cleaned already";
  return to.str();
}

TEST(CleanOutput, TextPasses) {
  for (const std::string text : {"", "plain\n", "a\tb\n\nc", "Zürich 日本 \xf0\x9f\x94\x91", "\f\nnext page",
                                 "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "\r\n\r\n", "é"})
    EXPECT_EQ(printed(text), text);
}

TEST(CleanOutput, CommandsOfOthersAreEscaped) {
  EXPECT_EQ(printed("a\x1b[2J\x07"), "a\\u001b[2J\\u0007");
  EXPECT_EQ(printed("\xc2\x9b[m"), "\\u009b[m");
  EXPECT_EQ(printed("\x9b[m"), "\\x9b[m");
  EXPECT_EQ(printed("50%\rok"), "50%\\u000dok");
  EXPECT_EQ(printed("a\r"), "a\\u000d");
  EXPECT_EQ(printed("\r\r\n"), "\\u000d\r\n");
  EXPECT_EQ(printed("\xe2\x80\xae\x08\x7f"), "\\u202e\\u0008\\u007f");
  EXPECT_EQ(printed("\xe2\x80"), "\\xe2\\x80");
}

// Whatever the parts, and whoever puts them.
TEST(CleanOutput, ACharacterMayComeInParts) {
  const std::string text = "é日\xf0\x9f\x94\x91\r\n\x1b.\xc2\x9b";
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      std::ostringstream to;
      {
        CleanOutput out(to);
        out << text.substr(0, first) << text.substr(first, second - first);
        for (const char octet : text.substr(second)) out.put(octet);
      }
      EXPECT_EQ(to.str(), "é日\xf0\x9f\x94\x91\r\n\\u001b.\\u009b");
    }
  }
}

TEST(CleanOutput, TheProgramsOwnCommandsPassInTheirPlace) {
  std::ostringstream to;
  CleanOutput out(to);
  out << std::setw(4) << std::left << "a";
  out.command("\x1b[32m");
  out << "ok";
  out.command("\x1b[0m");
  out << "\x1b[0m" << std::flush;
  EXPECT_EQ(to.str(), "a   \x1b[32mok\x1b[0m\\u001b[0m");
}

TEST(CleanOutput, AStreamThatFailsIsSeen) {
  std::ostringstream to;
  CleanOutput out(to);
  to.setstate(std::ios::badbit);
  out << "a" << std::flush;
  EXPECT_FALSE(out.good());
}

TEST(OneLine, HasNoOther) {
  EXPECT_EQ(one_line("a\nreplayed: 1 check\t\f"), "a\\u000areplayed: 1 check\\u0009\\u000c");
  EXPECT_EQ(one_line("Zürich"), "Zürich");
}

TEST(Indented, NoLineButTheFirstBeginsInFront) {
  EXPECT_EQ(indented("a\nb\n\nc\x1b", 2), "a\n  b\n  \n  c\\u001b");
  EXPECT_EQ(indented("a", 2), "a");
}

}  // namespace
}  // namespace chancery::command_line
