#include "agent/reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <fstream>

#include "tests/unit/agent/temporary_folder.h"

namespace chancery::agent {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result<void> reload(const std::vector<std::string>& command, Seconds timeout = Seconds(20)) {
  return ProcessReloader().reload(command, timeout);
}

TEST(Reload, NothingToRunSucceeds) {
  EXPECT_TRUE(reload({}));
}

TEST(Reload, ExitStatusZeroSucceeds) {
  EXPECT_TRUE(reload({"true"}));
}

TEST(Reload, ExitStatusAndOutputAreReported) {
  const Result<void> done = reload({"sh", "-c", "echo to-out; echo to-err >&2; exit 3"});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("exit status 3; run it by hand on this host"));
  EXPECT_THAT(done.error().message, HasSubstr("to-out"));
  EXPECT_THAT(done.error().message, HasSubstr("to-err"));
}

TEST(Reload, AMissingProgramIsSaid) {
  const Result<void> done = reload({"/no/such/program"});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("cannot be started"));
  EXPECT_THAT(done.error().message, HasSubstr("/no/such/program"));
}

TEST(Reload, ASignalIsSaid) {
  const Result<void> done = reload({"sh", "-c", "kill -9 $$"});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("signal 9"));
}

TEST(Reload, NoShellReadsTheWords) {
  const testing::TemporaryFolder folder;
  const std::string trap = folder.path() + "/trap";
  EXPECT_TRUE(reload({"true", "; touch " + trap, "$(touch " + trap + ")", "`touch " + trap + "`"}));
  EXPECT_FALSE(std::ifstream(trap).good());
}

TEST(Reload, ACommandThatHangsIsKilledWithItsChildren) {
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);  // the orphan becomes ours, to be waited for
  const testing::TemporaryFolder folder;
  const std::string pid_file = folder.path() + "/pid";
  const Result<void> done = reload({"sh", "-c", "sleep 600 & echo $! > " + pid_file + "; wait"}, Seconds(1));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("within 1s"));
  pid_t grandchild = 0;
  std::ifstream(pid_file) >> grandchild;
  ASSERT_GT(grandchild, 0);
  int status = 0;
  ASSERT_EQ(::waitpid(grandchild, &status, 0), grandchild);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
}

TEST(Reload, AServiceThatKeepsTheOutputOpenIsNotWaitedFor) {
  const testing::TemporaryFolder folder;
  const std::string pid_file = folder.path() + "/pid";
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_TRUE(reload({"sh", "-c", "sleep 600 & echo $! > " + pid_file}, Seconds(20)));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, Seconds(10));
  pid_t service = 0;
  std::ifstream(pid_file) >> service;
  ASSERT_GT(service, 0);
  EXPECT_EQ(::kill(service, SIGKILL), 0) << "the service must have been left running";
}

TEST(Reload, OutputIsKeptUpToTheLimit) {
  const Result<void> done = reload({"sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x; exit 1"});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr(std::string(output_limit, 'x')));
  EXPECT_THAT(done.error().message, Not(HasSubstr(std::string(output_limit + 1, 'x'))));
}

TEST(Reload, TheCommandStartsWithDefaultSignals) {
  std::signal(SIGPIPE, SIG_IGN);
  // `yes` ends by SIGPIPE when that is not ignored; otherwise it complains.
  const Result<void> done = reload({"bash", "-c", "yes | head -n1 >/dev/null; [ ${PIPESTATUS[0]} = 141 ]"});
  EXPECT_TRUE(done) << done.error().message;
}

}  // namespace
}  // namespace chancery::agent
