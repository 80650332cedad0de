#include "ca/ceremony/run/unfinished_folder.h"

#include <fcntl.h>
#include <stdio.h>  // renameat2
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "ca/base/file.h"
#include "ca/ceremony/custody/secret_file.h"
#include "ca/ceremony/transcript/transcript.h"

namespace chancery::ceremony {
namespace {

namespace fs = std::filesystem;

constexpr mode_t private_folder = 0700;
constexpr std::string_view aborted_prefix = "aborted-", aborted_suffix = ".jsonl";

Error system_error(const std::string& action, const std::string& path, int number) {
  return make_error(ErrorCode::unavailable, "cannot " + action + " " + path + ": " + std::strerror(number));
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::string parent_of(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

std::string last_step(const Transcript& transcript) {
  std::string name = "its beginning";
  for (const TranscriptLine& line : transcript.lines) {
    if (line.event == "step.begin") name = "step \"" + std::get<std::string>(line.data.at("name")) + "\"";
  }
  return name;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    names.push_back(it->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

Error in_the_way(const UnfinishedFolder& folder) {
  const std::string &path = folder.path(), transcript_file = folder.transcript();
  const std::vector<std::string> keys = names_in(path + "/custody");
  if (!keys.empty() && (exists(folder.void_signature()) || exists(folder.signature()))) {
    return make_error(
        ErrorCode::conflict,
        path + " is there, and what happened in it was signed. Its shares or keys (" + list_of(keys) +
            ") may be the only ones: keep it under witness, and run the same command with --resume");
  }
  const std::string lying = keys.empty() ? ""
                                         : ". Shares or keys of that attempt lie in " + path + "/custody (" +
                                               list_of(keys) + "); --resume destroys them";
  const Result<Transcript> transcript = read_unfinished_transcript(transcript_file);
  const std::string reached = transcript ? " ended in " + last_step(*transcript) : " ended early";
  return make_error(ErrorCode::conflict,
                    path + " is there: an attempt that" + reached +
                        ". Run the same command with --resume to record it as aborted and begin again" +
                        lying);
}

Result<void> remove_but(const std::string& folder, const std::vector<std::string>& kept) {
  std::error_code error;
  std::vector<fs::path> doomed;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (std::find(kept.begin(), kept.end(), it->path().filename().string()) == kept.end()) {
      doomed.push_back(it->path());
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return system_error("look into", folder, error.value());
  }
  for (const fs::path& path : doomed) {
    if (fs::remove_all(path, error); error) return system_error("remove", path.string(), error.value());
  }
  return {};
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

// Never over anything; errno is EEXIST where something is there. Media behind FUSE know no such rename: there
// the last look is ours, and all that rename(2) of a folder could replace meanwhile is an empty folder.
bool rename_folder(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL) return false;
  if (exists(to)) {
    errno = EEXIST;
    return false;
  }
  return ::rename(from.c_str(), to.c_str()) == 0;
}

Result<void> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), private_folder) == 0 || errno == EEXIST) return {};
  return system_error("create", path, errno);
}

}  // namespace

Result<UnfinishedFolder> UnfinishedFolder::create(const std::string& output, bool resume,
                                                  const std::string& prefix) {
  UnfinishedFolder folder(without_slashes(output), prefix);
  const std::string parent = parent_of(folder.output_);
  if (!exists(parent)) {
    return make_error(ErrorCode::not_found, "the folder " + parent + " does not exist; create it first");
  }
  if (exists(folder.output_)) {
    return make_error(ErrorCode::conflict,
                      folder.output_ +
                          " exists already, and a ceremony never overwrites; name a folder "
                          "that does not exist yet");
  }
  const bool begun = exists(folder.path_);
  if (begun && !resume) return in_the_way(folder);
  if (!begun && resume) {
    return make_error(ErrorCode::not_found, "there is no " + folder.path_ + " to resume; leave --resume out");
  }
  Result<void> ok = begun ? folder.clear() : folder.make_folders();
  if (ok) ok = check_private(folder.custody());  // the medium may know no modes
  folder.begun_before_ = begun;
  if (!ok) {
    folder.discard();
    return std::move(ok).error();
  }
  return folder;
}

UnfinishedFolder UnfinishedFolder::as_it_lies(const std::string& output, const std::string& prefix) {
  return {without_slashes(output), prefix};
}

void UnfinishedFolder::discard() const {
  std::error_code ignored;
  if (!begun_before_) fs::remove_all(path_, ignored);
}

Result<void> UnfinishedFolder::make_folders() const {
  for (const std::string& path : {path_, path_ + "/bundle", path_ + "/custody"}) {
    if (Result<void> ok = make_folder(path); !ok) return ok;
  }
  if (Result<void> ok = sync_directory(path_); !ok) return ok;
  return sync_directory(parent_of(path_));
}

// In the order of their numbers.
std::vector<std::string> UnfinishedFolder::aborted_files() const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(path_ + "/bundle", error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(prefix_ + std::string(aborted_prefix)) && name.ends_with(aborted_suffix))
      names.push_back(name);
  }
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return names;
}

