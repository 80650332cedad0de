// What a resumed ceremony does with the attempt before it: looks at all of it, then takes it up.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "ca/base/file.h"
#include "ca/ceremony/run/attempt_files.h"
#include "ca/ceremony/run/unfinished_folder.h"

namespace chancery::ceremony {
namespace {

Error system_error(const std::string& action, const std::string& path, int number) {
  return make_error(ErrorCode::unavailable, "cannot " + action + " " + path + ": " + std::strerror(number));
}

void add_keys(const Transcript& transcript, std::vector<std::string>& keys) {
  for (const TranscriptLine& line : transcript.lines) {
    if (line.event == "key.made") keys.push_back(std::get<std::string>(line.data.at("spki_sha256")));
  }
}

// How many octets stood behind the last line feed, which a crash kept from becoming a line.
Result<std::size_t> take_torn_line_off(const std::string& path) {
  const Result<std::string> text = read_file(path, transcript_line_limit * transcript_length_limit);
  if (!text) return text.error();
  const std::size_t whole = text->rfind('\n') + 1;  // 0 where there is none
  if (whole == text->size()) return std::size_t{0};
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return system_error("open", path, errno);
  const bool cut = ::ftruncate(fd, static_cast<off_t>(whole)) == 0 && ::fsync(fd) == 0;
  const int number = errno;
  ::close(fd);
  if (!cut) return system_error("shorten", path, number);
  return text->size() - whole;
}

Error stranger(const std::string& path) {
  return make_error(ErrorCode::forbidden,
                    path +
                        " is nothing that this ceremony can have made, so --resume does not remove it; see "
                        "what it is and take it away, or resume with the script that it is of");
}

template <typename Known>
Result<void> check_files(const PrivateFolder& folder, const Known& known) {
  const Result<std::vector<std::string>> names = folder.names();
  if (!names) return names.error();
  for (const std::string& name : *names) {
    if (Result<void> ok = folder.check_file(name); !ok) return ok;
    if (!known(name)) return stranger(folder.path_of(name));
  }
  return {};
}

}  // namespace

Result<void> UnfinishedFolder::open_begun() {
  begun_before_ = true;
  Result<PrivateFolder> found = PrivateFolder::open(path_);
  if (!found && found.error().code == ErrorCode::not_found) {
    return make_error(ErrorCode::not_found, "there is no " + path_ + " to resume; leave --resume out");
  }
  if (!found) return std::move(found).error();
  if (Result<void> ok = found->lock(); !ok) return ok;
  if (!found->is_at_its_path())
    return make_error(ErrorCode::conflict, path_ + " has just been taken away; look again");
  folder_.emplace(std::move(*found));
  return open_rooms();
}

Result<void> UnfinishedFolder::take_up(const Script& script, const AttemptsCheck& check) {
  if (Result<void> ok = open_begun(); !ok) return ok;
  if (Result<void> ok = check_not_signed(); !ok) return ok;
  const Result<std::vector<Transcript>> attempts = read_attempts();
  if (!attempts) {
    return with_context(attempts.error(),
                        "the unfinished attempt cannot be resumed; move " + path_ + " away");
  }
  if (Result<void> ok = check_names(script, *attempts); !ok) return ok;
  if (Result<void> ok = check(*attempts); !ok) return ok;
  return clear(*attempts);
}

// What stands is evidence, maybe of a key's end: nobody begins that again.
Result<void> UnfinishedFolder::check_not_signed() const {
  if (!bundle_->has(signature_name())) return {};
  return make_error(ErrorCode::conflict,
                    "the ceremony in " + path_ +
                        " came to its end: its transcript is signed, and only the folder's name is missing. "
                        "Nothing of it was touched. Look at it with chancery-root replay " +
                        bundle_->path() + "; if that finds no fault, name it before witnesses with mv -nT " +
                        path_ + " " + output_);
}

std::string UnfinishedFolder::aborted_name(std::size_t number) const {
  return prefix_ + aborted_file(number);
}

// In the order of their numbers, of which none is missing. Errors: also validation.
Result<std::vector<std::string>> UnfinishedFolder::aborted_files() const {
  const std::string before = prefix_ + std::string(aborted_prefix);
  Result<std::vector<std::string>> names = bundle_->names();
  if (!names) return names;
  std::erase_if(*names, [&](const std::string& name) { return !name.starts_with(before); });
  std::sort(names->begin(), names->end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  for (std::size_t i = 0; i < names->size(); ++i) {
    const std::string wanted = aborted_name(i + 1);
    if (names->at(i) == wanted) continue;
    return make_error(
        ErrorCode::validation,
        bundle_->path_of(names->at(i)) + " stands where " + wanted +
            " must: it is of no attempt of this ceremony, or an attempt's transcript is missing");
  }
  return names;
}

// Those that were aborted before, then the one to set aside, if it says anything.
Result<std::vector<Transcript>> UnfinishedFolder::read_attempts() const {
  Result<std::vector<std::string>> names = aborted_files();
  if (!names) return std::move(names).error();
  struct stat status {};
  if (::lstat(transcript().c_str(), &status) == 0 && status.st_size > 0) names->push_back(transcript_name());
  std::vector<Transcript> attempts;
  for (const std::string& name : *names) {
    if (Result<void> ok = bundle_->check_file(name); !ok) return std::move(ok).error();
    Result<Transcript> transcript = read_unfinished_transcript(bundle_->path_of(name));
    if (!transcript) return std::move(transcript).error();
    attempts.push_back(std::move(*transcript));
  }
  return attempts;
}

Result<void> UnfinishedFolder::check_names(const Script& script,
                                           const std::vector<Transcript>& attempts) const {
  AttemptFiles files(script, prefix_);
  for (const Transcript& attempt : attempts) files.add(attempt);
  const Result<std::vector<std::string>> rooms = folder_->names();
  if (!rooms) return rooms.error();
  for (const std::string& name : *rooms) {
    if (name != bundle_room && name != custody_room) return stranger(folder_->path_of(name));
  }
  if (Result<void> ok = check_files(*bundle_, [&](const std::string& name) { return files.in_bundle(name); });
      !ok)
    return ok;
  return check_files(*custody_, [&](const std::string& name) { return files.in_custody(name); });
}

Result<void> UnfinishedFolder::clear(const std::vector<Transcript>& attempts) {
  Result<std::vector<std::string>> keys = custody_->names();
  if (!keys) return std::move(keys).error();
  destroyed_ = std::move(*keys);
  if (Result<void> ok = empty_custody(); !ok) return ok;
  if (Result<void> ok = set_transcript_aside(); !ok) return ok;
  const Result<std::vector<std::string>> kept = aborted_files(), names = bundle_->names();
  if (!kept) return kept.error();
  if (!names) return names.error();
  for (const std::string& name : *names) {
    if (std::find(kept->begin(), kept->end(), name) != kept->end()) continue;
    if (Result<void> ok = bundle_->remove_file(name); !ok) return ok;
  }
  return record(attempts);
}

Result<void> UnfinishedFolder::record(const std::vector<Transcript>& attempts) {
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const std::string name = aborted_name(i + 1);
    const Result<std::size_t> torn = take_torn_line_off(bundle_->path_of(name));
    if (!torn) return torn.error();
    add_keys(attempts[i], aborted_keys_);
    aborted_.push_back({name, attempts[i].script, attempts[i].head(), attempts[i].lines.size(), *torn});
  }
  return {};
}

Result<void> UnfinishedFolder::set_transcript_aside() const {
  struct stat status {};
  if (::lstat(transcript().c_str(), &status) != 0 || status.st_size == 0) return {};  // it said nothing yet
  const Result<std::vector<std::string>> before = aborted_files();
  if (!before) return before.error();
  return bundle_->rename_file(transcript_name(), aborted_name(before->size() + 1));
}

}  // namespace chancery::ceremony
