// Another process, for what only another process can do: hold a lock, have fewer rights, be killed.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace chancery::store::test {

// Forks. Must be made while this process has one thread, and before it opens the database that the child will
// open.
class ChildProcess {
 public:
  // What the child can say to its parent, and hear from it.
  class Line {
   public:
    Line(int in, int out) : in_(in), out_(out) {}
    void say(const std::string& text) const;  // one line; may be called from several threads
    [[nodiscard]] std::string hear() const;   // the next line; "" when the other side is gone

   private:
    int in_, out_;
  };

  // Runs `work` in the child, which then ends without running destructors or exit handlers.
  explicit ChildProcess(const std::function<void(const Line&)>& work);
  // Kills it (SIGKILL) unless it has ended.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ChildProcess(ChildProcess&&) = delete;
  ChildProcess& operator=(ChildProcess&&) = delete;

  [[nodiscard]] const Line& line() const { return line_; }
  void kill();  // and wait for its end

 private:
  Line line_{-1, -1};
  int in_ = -1, out_ = -1;
  pid_t pid_ = -1;
};

}  // namespace chancery::store::test
