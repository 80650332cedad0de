// A folder that only its owner can change, held by its descriptor.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "ca/base/file_descriptor.h"
#include "ca/base/result.h"

namespace chancery::ceremony {

// What is done in it is done to this very folder, wherever its path leads by then, and no symbolic link is
// followed. Messages name `path()` and what to do. Not thread-safe.
class PrivateFolder {
 public:
  // What its mode must deny group and others.
  enum class Deny : mode_t { writing = 022, everything = 077 };

  // A new one, mode 0700. Errors: conflict (something has that name), forbidden (its medium gives it another
  // mode), unavailable.
  static Result<PrivateFolder> make(const std::string& path);
  // Errors: not_found, forbidden (a link or a file, the folder of another user, or a mode that lets others
  // in), unavailable.
  static Result<PrivateFolder> open(const std::string& path);
  // The same of a folder in this one.
  [[nodiscard]] Result<PrivateFolder> make_in(const std::string& name, Deny deny) const;
  [[nodiscard]] Result<PrivateFolder> open_in(const std::string& name, Deny deny) const;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path_of(const std::string& name) const { return path_ + "/" + name; }
  // Nobody else works in it, until this object goes. Errors: conflict (somebody does).
  [[nodiscard]] Result<void> lock() const;
  // Its path leads to it.
  [[nodiscard]] bool is_at_its_path() const;

  // Sorted. Errors: unavailable.
  [[nodiscard]] Result<std::vector<std::string>> names() const;
  [[nodiscard]] bool has(const std::string& name) const;
  // A regular file of this user that has no second name. Errors: forbidden, unavailable.
  [[nodiscard]] Result<void> check_file(const std::string& name) const;
  // Errors of all: not_found, unavailable.
  [[nodiscard]] Result<void> remove_file(const std::string& name) const;
  [[nodiscard]] Result<void> remove_folder(const std::string& name) const;  // an empty one
  [[nodiscard]] Result<void> destroy_file(const std::string& name) const;   // as secret_file.h
  [[nodiscard]] Result<void> rename_file(const std::string& from, const std::string& to) const;
  [[nodiscard]] Result<void> sync() const;  // names survive a power cut

 private:
  PrivateFolder(FileDescriptor folder, std::string path)
      : folder_(std::move(folder)), path_(std::move(path)) {}
  static Result<PrivateFolder> make_at(int where, const std::string& name, const std::string& path,
                                       Deny deny);
  static Result<PrivateFolder> open_at(int where, const std::string& name, const std::string& path,
                                       Deny deny);

  FileDescriptor folder_;
  std::string path_;
};

}  // namespace chancery::ceremony
