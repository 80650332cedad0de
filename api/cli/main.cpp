// chancery: the operators' command line.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "api/cli/commands.h"

int main(int argc, char** argv) {
  (void)std::signal(SIGPIPE, SIG_IGN);  // a reader that has gone is an error of write, not the end
  const bool colours =
      ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  const chancery::cli::Terminal terminal{std::cout, std::cerr, colours, ::isatty(STDERR_FILENO) == 1};
  return chancery::cli::run({argv + 1, argv + argc}, terminal);
}
