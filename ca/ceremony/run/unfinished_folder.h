// The output of a ceremony while it is being made: DIR.unfinished, which becomes DIR in one rename at the
// end. So DIR is whole, or is not there. One process at a time works in it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/result.h"
#include "ca/ceremony/run/private_folder.h"
#include "ca/ceremony/script/script.h"
#include "ca/ceremony/transcript/transcript.h"
#include "ca/crypto/digest.h"

namespace chancery::ceremony {

// An earlier attempt that did not come to its end. Its transcript stays in the bundle.
struct AbortedAttempt {
  std::string file;               // "aborted-1.jsonl"
  crypto::Sha256Digest script{};  // of its script
  crypto::Sha256Digest head{};
  std::size_t lines = 0;
  std::size_t torn = 0;  // octets of a last line without its end, which were taken off
};

// Behind the signature's name while what the transcript says is not true yet, or will not be.
inline constexpr std::string_view void_suffix = ".void";

// What the ceremony has to say of the attempts before it, in their order.
using AttemptsCheck = std::function<Result<void>(const std::vector<Transcript>& attempts)>;

// A ceremony's bundle, of a rehearsal as well, as its files' names tell.
bool is_bundle(const std::string& folder);

class UnfinishedFolder {
 public:
  // Makes DIR.unfinished with bundle and custody in it, mode 0700. With `resume` there is one already, this
  // user's own, in which nobody else works and nothing lies but what an attempt can have made: its transcript
  // is kept under another name, and everything else in it is removed, half-made keys first. Before anything
  // is removed, all of it has been looked at, by `check` as well, whose errors are this one's; without
  // `resume` it sees none. `prefix` begins the names of all files. Errors: conflict (DIR is there, or would
  // lie in a bundle; DIR.unfinished is there without `resume`, and how far it came; somebody works in it; its
  // transcript is signed and stands), not_found (nothing to resume; no parent folder), forbidden (folders and
  // files that are not this ceremony's own, by name), unavailable, validation (its transcripts are damaged,
  // or not all there).
  static Result<UnfinishedFolder> create(const std::string& output, bool resume, const std::string& prefix,
                                         const Script& script, const AttemptsCheck& check);
  // DIR.unfinished as it is, where what lies in it was signed, void or not; locked, and nothing in it changed
  // but missing rooms. Nothing: it is not there, or was not signed. Errors: as create().
  static Result<std::optional<UnfinishedFolder>> as_it_lies(const std::string& output,
                                                            const std::string& prefix);

  [[nodiscard]] std::string bundle_folder() const { return path_ + "/bundle"; }
  [[nodiscard]] std::string bundle(const std::string& name) const {
    return bundle_folder() + "/" + prefix_ + name;
  }
  [[nodiscard]] std::string transcript() const { return bundle("transcript.jsonl"); }
  [[nodiscard]] std::string signature() const { return bundle("transcript.sig"); }
  [[nodiscard]] std::string void_signature() const { return signature() + std::string(void_suffix); }
  [[nodiscard]] bool is_void() const;  // the signature has that name
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
  static constexpr std::string_view bundle_room = "bundle", custody_room = "custody";

  UnfinishedFolder(std::string output, std::string prefix)
      : output_(std::move(output)), path_(output_ + ".unfinished"), prefix_(std::move(prefix)) {}
  Result<void> begin();
  Result<void> open_begun();
  Result<void> take_up(const Script& script, const AttemptsCheck& check);
  Result<void> open_rooms();
  Result<void> open_room(std::string_view room, PrivateFolder::Deny deny,
                         std::optional<PrivateFolder>& opened);
  [[nodiscard]] Result<void> check_not_signed() const;
  [[nodiscard]] std::string transcript_name() const { return prefix_ + "transcript.jsonl"; }
  [[nodiscard]] std::string signature_name() const { return prefix_ + "transcript.sig"; }
  [[nodiscard]] std::string aborted_name(std::size_t number) const;
  [[nodiscard]] Result<std::vector<std::string>> aborted_files() const;
  [[nodiscard]] Result<std::vector<Transcript>> read_attempts() const;
  [[nodiscard]] Result<void> check_names(const Script& script, const std::vector<Transcript>& attempts) const;
  Result<void> clear(const std::vector<Transcript>& attempts);
  [[nodiscard]] Result<void> set_transcript_aside() const;
  Result<void> record(const std::vector<Transcript>& attempts);
  [[nodiscard]] Error in_the_way() const;

  std::string output_, path_, prefix_;
  std::optional<PrivateFolder> folder_, bundle_, custody_;  // until the rename; the lock is folder_'s
  std::vector<AbortedAttempt> aborted_;
  std::vector<std::string> aborted_keys_, destroyed_;
  bool begun_before_ = false, finished_ = false;
};

}  // namespace chancery::ceremony
