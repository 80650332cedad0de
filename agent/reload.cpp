#include "agent/reload.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <utility>

#include "ca/base/file_descriptor.h"

namespace chancery::agent {
namespace {

using Steady = std::chrono::steady_clock;

Error failed(const std::vector<std::string>& command, const std::string& what, const std::string& output) {
  std::string message = "the reload command '" + command.front() + "' " + what;
  message += "; run it by hand on this host, and mend the service or the certificate's reload";
  if (!output.empty()) message += ". It printed: " + output;
  return make_error(ErrorCode::unavailable, std::move(message));
}

// Child: own process group (so that a timeout ends all of it), no signal blocked or ignored, output into
// `out`.
int spawn(const std::vector<std::string>& command, int out, pid_t& pid) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  const int result = posix_spawnp(&pid, arguments.front(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return result;
}

void take_output(int pipe, std::string& output) {
  std::array<char, 1024> buffer{};
  while (true) {
    const ssize_t got = ::read(pipe, buffer.data(), buffer.size());
    if (got <= 0) return;
    const std::size_t room = output_limit - output.size();
    output.append(buffer.data(), std::min(room, static_cast<std::size_t>(got)));
  }
}

// True when the process has ended. Its end, not the pipe's: a service it starts may keep the pipe open for
// ever.
bool wait_for_end(int process, int pipe, Steady::time_point deadline, std::string& output) {
  bool reading = true;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now());
    if (left.count() <= 0) return false;
    std::array<pollfd, 2> watched{{{process, POLLIN, 0}, {reading ? pipe : -1, POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), static_cast<int>(left.count())) < 0 && errno != EINTR)
      return false;
    take_output(pipe, output);
    if (watched[0].revents != 0) return true;
    if ((watched[1].revents & (POLLHUP | POLLERR)) != 0) reading = false;
  }
}

}  // namespace

Result<void> ProcessReloader::reload(const std::vector<std::string>& command, Seconds timeout) {
  if (command.empty()) return {};
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    return failed(command, "got no pipe", std::strerror(errno));
  const FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);
  pid_t pid = 0;
  if (const int number = spawn(command, write_end.get(), pid); number != 0) {
    return failed(command, "cannot be started: " + std::string(std::strerror(number)) + "; check its path",
                  {});
  }
  write_end.close();
  // glibc 2.36 declares pidfd_open without C linkage.
  const FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  std::string output;
  const bool ended =
      process.get() >= 0 && wait_for_end(process.get(), read_end.get(), Steady::now() + timeout, output);
  if (!ended) ::kill(-pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) return failed(command, "did not end within " + to_string(timeout) + " and was killed", output);
  if (WIFSIGNALED(status))
    return failed(command, "was killed by signal " + std::to_string(WTERMSIG(status)), output);
  if (WEXITSTATUS(status) != 0) {
    return failed(command, "failed with exit status " + std::to_string(WEXITSTATUS(status)), output);
  }
  return {};
}

}  // namespace chancery::agent
