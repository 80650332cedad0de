// The output of a ceremony while it is being made: DIR.unfinished, which becomes DIR in one rename at the
// end. So DIR is whole, or is not there.
#pragma once

#include <string>
#include <vector>

#include "ca/base/result.h"
#include "ca/crypto/digest.h"

namespace chancery::ceremony {

// An earlier attempt that did not come to its end. Its transcript stays in the bundle.
struct AbortedAttempt {
  std::string file;  // "aborted-1.jsonl"
  crypto::Sha256Digest head{};
  std::size_t lines = 0;
  std::size_t torn = 0;  // octets of a last line without its end, which were taken off
};

class UnfinishedFolder {
 public:
  // Makes DIR.unfinished with bundle and custody in it, mode 0700. With `resume` there is one already: its
  // transcript is kept under another name, and everything else in it is removed, half-made keys first.
  // `prefix` begins the names of all files. Errors: conflict (DIR is there; DIR.unfinished is there without
  // `resume`, and how far it came), not_found (nothing to resume; no parent folder), forbidden (others may
  // use what would lie in custody, as on a medium that keeps no modes), unavailable, validation (its
  // transcript is damaged).
  static Result<UnfinishedFolder> create(const std::string& output, bool resume, const std::string& prefix);
  // Of DIR.unfinished as it is: nothing in it is changed.
  static UnfinishedFolder as_it_lies(const std::string& output, const std::string& prefix);

  [[nodiscard]] std::string bundle(const std::string& name) const {
    return path_ + "/bundle/" + prefix_ + name;
  }
  [[nodiscard]] std::string transcript() const { return bundle("transcript.jsonl"); }
  [[nodiscard]] std::string signature() const { return bundle("transcript.sig"); }
  // Where the signature lies while what the transcript says is not true yet, or will not be.
  [[nodiscard]] std::string void_signature() const { return signature() + ".void"; }
  [[nodiscard]] std::string custody() const { return path_ + "/custody"; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& output() const { return output_; }
  [[nodiscard]] const std::vector<AbortedAttempt>& aborted() const { return aborted_; }
  // SHA-256 in hex of the SPKIs of the keys that these made.
  [[nodiscard]] const std::vector<std::string>& aborted_keys() const { return aborted_keys_; }

  // What lay in custody when `resume` found it: shares or encrypted keys of aborted attempts, destroyed
  // since.
  [[nodiscard]] const std::vector<std::string>& destroyed() const { return destroyed_; }

  // Of an attempt in which nothing happened: the folder goes, unless an earlier attempt had made it.
  void discard() const;
  // Destroys what lies in custody: no key outlives a ceremony that failed. Errors: unavailable.
  Result<void> empty_custody() const;
  // Gives the signature its name, or takes it away where it has it; durable. Errors: unavailable.
  Result<void> validate_signature() const;
  Result<void> invalidate_signature() const;
  // The rename, durable when it returns. Errors: conflict (DIR has come to be meanwhile), unavailable.
  Result<void> finish();
  // The rename was made by this object: DIR is this ceremony's, whatever failed since.
  [[nodiscard]] bool finished() const { return finished_; }

 private:
  UnfinishedFolder(std::string output, std::string prefix)
      : output_(std::move(output)), path_(output_ + ".unfinished"), prefix_(std::move(prefix)) {}
  Result<void> make_folders() const;
  Result<void> clear();
  Result<void> set_transcript_aside();
  [[nodiscard]] std::vector<std::string> aborted_files() const;

  std::string output_, path_, prefix_;
  std::vector<AbortedAttempt> aborted_;
  std::vector<std::string> aborted_keys_, destroyed_;
  bool begun_before_ = false, finished_ = false;
};

}  // namespace chancery::ceremony
