#include "ca/ceremony/run/copies_here.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "ca/base/file.h"
#include "ca/ceremony/custody/secret_file.h"
#include "ca/ceremony/run/rehearsal.h"
#include "ca/ceremony/run/unfinished_folder.h"
#include "ca/crypto/file_digest.h"
#include "ca/shares/share_file.h"

namespace chancery::ceremony {
namespace {

namespace fs = std::filesystem;

// What a place in words, "safe 2, bag 0417", is when it is taken for a path.
bool is_no_path(int number) {
  return number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG;
}

Error no_copy(const std::string& path, const std::string& what) {
  return make_error(ErrorCode::validation,
                    path + " is to be destroyed, but " + what + "; correct the script");
}

// Whatever it is called: a share says itself of which key it is.
Result<void> check_share(const KeyCopy& copy, const std::string& path, const crypto::Sha256Digest& key,
                         const std::string& set) {
  const Result<std::string> text = read_file(path, shares::share_file_limit);
  const Result<shares::ShareFile> share =
      text ? shares::read_share_file(*text) : Result<shares::ShareFile>(text.error());
  if (!share && copy.form != "share") return {};
  if (!share) return no_copy(path, "it is no share: " + share.error().message);
  if (share->key != key) return no_copy(path, "it is a share of another key");
  if (copy.form != "share") return {};
  if (share->officer != copy.officer)
    return no_copy(path, "it is the share of " + share->officer + ", and not of " + copy.officer);
  if (!set.empty() && to_hex(share->set) != set) return no_copy(path, "it is a share of another dealing");
  return {};
}

// The file, and nothing else by another name.
Result<void> check_one_name(const Inputs& inputs, const std::string& where, const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0)
    return make_error(ErrorCode::unavailable, "cannot look at " + path + ": " + std::strerror(errno));
  if (status.st_nlink > 1)
    return no_copy(path, "it is " + std::to_string(status.st_nlink) + " names' file, by hard links");
  fs::path folder = fs::path(where).is_absolute() ? fs::path() : fs::path(inputs.input);
  for (const fs::path& part : fs::path(where).parent_path()) {
    folder /= part;
    std::error_code ignored;
    if (fs::is_symlink(folder, ignored))
      return no_copy(path, folder.string() + " is a link, which leads to " +
                               fs::weakly_canonical(folder, ignored).string());
  }
  return {};
}

Result<std::string> hash_of(const std::string& path) {
  const Result<crypto::Sha256Digest> hash = crypto::sha256_of_file(path, crypto::program_limit);
  return hash ? Result<std::string>(to_hex(*hash)) : Result<std::string>(hash.error());
}

Result<bool> is_left(const CopyHere& copy, Rest rest) {
  const Result<bool> wiped = is_wiped(copy.path);
  if (!wiped && wiped.error().code == ErrorCode::not_found) {
    if (rest == Rest::may_be_gone) return false;
    return make_error(ErrorCode::not_found,
                      copy.path +
                          " is not there, and nothing tells that it was destroyed: what was leaves "
                          "zeros. Bring its medium; nothing more was destroyed");
  }
  if (Result<void> ok = check_destroyable(copy.path); !ok) return std::move(ok).error();
  if (!wiped) return wiped.error();
  if (*wiped || copy.sha256.empty()) return true;
  const Result<std::string> hash = hash_of(copy.path);
  if (!hash) return hash.error();
  if (*hash == copy.sha256) return true;
  return make_error(ErrorCode::conflict, copy.path +
                                             " is not what is to be destroyed, which has the SHA-256 " +
                                             copy.sha256 + "; nothing more was destroyed");
}

}  // namespace

Result<std::string> place_here(const Inputs& inputs, const KeyCopy& copy) {
  if (copy.form == "token") return std::string();
  std::string path = input_path(inputs, copy.where);
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (is_no_path(errno)) return std::string();
    return make_error(ErrorCode::unavailable, "cannot look at " + path + ": " + std::strerror(errno));
  }
  if (S_ISLNK(status.st_mode)) return path;  // whoever is to destroy what it leads to is told so
  if (!S_ISREG(status.st_mode)) return std::string();
  const Result<bool> wiped = is_wiped(path);
  if (!wiped) return wiped.error();
  return *wiped ? std::string() : path;
}

Result<void> check_place(const Inputs& inputs, const KeyCopy& copy) {
  if (copy.form == "token") return {};
  const std::string path = input_path(inputs, copy.where);
  for (const std::string& folder : {inputs.output, inputs.output + ".unfinished"}) {
    if (lies_within(path, folder))
      return no_copy(path, "it lies where this ceremony writes, and what is there is not of the past");
  }
  std::vector<std::string> read{inputs.script.file};
  if (const Authority* authority = authority_of(inputs.script.plan))
    read.push_back(input_path(inputs, authority->certificate));
  for (const TokenCustody& token : tokens_of(inputs.script.plan)) read.push_back(token.module);
  read.push_back(inputs.machine.root + "/proc/self/exe");
  for (const std::string& file : read) {
    std::error_code ignored;
    if (fs::equivalent(path, file, ignored))
      return no_copy(path, "the ceremony itself reads it, and it holds no key");
  }
  return {};
}

Result<CopyHere> look_at_copy(const Inputs& inputs, const KeyCopy& copy, const std::string& path,
                              const crypto::Sha256Digest& key, const std::string& set) {
  if (Result<void> ok = check_destroyable(path); !ok) return std::move(ok).error();
  if (Result<void> ok = check_one_name(inputs, copy.where, path); !ok) return std::move(ok).error();
  if (is_bundle(fs::path(path).parent_path().string()))
    return no_copy(path, "it is of a ceremony's bundle, which is no place for a copy of a key");
  if (Result<void> ok = check_share(copy, path, key, set); !ok) return std::move(ok).error();
  Result<std::string> hash = hash_of(path);
  if (!hash) return std::move(hash).error();
  return CopyHere{path, std::move(*hash)};
}

Result<std::vector<std::string>> left_of(const std::vector<CopyHere>& copies, Rest rest) {
  std::vector<std::string> left;
  for (const CopyHere& copy : copies) {
    const Result<bool> there = is_left(copy, rest);
    if (!there) return there.error();
    if (*there) left.push_back(copy.path);
  }
  return left;
}

Result<void> destroy_copies_here(const std::vector<CopyHere>& copies, Rest rest) {
  const Result<std::vector<std::string>> left = left_of(copies, rest);
  if (!left) return left.error();
  for (const std::string& path : *left) {
    if (Result<void> gone = rest == Rest::may_be_gone ? destroy_file(path) : wipe_file(path); !gone)
      return gone;
  }
  return {};
}

std::vector<CopyHere> copies_here_in(const Inputs& inputs, const Transcript& transcript) {
  const std::vector<KeyCopy>& copies = copies_of(inputs.script.plan).copies;
  std::vector<CopyHere> here;
  std::size_t number = 0;
  for (const TranscriptLine& line : transcript.lines) {
    if (line.event != "key.destroyed" || number == copies.size()) continue;
    const KeyCopy& copy = copies.at(number++);
    if (copy.form == "token" || !text_in(line, "copy").ends_with(by_program)) continue;
    here.push_back({input_path(inputs, copy.where), text_in(line, "sha256")});
  }
  return here;
}

}  // namespace chancery::ceremony