Result<void> UnfinishedFolder::clear() {
  destroyed_ = names_in(custody());
  if (Result<void> ok = empty_custody(); !ok) return ok;
  if (Result<void> ok = set_transcript_aside(); !ok) return ok;
  const std::vector<std::string> kept = aborted_files();
  if (Result<void> ok = remove_but(path_ + "/bundle", kept); !ok) return ok;
  for (const std::string& name : kept) {
    const std::string path = path_ + "/bundle/" + name;
    const Result<Transcript> transcript = read_unfinished_transcript(path);
    if (!transcript) return transcript.error();
    const Result<std::size_t> torn = take_torn_line_off(path);
    if (!torn) return torn.error();
    add_keys(*transcript, aborted_keys_);
    aborted_.push_back({name, transcript->head(), transcript->lines.size(), *torn});
  }
  return make_folders();
}

Result<void> UnfinishedFolder::empty_custody() const {
  for (const std::string& name : names_in(custody())) {
    const std::string path = custody() + "/" + name;
    std::error_code ignored;
    if (!fs::is_regular_file(fs::symlink_status(path, ignored))) continue;
    if (Result<void> ok = destroy_file(path); !ok) return ok;
  }
  return remove_but(custody(), {});
}

Result<void> UnfinishedFolder::set_transcript_aside() {
  const std::string transcript = this->transcript();
  struct stat status {};
  if (::lstat(transcript.c_str(), &status) != 0 || status.st_size == 0) return {};  // it said nothing yet
  if (const Result<Transcript> readable = read_unfinished_transcript(transcript); !readable) {
    return with_context(readable.error(),
                        "the unfinished attempt cannot be resumed; move " + path_ + " away");
  }
  const std::size_t number = aborted_files().size() + 1;
  const std::string name =
      prefix_ + std::string(aborted_prefix) + std::to_string(number) + std::string(aborted_suffix);
  if (::rename(transcript.c_str(), (path_ + "/bundle/" + name).c_str()) != 0) {
    return system_error("rename", transcript, errno);
  }
  return sync_directory(path_ + "/bundle");
}

Result<void> UnfinishedFolder::validate_signature() const {
  if (::rename(void_signature().c_str(), signature().c_str()) != 0)
    return system_error("rename", void_signature(), errno);
  return sync_directory(path_ + "/bundle");
}

Result<void> UnfinishedFolder::invalidate_signature() const {
  if (::rename(signature().c_str(), void_signature().c_str()) != 0) {
    if (errno == ENOENT) return {};
    return system_error("rename", signature(), errno);
  }
  return sync_directory(path_ + "/bundle");
}

Result<void> UnfinishedFolder::finish() {
  for (const std::string& folder : {path_ + "/bundle", custody(), path_}) {
    if (Result<void> ok = sync_directory(folder); !ok) return ok;
  }
  if (!rename_folder(path_, output_)) {
    if (errno == EEXIST) {
      return make_error(ErrorCode::conflict, output_ + " has come to be meanwhile; nothing was overwritten");
    }
    return system_error("rename", path_, errno);
  }
  finished_ = true;
  return sync_directory(parent_of(output_));
}

}  // namespace chancery::ceremony
