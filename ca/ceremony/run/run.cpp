#include "ca/ceremony/run/run.h"

#include <array>
#include <utility>

#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

struct Step {
  std::string_view name;
  StepResult (*run)(Workbench& bench);
};

constexpr std::array root_steps{
    Step{"Check the output folder", check_outputs},
    Step{"Take the passphrase for the new key", take_new_passphrase},
    Step{"Make the key", make_key},
    Step{"Check the key", check_key},
    Step{"Prepare the certificate and lint it", prepare_and_lint},
    Step{"Sign it with its own key", sign_once},
    Step{"Check it in two implementations", check_certificate},
    Step{"Write the files", write_files},
    Step{"Read the files back", read_back},
};

constexpr std::array intermediate_steps{
    Step{"Check the output folder", check_outputs},
    Step{"Take the passphrase of the issuer's key", take_issuer_passphrase},
    Step{"Open the issuer", open_issuer},
    Step{"Take the passphrase for the new key", take_new_passphrase},
    Step{"Make the key", make_key},
    Step{"Check the key", check_key},
    Step{"Prepare the certificate and lint it", prepare_and_lint},
    Step{"Sign it with the issuer's key", sign_once},
    Step{"Check it in two implementations", check_certificate},
    Step{"Write the files", write_files},
    Step{"Read the files back", read_back},
};

std::span<const Step> steps_of(Kind kind) {
  switch (kind) {
    case Kind::root:
      return root_steps;
    case Kind::intermediate:
      return intermediate_steps;
  }
  return {};
}

}  // namespace

std::vector<std::string_view> step_names(Kind kind) {
  std::vector<std::string_view> names;
  for (const Step& step : steps_of(kind)) names.push_back(step.name);
  return names;
}

Result<Outcome> run(const Inputs& inputs, Progress& progress) {
  const std::span<const Step> steps = steps_of(inputs.script.kind);
  Workbench bench(inputs);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    progress.begin(i + 1, steps.size(), steps[i].name);
    const StepResult result = steps[i].run(bench);
    if (!result) {
      progress.failed();
      return with_context(result.error(), steps[i].name);
    }
    progress.done(*result);
  }
  bench.files.keep();
  return Outcome{.certificate = *bench.certificate, .files = bench.written};
}

}  // namespace chancery::ceremony
