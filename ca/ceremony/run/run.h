// Runs a ceremony: the steps of its kind, one after another, all or nothing.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/random.h"
#include "ca/ceremony/interaction/passphrase.h"
#include "ca/ceremony/script/script.h"
#include "ca/x509/certificate.h"

namespace chancery::ceremony {

// Hears of each step as it begins and ends. `number` counts from 1 to `total`.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void begin(std::size_t number, std::size_t total, std::string_view what) = 0;
  virtual void done(std::string_view result) = 0;
  virtual void failed() = 0;  // the error itself is run()'s answer
};

struct Inputs {
  const Script& script;
  const std::string& output;  // an existing folder
  const Passphrases& passphrases;
  const Clock& clock;
  RandomSource& random;  // serial numbers; keys come from OpenSSL's generator
};

struct WrittenFile {
  std::string path;
  crypto::Sha256Digest hash{};
};

struct Outcome {
  x509::Certificate certificate;
  std::vector<WrittenFile> files;  // in the order of writing: the certificate is last
};

// Names of the steps, in order.
std::vector<std::string_view> step_names(Kind kind);

// Errors: those of the step that failed, its name in front. Then the output folder is as it was before.
Result<Outcome> run(const Inputs& inputs, Progress& progress);

}  // namespace chancery::ceremony
