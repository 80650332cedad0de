// The steps of each kind of ceremony: what runs, and what people read on paper, in one table.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ca/base/result.h"
#include "ca/ceremony/script/script.h"

namespace chancery::ceremony {

struct Workbench;

// Result: the words shown beside the step.
using StepResult = Result<std::string>;

struct Step {
  std::string_view name;
  std::string_view doing;    // what people do
  std::string_view failing;  // what they do if it fails
  StepResult (*run)(Workbench& bench) = nullptr;
};

// In order.
std::span<const Step> steps_of(Kind kind);

}  // namespace chancery::ceremony
