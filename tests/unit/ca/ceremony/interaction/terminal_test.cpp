// The terminal on a real pseudo-terminal, with a child process at the keyboard's other end.
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sstream>
#include <string>
#include <vector>

#include "ca/ceremony/interaction/terminal.h"
#include "ca/ceremony/process/process.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

enum Status { right = 10, wrong = 11, refused = 12, echo_lost = 13, signal_left = 14 };

enum class Kind { secret, line, new_secret };

int ask(Kind kind, std::string_view expected, std::string_view text = "Question") {
  std::ostringstream shown;
  Terminal terminal(shown);
  const Question question{"id", std::string(text)};
  Result<SecretBytes> answer = make_error(ErrorCode::internal, "not asked");
  if (kind == Kind::line) {
    const Result<std::string> line = terminal.ask(question);
    answer = line ? Result<SecretBytes>(SecretBytes::copy_of(as_bytes(*line))) : line.error();
  } else {
    answer = kind == Kind::secret ? terminal.ask_secret(question) : terminal.ask_new_secret(question);
  }
  termios after{};
  if (::tcgetattr(STDIN_FILENO, &after) != 0 || (after.c_lflag & ECHO) == 0 ||
      (after.c_lflag & ICANON) == 0) {
    return echo_lost;
  }
  if (SignalHold::take_pending()) return signal_left;
  if (!answer) return refused;
  return *answer == SecretBytes::copy_of(as_bytes(expected)) ? right : wrong;
}

struct Seen {
  int status = 0;
  std::string screen;
};

// What stands for a signal among the lines that are typed.
std::string raised(int number) {
  return std::string(1, '\0') + static_cast<char>(number);
}

void give(int terminal, pid_t child, const std::string& keys) {
  if (keys.starts_with('\0')) {
    EXPECT_EQ(::kill(child, keys[1]), 0);
  } else {
    EXPECT_EQ(::write(terminal, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
}

// Types a line once each question stands on the screen: what was typed before it is thrown away.
Seen type(const std::vector<std::string>& lines, std::string_view expected, Kind kind = Kind::secret,
          std::string_view text = "Question") {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) ::_exit(ask(kind, expected, text));
  Seen seen;
  std::size_t next = 0;
  char buffer[256];
  for (ssize_t got = 0; (got = ::read(terminal, buffer, sizeof buffer)) > 0;) {
    seen.screen.append(buffer, static_cast<std::size_t>(got));
    // A prompt stands at the end of the screen.
    if (next == lines.size() || !seen.screen.ends_with(": ")) continue;
    give(terminal, child, lines[next++]);
  }
  EXPECT_EQ(::waitpid(child, &seen.status, 0), child);
  ::close(terminal);
  seen.status = WIFEXITED(seen.status) ? WEXITSTATUS(seen.status) : -1;
  return seen;
}

TEST(Terminal, DoesNotEchoThePassphrase) {
  const Seen seen = type({"correct horse\n"}, "correct horse");
  EXPECT_EQ(seen.status, right);
  EXPECT_THAT(seen.screen, HasSubstr("Question: "));
  EXPECT_THAT(seen.screen, Not(HasSubstr("horse")));
}

// A witness can read aloud what stands there, and two that differ are two.
TEST(Terminal, WhatIsAskedCommandsNoTerminal) {
  const Seen seen = type({"x\n"}, "x", Kind::line, "Ada \x1b[2J\xe2\x80\xaeLovelace?");
  EXPECT_EQ(seen.status, right);
  EXPECT_THAT(seen.screen, HasSubstr("Ada \\u001b[2J\\u202eLovelace?: "));
  EXPECT_THAT(seen.screen, Not(HasSubstr("\x1b[2J")));
}

TEST(Terminal, WhatIsShownCommandsNoTerminal) {
  std::ostringstream out;
  Terminal(out).show("two\n\tlines\x1b[1A\xc2\x9b.\n");
  EXPECT_EQ(out.str(), "two\n\tlines\\u001b[1A\\u009b.\n");
}

TEST(Terminal, BackspaceTakesBack) {
  EXPECT_EQ(type({"correct house\x7f\x7f\x7frse\r"}, "correct horse").status, right);
  EXPECT_EQ(type({"\x7f\x08x\n"}, "x").status, right);
}

TEST(Terminal, InterruptAndEndGiveUpWithEchoOnAgain) {
  EXPECT_EQ(type({"half\x03"}, "half").status, refused);
  EXPECT_EQ(type({"half\x04"}, "half").status, refused);
}

TEST(Terminal, ASignalGivesUpWithEchoOnAgain) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EQ(type({raised(number)}, "").status, refused) << number;
    EXPECT_EQ(type({"correct horse\n", raised(number)}, "", Kind::new_secret).status, refused) << number;
  }
}

