#include "tests/contract/child_process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

namespace chancery::store::test {

void ChildProcess::Line::say(const std::string& text) const {
  const std::string whole = text + "\n";
  if (::write(out_, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) _exit(3);
}

std::string ChildProcess::Line::hear() const {
  std::string text;
  char next = 0;
  while (::read(in_, &next, 1) == 1) {
    if (next == '\n') return text;
    text += next;
  }
  return text;
}

ChildProcess::ChildProcess(const std::function<void(const Line&)>& work) {
  std::array<int, 2> down{}, up{};
  if (::pipe(down.data()) != 0 || ::pipe(up.data()) != 0) throw std::runtime_error("pipe failed");
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) {
    ::close(down[1]);
    ::close(up[0]);
    work(Line(down[0], up[1]));
    _exit(0);
  }
  ::close(down[0]);
  ::close(up[1]);
  in_ = up[0];
  out_ = down[1];
  line_ = Line(in_, out_);
}

void ChildProcess::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

ChildProcess::~ChildProcess() {
  kill();
  ::close(in_);
  ::close(out_);
}

}  // namespace chancery::store::test
