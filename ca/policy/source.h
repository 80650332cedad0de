// The profiles in force, from a directory that may change while the service runs.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "ca/base/clock.h"
#include "ca/base/guarded.h"
#include "ca/policy/load_yaml.h"

namespace chancery::policy {

struct SourceState {
  std::shared_ptr<const ProfileSet> profiles;  // in force; never null
  TimePoint loaded_at;                         // since when
  // Why what the directory holds now is not in force; none when it is.
  std::optional<Error> fault;
};

// All or nothing: a directory with one fault changes nothing, and what was in force stays. Thread-safe; the
// directory is read by whoever calls refresh() or reload(), one at a time.
class ProfileSource {
 public:
  enum class Outcome {
    unchanged,  // nothing to tell: also when what was refused is still the same
    loaded,     // other profiles are in force now
    recovered,  // what is in force stands in the directory again
    refused     // faults; state().fault has them
  };

  // Errors: those of load_profiles.
  static Result<std::unique_ptr<ProfileSource>> open(const std::string& directory, TimePoint now);
  // With profiles that were made otherwise, and no file read yet.
  ProfileSource(std::string directory, std::shared_ptr<const ProfileSet> profiles, TimePoint now);

  // Called every few seconds. Takes a change once two calls in a row have seen the very same content, so that
  // a directory that is being written is not taken half way.
  Outcome refresh(TimePoint now);
  // Takes what is there, at once.
  Outcome reload(TimePoint now);

  [[nodiscard]] SourceState state() const { return state_.snapshot(); }

 private:
  using Content = crypto::Sha256Digest;
  Outcome take(const Result<std::vector<ProfileFile>>& files, const Content& content, TimePoint now);

  const std::string directory_;
  Guarded<SourceState> state_;
  // Of the reading side; refreshing_ is held while the directory is read.
  std::mutex refreshing_;
  Content in_force_{}, last_seen_{}, last_taken_{};
};

}  // namespace chancery::policy
