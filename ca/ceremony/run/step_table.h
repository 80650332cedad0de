// The steps of each kind of ceremony: what runs, and what people read on paper, in one table.
#pragma once

#include <cstdint>
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

// In order, as the programs took them that write transcripts of this format (transcript.h): by the kind, and
// from format 3 on by whether there is a backup to restore. An unknown format gets those of the newest.
std::span<const Step> steps_of(const Script& script, std::int64_t format);

}  // namespace chancery::ceremony
