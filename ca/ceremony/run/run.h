// Runs a ceremony: the steps of its kind, one after another, all or nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/random.h"
#include "ca/ceremony/interaction/interaction.h"
#include "ca/ceremony/preflight/preflight.h"
#include "ca/ceremony/run/key_copies.h"
#include "ca/ceremony/script/script.h"
#include "ca/shares/seal.h"
#include "ca/x509/certificate.h"
#include "ca/x509/crl.h"

namespace chancery::ceremony {

// Hears of each step as it begins and ends. `number` counts from 1 to `total`.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void begin(std::size_t number, std::size_t total, std::string_view what) = 0;
  virtual void done(std::string_view result) = 0;
  virtual void failed() = 0;  // the error itself is run()'s answer
};

// A ceremony's bundle before it is handed over. All of it is there; but where `awaits_signature` the
// signature has its void name (unfinished_folder.h).
struct JudgedBundle {
  std::string path;                     // folder
  std::optional<std::string> previous;  // that of the ceremony before, where it can be compared
  bool rehearsal = false;
  bool awaits_signature = true;
};
// Looks at a bundle as an outsider will. An error, which names all that is wrong, ends the ceremony.
using Judge = std::function<Result<void>(const JudgedBundle& bundle)>;

struct Inputs {
  const Script& script;
  std::string input;    // where the script's relative paths start
  std::string output;   // DIR: a folder that does not exist, in one that does
  bool resume = false;  // DIR.unfinished is there: record it as aborted and begin again
  Interaction& interaction;
  Judge judge;  // ceremony/replay has it; nothing is handed over without
  const Clock& clock;
  RandomSource& random;  // for the preflight; keys come from OpenSSL's generator
  Machine machine;
  std::function<Evidence()> lock_memory = check_memory_lock;
  shares::KdfPolicy kdf = shares::production_kdf;
  bool rehearsal = false;            // throw-away keys, artefacts that say so (rehearsal.h)
  bool tokens_in_rehearsal = false;  // keys go to the token after all, under labels that say so
  bool answers_from_file = false;    // for the transcript: `interaction` asks nobody
};

struct WrittenFile {
  std::string path;
  crypto::Sha256Digest hash{};
};

struct MadeRequest {
  std::string subject;
  crypto::Sha256Digest hash{};  // of its DER
};

// New shares of a key, in the order of the script's officers.
struct DealtShares {
  unsigned threshold = 0;
  struct Share {
    std::string officer, file;  // the file's name in DIR/custody
  };
  std::vector<Share> shares;
};

struct Outcome {
  x509::Certificate certificate;       // the one that was made, or that of the key that was used
  bool made = true;                    // it was made
  std::optional<x509::Crl> crl;        // that was made
  std::optional<MadeRequest> request;  // that was made
  std::optional<DealtShares> dealt;    // of a new key, or of one that was recovered
  PresentCopies left;                  // of the key that signed the transcript
  crypto::Sha256Digest transcript_head{};
  std::vector<WrittenFile> files;  // in the order of writing
};

// Nothing gets DIR's name that `judge` refuses, nor is a key destroyed by the program for it; a ceremony
// before that it refuses ends this one before anybody is asked. Errors: those of the step that failed, its
// name in front. Then DIR does not exist; DIR.unfinished holds the transcript up to there, if anybody has
// said anything by then; else it is not there either. Signals that end a program are held back, and end the
// ceremony between two steps (conflict).
Result<Outcome> run(const Inputs& inputs, Progress& progress);

}  // namespace chancery::ceremony
