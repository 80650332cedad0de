// chancery-ca, but it dies by SIGKILL when the step that CHANCERY_TEST_CRASH_AT names has been finished.
// Never installed.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>

#include "api/server/cli.h"

namespace {

using chancery::authority::Step;
using chancery::authority::StepObserver;

class DyingObserver final : public StepObserver {
 public:
  DyingObserver(StepObserver& inner, std::string last) : inner_(inner), last_(std::move(last)) {}
  void finished(Step step) override {
    inner_.finished(step);
    if (to_string(step) == last_) (void)::kill(::getpid(), SIGKILL);
  }

 private:
  StepObserver& inner_;
  std::string last_;
};

}  // namespace

int main(int argc, char** argv) {
  const char* step = std::getenv("CHANCERY_TEST_CRASH_AT");
  if (step == nullptr) {
    std::cerr << "chancery-ca-crashing: CHANCERY_TEST_CRASH_AT must name a step\n";
    return 2;
  }
  return chancery::server::run(argc, argv, std::cout, std::cerr, [step](StepObserver& metrics) {
    return std::make_unique<DyingObserver>(metrics, step);
  });
}
