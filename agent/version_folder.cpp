#include "agent/version_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "ca/base/file_descriptor.h"

namespace chancery::agent {
namespace {

constexpr std::string_view unfinished = ".new-";
constexpr std::size_t longest_serial = 40;  // hex digits of 20 octets

Error refused(const std::string& path, const std::string& why) {
  return make_error(ErrorCode::validation, path + " " + why);
}

Error failed(const std::string& action, const std::string& path, int number = errno) {
  return make_error(ErrorCode::unavailable, "cannot " + action + " " + path + ": " + std::strerror(number) +
                                                "; let the agent's user write there");
}

// A folder that is none of ours is not touched. Errors: not_found too.
Result<FileDescriptor> open_folder(int parent, const std::string& name, const std::string& path) {
  FileDescriptor folder(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (folder.get() < 0) {
    if (errno == ENOENT) return make_error(ErrorCode::not_found, path + " does not exist");
    if (errno != ENOTDIR && errno != ELOOP) return failed("open", path);
    return refused(path,
                   "is a link or a file where the agent keeps a folder of its own; find out who put it "
                   "there and remove it");
  }
  struct stat status {};
  if (::fstat(folder.get(), &status) != 0) return failed("look at", path);
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return refused(path, "belongs to user " + std::to_string(status.st_uid) +
                             ", so the agent deletes nothing in it; give it to root or to the agent's user");
  }
  return folder;
}

Result<FileDescriptor> open_versions(const std::string& directory) {
  Result<FileDescriptor> outer = open_folder(AT_FDCWD, directory, directory);
  if (!outer) return outer;
  return open_folder(outer->get(), "versions", directory + "/versions");
}

Result<std::vector<std::string>> entries(const FileDescriptor& folder, const std::string& path) {
  const int copy = ::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!stream) {
    if (copy >= 0) ::close(copy);
    return failed("read", path);
  }
  std::vector<std::string> names;
  // Of a stream of its own, readdir is safe beside other threads.
  while (const dirent* entry = ::readdir(stream.get())) {  // NOLINT(concurrency-mt-unsafe)
    const std::string name = &entry->d_name[0];
    if (name != "." && name != "..") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> unless_absent(const Error& error) {
  return error.code == ErrorCode::not_found ? Result<void>() : Result<void>(error);
}

}  // namespace

bool is_version_name(std::string_view name) {
  if (name.starts_with(unfinished)) name.remove_prefix(unfinished.size());
  return name.size() >= 2 && name.size() <= longest_serial &&
         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::vector<std::string>> list_versions(const std::string& directory) {
  Result<FileDescriptor> versions = open_versions(directory);
  if (!versions && versions.error().code == ErrorCode::not_found) return std::vector<std::string>();
  if (!versions) return versions.error();
  Result<std::vector<std::string>> names = entries(*versions, directory + "/versions");
  if (names) std::erase_if(*names, [](const std::string& name) { return !is_version_name(name); });
  return names;
}

Result<void> remove_version(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/versions/" + name;
  if (!is_version_name(name)) return refused(path, "is not a version's name; the agent leaves it alone");
  Result<FileDescriptor> versions = open_versions(directory);
  if (!versions) return unless_absent(versions.error());
  Result<FileDescriptor> version = open_folder(versions->get(), name, path);
  if (!version) return unless_absent(version.error());
  Result<std::vector<std::string>> files = entries(*version, path);
  if (!files) return files.error();
  for (const std::string& file : *files) {
    if (::unlinkat(version->get(), file.c_str(), 0) == 0 || errno == ENOENT) continue;
    const int number = errno;
    std::string inner = path;
    inner.append("/").append(file);
    if (number != EISDIR) return failed("remove", inner, number);
    return refused(inner, "is a folder, which the agent never makes; remove it by hand");
  }
  if (::unlinkat(versions->get(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
    return failed("remove", path);
  return {};
}

}  // namespace chancery::agent
