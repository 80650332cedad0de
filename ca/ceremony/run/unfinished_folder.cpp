#include "ca/ceremony/run/unfinished_folder.h"

#include <fcntl.h>
#include <stdio.h>  // renameat2
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "ca/base/file.h"
#include "ca/ceremony/run/rehearsal.h"

namespace chancery::ceremony {
namespace {

namespace fs = std::filesystem;

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

// A file too many spoils a bundle.
Result<void> check_outside_bundles(const std::string& output, const std::string& parent) {
  std::error_code error;
  fs::path folder = fs::canonical(parent, error);
  if (error) return system_error("find", parent, error.value());
  for (;; folder = folder.parent_path()) {
    if (is_bundle(folder.string())) {
      return make_error(ErrorCode::conflict, output + " would lie in " + folder.string() +
                                                 ", the bundle of another ceremony, and spoil it; name a "
                                                 "folder elsewhere");
    }
    if (folder == folder.parent_path()) return {};
  }
}

Result<void> check_place(const std::string& output) {
  const std::string parent = parent_of(output);
  if (!exists(parent)) {
    return make_error(ErrorCode::not_found, "the folder " + parent + " does not exist; create it first");
  }
  if (exists(output)) {
    return make_error(ErrorCode::conflict,
                      output +
                          " exists already, and a ceremony never overwrites; name a folder "
                          "that does not exist yet");
  }
  return check_outside_bundles(output, parent);
}

std::string last_step(const Transcript& transcript) {
  std::string name = "its beginning";
  for (const TranscriptLine& line : transcript.lines) {
    if (line.event == "step.begin") name = "step \"" + std::get<std::string>(line.data.at("name")) + "\"";
  }
  return name;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
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

}  // namespace

bool is_bundle(const std::string& folder) {
  for (const std::string& prefix : {std::string(), std::string(rehearsal_mark)}) {
    for (const char* const name : {"transcript.jsonl", "transcript.sig"}) {
      if (exists((fs::path(folder) / (prefix + name)).string())) return true;
    }
  }
  return false;
}

Result<UnfinishedFolder> UnfinishedFolder::create(const std::string& output, bool resume,
                                                  const std::string& prefix, const Script& script,
                                                  const AttemptsCheck& check) {
  UnfinishedFolder folder(without_slashes(output), prefix);
  Result<void> ok = check_place(folder.output_);
  if (ok && !resume) ok = check({});
  if (ok) ok = resume ? folder.take_up(script, check) : folder.begin();
  if (!ok) return std::move(ok).error();
  return folder;
}

Result<std::optional<UnfinishedFolder>> UnfinishedFolder::as_it_lies(const std::string& output,
                                                                     const std::string& prefix) {
  UnfinishedFolder folder(without_slashes(output), prefix);
  if (!exists(folder.signature()) && !folder.is_void()) return std::optional<UnfinishedFolder>();
  if (Result<void> ok = folder.open_begun(); !ok) return std::move(ok).error();
  return std::optional<UnfinishedFolder>(std::move(folder));
}

bool UnfinishedFolder::is_void() const {
  return exists(void_signature());
}

Result<void> UnfinishedFolder::begin() {
  Result<PrivateFolder> made = PrivateFolder::make(path_);
  if (!made) return made.error().code == ErrorCode::conflict ? in_the_way() : std::move(made).error();
  // Whoever is quicker with --resume has it.
  if (Result<void> ok = made->lock(); !ok) return ok;
  folder_.emplace(std::move(*made));
  Result<void> ok = open_rooms();
  if (ok) ok = folder_->sync();
  if (ok) ok = sync_directory(parent_of(path_));
  if (!ok) discard();
  return ok;
}

// Where an attempt was begun before, a crash may have come between the folders.
Result<void> UnfinishedFolder::open_room(std::string_view room, PrivateFolder::Deny deny,
                                         std::optional<PrivateFolder>& opened) {
  const std::string name(room);
  const bool there = begun_before_ && folder_->has(name);
  Result<PrivateFolder> folder = there ? folder_->open_in(name, deny) : folder_->make_in(name, deny);
  if (!folder) return std::move(folder).error();
  opened.emplace(std::move(*folder));
  return {};
}

Result<void> UnfinishedFolder::open_rooms() {
  if (Result<void> ok = open_room(bundle_room, PrivateFolder::Deny::writing, bundle_); !ok) return ok;
  return open_room(custody_room, PrivateFolder::Deny::everything, custody_);
}

void UnfinishedFolder::discard() const {
  if (begun_before_ || !folder_) return;
  for (const auto* room : {&bundle_, &custody_}) {
    if (!*room) continue;
    const Result<std::vector<std::string>> names = (*room)->names();
    for (const std::string& name : names ? *names : std::vector<std::string>{})
      static_cast<void>((*room)->remove_file(name));
  }
  for (const std::string_view room : {bundle_room, custody_room})
    static_cast<void>(folder_->remove_folder(std::string(room)));
  if (folder_->is_at_its_path()) ::rmdir(path_.c_str());
}

Result<void> UnfinishedFolder::empty_custody() const {
  const Result<std::vector<std::string>> names = custody_->names();
  if (!names) return names.error();
  Result<void> all;
  for (const std::string& name : *names) {
    if (Result<void> gone = custody_->destroy_file(name); !gone && all) all = std::move(gone);
  }
  return all;
}

Result<void> UnfinishedFolder::validate_signature() const {
  const std::string name = signature_name();
  return bundle_->rename_file(name + std::string(void_suffix), name);
}

Result<void> UnfinishedFolder::invalidate_signature() const {
  const std::string name = signature_name();
  return bundle_->has(name) ? bundle_->rename_file(name, name + std::string(void_suffix)) : Result<void>();
}

Result<void> UnfinishedFolder::finish() {
  for (const auto* folder : {&bundle_, &custody_, &folder_}) {
    if (Result<void> ok = (*folder)->sync(); !ok) return ok;
  }
  if (!folder_->is_at_its_path()) {
    return make_error(ErrorCode::conflict,
                      "another folder than this ceremony's is at " + path_ + " now; it was left alone");
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

// Only told: a fresh attempt takes nothing up.
Error UnfinishedFolder::in_the_way() const {
  const Result<PrivateFolder> folder = PrivateFolder::open(path_);
  if (!folder) return folder.error();
  if (Result<void> ok = folder->lock(); !ok) return std::move(ok).error();
  const Result<PrivateFolder> custody =
      folder->open_in(std::string(custody_room), PrivateFolder::Deny::everything);
  const Result<std::vector<std::string>> keys =
      custody ? custody->names() : Result<std::vector<std::string>>(std::vector<std::string>{});
  if (keys && !keys->empty() && (is_void() || exists(signature()))) {
    return make_error(
        ErrorCode::conflict,
        path_ + " is there, and what happened in it was signed. Its shares or keys (" + list_of(*keys) +
            ") may be the only ones: keep it under witness, and run the same command with --resume");
  }
  const std::string lying = !keys || keys->empty()
                                ? ""
                                : ". Shares or keys of that attempt lie in " + custody->path() + " (" +
                                      list_of(*keys) + "); --resume destroys them";
  const Result<Transcript> transcript = read_unfinished_transcript(this->transcript());
  const std::string reached = transcript ? " ended in " + last_step(*transcript) : " ended early";
  return make_error(ErrorCode::conflict,
                    path_ + " is there: an attempt that" + reached +
                        ". Run the same command with --resume to record it as aborted and begin again" +
                        lying);
}

}  // namespace chancery::ceremony
