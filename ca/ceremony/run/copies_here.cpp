#include "ca/ceremony/run/copies_here.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "ca/base/file.h"
#include "ca/ceremony/custody/secret_file.h"
#include "ca/ceremony/run/rehearsal.h"
#include "ca/ceremony/run/unfinished_folder.h"
#include "ca/shares/share_file.h"

namespace chancery::ceremony {
namespace {

constexpr std::size_t key_file_limit = std::size_t{1} << 20U;

// What a place in words, "safe 2, bag 0417", is when it is taken for a path.
bool is_no_path(int number) {
  return number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG;
}

Result<void> check_share(const KeyCopy& copy, const std::string& path, const std::string& text,
                         const crypto::Sha256Digest& key, const std::string& set) {
  const auto fault = [&path](const std::string& what) {
    return make_error(ErrorCode::validation,
                      path + " is to be destroyed as a share, but " + what + "; correct the script");
  };
  const Result<shares::ShareFile> share = shares::read_share_file(text);
  if (!share) return fault("it is none: " + share.error().message);
  if (share->key != key) return fault("it is one of another key");
  if (share->officer != copy.officer)
    return fault("it is the share of " + share->officer + ", and not of " + copy.officer);
  if (!set.empty() && to_hex(share->set) != set) return fault("it is one of another dealing");
  return {};
}

Result<std::string> hash_of(const std::string& path) {
  const Result<std::string> text = read_file(path, key_file_limit);
  if (!text) return text.error();
  return to_hex(crypto::sha256(as_bytes(*text)));
}

Result<bool> is_left(const CopyHere& copy, Rest rest) {
  const Result<bool> wiped = is_wiped(copy.path);
  if (!wiped && wiped.error().code == ErrorCode::not_found) {
    if (rest == Rest::may_be_gone) return false;
    return make_error(ErrorCode::not_found,
                      copy.path +
                          " is not there, and nothing tells that it was destroyed: what was leaves "
                          "zeros. Bring its medium; nothing was destroyed");
  }
  if (Result<void> ok = check_destroyable(copy.path); !ok) return std::move(ok).error();
  if (!wiped) return wiped.error();
  if (*wiped || copy.sha256.empty()) return true;
  const Result<std::string> hash = hash_of(copy.path);
  if (!hash) return hash.error();
  if (*hash == copy.sha256) return true;
  return make_error(ErrorCode::conflict, copy.path +
                                             " is not what is to be destroyed, which has the SHA-256 " +
                                             copy.sha256 + "; nothing was destroyed");
}

std::string text_in(const TranscriptLine& line, std::string_view field) {
  const auto found = line.data.find(field);
  return found == line.data.end() ? "" : std::get<std::string>(found->second);
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

Result<CopyHere> look_at_copy(const KeyCopy& copy, const std::string& path, const crypto::Sha256Digest& key,
                              const std::string& set) {
  if (Result<void> ok = check_destroyable(path); !ok) return std::move(ok).error();
  if (is_bundle(std::filesystem::path(path).parent_path().string())) {
    return make_error(ErrorCode::validation,
                      path +
                          " is of a ceremony's bundle, which is no place for a copy of "
                          "a key and is not destroyed; correct the script");
  }
  if (copy.form == "backup") return CopyHere{path, ""};
  const Result<std::string> text = read_file(path, key_file_limit);
  if (!text) return text.error();
  if (copy.form == "share") {
    if (Result<void> ok = check_share(copy, path, *text, key, set); !ok) return std::move(ok).error();
  }
  return CopyHere{path, to_hex(crypto::sha256(as_bytes(*text)))};
}

Result<void> destroy_copies_here(const std::vector<CopyHere>& copies, Rest rest) {
  std::vector<std::string> left;
  for (const CopyHere& copy : copies) {
    const Result<bool> there = is_left(copy, rest);
    if (!there) return there.error();
    if (*there) left.push_back(copy.path);
  }
  for (const std::string& path : left) {
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
