// What the bundle of the ceremony before holds beside its transcript. Internal to ca/ceremony/run.
#pragma once

#include <string>

#include "ca/ceremony/run/previous.h"
#include "ca/ceremony/transcript/transcript.h"

namespace chancery::ceremony {

// Every public file is there with the size-limited content whose SHA-256 the transcript records, and so is
// every other name of the export list. Errors: not_found, validation, naming the file.
Result<void> check_exported_files(const Inputs& inputs, const std::string& bundle,
                                  const Transcript& transcript);
// The certificate that the bundle's ceremony made was issued by this ceremony's authority. Errors: those of
// reading it, validation.
Result<void> check_certified(const Inputs& inputs, const std::string& bundle, const Plan& plan);
// The list that the bundle's ceremony made, else the one that its transcript carries on.
Result<PresentList> list_after(const Inputs& inputs, const std::string& bundle, const Script& script,
                               const Transcript& transcript);

}  // namespace chancery::ceremony