TEST(Terminal, ASignalThatCameBeforeTheQuestionGivesItUp) {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    const SignalHold hold;
    ::raise(SIGTERM);
    ::_exit(ask(Kind::line, ""));
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ::close(terminal);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == refused) << status;
}

TEST(Terminal, ATerminalThatGoesAwayGivesUp) {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    const SignalHold hold;  // as a ceremony has it: what comes late is taken by it
    std::ostringstream shown;
    const Result<std::string> answer = Terminal(shown).ask({"id", "Question"});
    ::_exit(!answer && answer.error().code == ErrorCode::unavailable ? refused : wrong);
  }
  char buffer[64];
  EXPECT_GT(::read(terminal, buffer, sizeof buffer), 0);  // the question stands
  ::close(terminal);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == refused) << status;
}

TEST(Terminal, CtrlCGivesUpInTheMiddleOfAnEscapeSequence) {
  EXPECT_EQ(type({"\x1b\x03"}, "", Kind::line).status, refused);
  EXPECT_EQ(type({"\x1b[\x03"}, "", Kind::line).status, refused);
}

TEST(Terminal, LengthHasALimit) {
  const std::string longest(longest_passphrase, 'x');
  EXPECT_EQ(type({longest + "\n"}, longest).status, right);
  EXPECT_EQ(type({longest + "x\n"}, longest).status, refused);
}

TEST(Terminal, LinesAreEchoedAndTrimmed) {
  const Seen seen = type({"  Ada Lovelace \n"}, "Ada Lovelace", Kind::line);
  EXPECT_EQ(seen.status, right);
  EXPECT_THAT(seen.screen, HasSubstr("Lovelace"));
}

TEST(Terminal, BackspaceTakesBackAWholeCharacter) {
  EXPECT_EQ(type({"Zo\xc3\xab\x7f\xc3\xa9\n"}, "Zo\xc3\xa9", Kind::line).status, right);
}

TEST(Terminal, WhatIsNotUtf8IsNoAnswer) {
  EXPECT_EQ(type({"A\xff\n"}, "A\xff", Kind::line).status, refused);
  EXPECT_EQ(type({"A\xc3\n"}, "A\xc3", Kind::line).status, refused);
}

TEST(Terminal, WhatNobodySeesIsNoAnswer) {
  EXPECT_EQ(type({"A\xe2\x80\xae\n"}, "A\xe2\x80\xae", Kind::line).status, refused);
  EXPECT_EQ(type({"A\xc2\x85\n"}, "A\xc2\x85", Kind::line).status, refused);
  EXPECT_EQ(type({"A\xe2\x80\x8d\n"}, "A\xe2\x80\x8d", Kind::line).status, refused);
  EXPECT_EQ(type({"\xd7\xa9\xd8\xb3\n"}, "\xd7\xa9\xd8\xb3", Kind::line).status, right);
  // A passphrase is nobody's to read: it is taken as it is.
  EXPECT_EQ(type({"A\xe2\x80\x8d\n"}, "A\xe2\x80\x8d", Kind::secret).status, right);
}

TEST(Terminal, ArrowKeysSayNothing) {
  EXPECT_EQ(type({"A\x1b[D\x1b[1;5CB\n"}, "AB", Kind::line).status, right);
}

TEST(Terminal, NewSecretsAreTypedTwice) {
  EXPECT_EQ(type({"correct horse\n", "correct horse\n"}, "correct horse", Kind::new_secret).status, right);
  EXPECT_EQ(type({"correct horse\n", "correct house\n"}, "correct horse", Kind::new_secret).status, refused);
}

TEST(Terminal, WithoutOneTheAnswersOptionIsNamed) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::setsid();  // no controlling terminal
    std::ostringstream shown;
    const Result<std::string> answer = Terminal(shown).ask({"id", "Question"});
    const bool named = !answer && answer.error().message.find("--answers") != std::string::npos;
    ::_exit(named ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace chancery::ceremony
