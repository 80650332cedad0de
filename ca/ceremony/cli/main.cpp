#include <iostream>

#include <unistd.h>

#include "ca/ceremony/cli/cli.h"
#include "ca/ceremony/process/process.h"
#include "ca/crypto/no_configuration.h"
#include "ca/crypto/secure_heap.h"

int main(int argc, char** argv) {
  using namespace chancery;
  crypto::ignore_openssl_configuration();
  ceremony::protect_process();
  // Where this fails, the preflight's memory_lock fails as well, and says so.
  static_cast<void>(crypto::lock_private_keys());
  const SystemClock clock;
  SystemRandom random;
  const bool colour = ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
  return ceremony::run_program(argc, argv, {std::cout, std::cerr, colour, clock, random, {}});
}
