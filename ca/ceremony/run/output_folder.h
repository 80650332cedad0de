// The output folder of a ceremony: all of its files come to be, or none.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/result.h"

namespace chancery::ceremony {

// `name` inside `folder`; an absolute `name` stands for itself.
std::string path_in(const std::string& folder, const std::string& name);

// The folder is there, may be written to, and holds none of `names`. Changes nothing.
// Errors: not_found, conflict (a name is taken), unavailable (not a folder, not writable).
Result<void> check_output_folder(const std::string& folder, const std::vector<std::string>& names);

// Files written so far. Those not kept are removed again by the destructor, and only those: never a file that
// was there before. Not thread-safe.
class NewFiles {
 public:
  explicit NewFiles(std::string folder) : folder_(std::move(folder)) {}
  ~NewFiles();
  NewFiles(const NewFiles&) = delete;
  NewFiles& operator=(const NewFiles&) = delete;

  // Errors: those of write_new_file.
  Result<void> write(const std::string& name, ByteView content, mode_t mode);
  // From here on the files stay.
  void keep();
  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

 private:
  std::string folder_;
  std::vector<std::string> paths_;
  bool kept_ = false;
};

}  // namespace chancery::ceremony
