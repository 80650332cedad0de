// What tells a rehearsal's artefacts from real ones, and the throw-away key that stands in for a real CA's.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ca/ceremony/run/run.h"
#include "ca/keys/key_store.h"

namespace chancery::ceremony {

// "" in an earnest ceremony.
std::string_view file_prefix(const Inputs& inputs);

// `path` from the script: relative ones start at --input. In a rehearsal a file of an earlier rehearsal,
// which stands beside the real one under its own name, is preferred.
std::string input_path(const Inputs& inputs, const std::string& path);
// Of the ceremony before, where the script names its bundle.
std::optional<std::string> previous_folder(const Inputs& inputs);
bool is_rehearsed(const Inputs& inputs, const std::string& path);

// Of a file of this ceremony's bundle, and back. An earnest ceremony takes no rehearsal's PEM: its label is
// unknown.
std::string output_pem(const Inputs& inputs, std::string pem);
std::string input_pem(const Inputs& inputs, std::string pem);
// A rehearsal's PEM with the labels that programs know: for looking at it, never for use.
std::string earnest_pem(std::string pem);

// The custody of a key that is used, its files those of an earlier rehearsal where there are any; of one that
// is made.
CustodyPlan used_custody(const Inputs& inputs, CustodyPlan plan);
CustodyPlan made_custody(const Inputs& inputs, CustodyPlan plan);

// The real certificate but for what the key decides, with a key of the same type that nobody keeps.
struct StandIn {
  x509::Certificate certificate;
  std::unique_ptr<keys::Signer> key;
};
Result<StandIn> stand_in_for(const x509::Certificate& real);

}  // namespace chancery::ceremony
