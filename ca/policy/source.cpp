#include "ca/policy/source.h"

#include <utility>

namespace chancery::policy {
namespace {

// Of names and texts, each with its length; of the error's words when the directory cannot be read.
crypto::Sha256Digest digest_of(const Result<std::vector<ProfileFile>>& files) {
  if (!files) return crypto::sha256(as_bytes("error\n" + files.error().message));
  std::string all;
  for (const ProfileFile& file : *files) {
    all += std::to_string(file.path.size()) + ":" + file.path + std::to_string(file.text.size()) + ":" +
           file.text;
  }
  return crypto::sha256(as_bytes(all));
}

}  // namespace

Result<std::unique_ptr<ProfileSource>> ProfileSource::open(const std::string& directory, TimePoint now) {
  const Result<std::vector<ProfileFile>> files = read_profile_files(directory);
  if (!files) return files.error();
  Result<ProfileSet> profiles = parse_profiles(*files);
  if (!profiles) return std::move(profiles).error();
  auto source = std::make_unique<ProfileSource>(
      directory, std::make_shared<const ProfileSet>(std::move(*profiles)), now);
  source->in_force_ = source->last_seen_ = source->last_taken_ = digest_of(files);
  return source;
}

ProfileSource::ProfileSource(std::string directory, std::shared_ptr<const ProfileSet> profiles, TimePoint now)
    : directory_(std::move(directory)),
      state_(SourceState{.profiles = std::move(profiles), .loaded_at = now, .fault = std::nullopt}) {}

ProfileSource::Outcome ProfileSource::refresh(TimePoint now) {
  const std::scoped_lock lock(refreshing_);
  const Result<std::vector<ProfileFile>> files = read_profile_files(directory_);
  const Content content = digest_of(files);
  const bool settled = std::exchange(last_seen_, content) == content;
  if (!settled || content == last_taken_) return Outcome::unchanged;
  return take(files, content, now);
}

ProfileSource::Outcome ProfileSource::reload(TimePoint now) {
  const std::scoped_lock lock(refreshing_);
  const Result<std::vector<ProfileFile>> files = read_profile_files(directory_);
  const Content content = digest_of(files);
  last_seen_ = content;
  return take(files, content, now);
}

ProfileSource::Outcome ProfileSource::take(const Result<std::vector<ProfileFile>>& files,
                                           const Content& content, TimePoint now) {
  last_taken_ = content;
  if (content == in_force_) {
    return state_.with([](SourceState& state) {
      const bool was_faulty = state.fault.has_value();
      state.fault.reset();
      return was_faulty ? Outcome::recovered : Outcome::unchanged;
    });
  }
  Result<ProfileSet> profiles = files ? parse_profiles(*files) : Result<ProfileSet>(files.error());
  if (!profiles) {
    state_.with([&](SourceState& state) { state.fault = std::move(profiles).error(); });
    return Outcome::refused;
  }
  in_force_ = content;
  state_.replace({.profiles = std::make_shared<const ProfileSet>(std::move(*profiles)),
                  .loaded_at = now,
                  .fault = std::nullopt});
  return Outcome::loaded;
}

}  // namespace chancery::policy
