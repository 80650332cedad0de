// A certificate that the service has answered with, as files.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "api/cli/session.h"
#include "ca/base/result.h"

namespace chancery::cli {

// Writes certificate and chain to the new file `out_file`, and the proof that it is in the log to the new
// file `proof_file`; "" = no such file. `certificate` is a CERT. Errors: those of the files, saying how to
// fetch what was not saved; validation (the answer has no proof).
Result<void> save_certificate(const nlohmann::json& certificate, const std::string& out_file,
                              const std::string& proof_file);

// What is in `out_file` now; without one, certificate and chain themselves.
void print_saved(const nlohmann::json& certificate, const std::string& out_file, const Terminal& terminal);

}  // namespace chancery::cli
