#include <iostream>

#include <unistd.h>

#include "ca/ceremony/cli/cli.h"
#include "ca/ceremony/process/process.h"

int main(int argc, char** argv) {
  using namespace chancery;
  ceremony::protect_process();
  const SystemClock clock;
  SystemRandom random;
  const bool colour = ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
  return ceremony::run_program(argc, argv, {std::cout, std::cerr, colour, clock, random, {}});
}
