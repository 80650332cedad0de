#include <exception>
#include <iostream>

#include "api/server/cli.h"

int main(int argc, char** argv) {
  try {
    return chancery::server::run(argc, argv, std::cout, std::cerr);
  } catch (const std::exception& exception) {
    std::cerr << "chancery-ca: internal fault: " << exception.what() << '\n';
    return 1;
  }
}
