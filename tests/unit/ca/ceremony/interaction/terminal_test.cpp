// ask_terminal on a real pseudo-terminal, with a child process at the keyboard's other end.
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "ca/ceremony/interaction/passphrase.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

enum Status { right = 10, wrong = 11, refused = 12, echo_lost = 13 };

int ask(std::string_view expected) {
  const Result<SecretBytes> answer = ask_terminal("Question");
  termios after{};
  if (::tcgetattr(STDIN_FILENO, &after) != 0 || (after.c_lflag & ECHO) == 0 ||
      (after.c_lflag & ICANON) == 0) {
    return echo_lost;
  }
  if (!answer) return refused;
  return *answer == SecretBytes::copy_of(as_bytes(expected)) ? right : wrong;
}

struct Seen {
  int status = 0;
  std::string screen;
};

// Types once the question stands on the screen: what was typed before it is thrown away.
Seen type(const std::string& keys, std::string_view expected) {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) ::_exit(ask(expected));
  Seen seen;
  bool typed = false;
  char buffer[256];
  for (ssize_t got = 0; (got = ::read(terminal, buffer, sizeof buffer)) > 0;) {
    seen.screen.append(buffer, static_cast<std::size_t>(got));
    if (typed || seen.screen.find("Question: ") == std::string::npos) continue;
    typed = true;
    EXPECT_EQ(::write(terminal, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  EXPECT_EQ(::waitpid(child, &seen.status, 0), child);
  ::close(terminal);
  seen.status = WIFEXITED(seen.status) ? WEXITSTATUS(seen.status) : -1;
  return seen;
}

TEST(Terminal, DoesNotEchoThePassphrase) {
  const Seen seen = type("correct horse\n", "correct horse");
  EXPECT_EQ(seen.status, right);
  EXPECT_THAT(seen.screen, HasSubstr("Question: "));
  EXPECT_THAT(seen.screen, Not(HasSubstr("horse")));
}

TEST(Terminal, BackspaceTakesBack) {
  EXPECT_EQ(type("correct house\x7f\x7f\x7frse\r", "correct horse").status, right);
  EXPECT_EQ(type("\x7f\x08x\n", "x").status, right);
}

TEST(Terminal, InterruptAndEndGiveUpWithEchoOnAgain) {
  EXPECT_EQ(type("half\x03", "half").status, refused);
  EXPECT_EQ(type("half\x04", "half").status, refused);
}

TEST(Terminal, LengthHasALimit) {
  const std::string longest(longest_passphrase, 'x');
  EXPECT_EQ(type(longest + "\n", longest).status, right);
  EXPECT_EQ(type(longest + "x\n", longest).status, refused);
}

TEST(Terminal, WithoutOneTheFileOptionIsNamed) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::setsid();  // no controlling terminal
    const Result<SecretBytes> answer = ask_terminal("Question");
    const bool named = !answer && answer.error().message.find("--passphrase-file") != std::string::npos;
    ::_exit(named ? right : wrong);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), right);
}

}  // namespace
}  // namespace chancery::ceremony
