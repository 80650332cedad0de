#include <algorithm>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "ca/ceremony/preflight/kernel_file.h"
#include "ca/crypto/file_digest.h"

namespace chancery::ceremony {
namespace {

constexpr std::string_view no_libraries = "none: the program is whole in itself";
constexpr std::size_t hex_digest = 64;

constexpr std::string_view removed = " (deleted)";  // proc_pid_maps(5)

// The file of which a line shows a part that may be run; "" = none.
std::string file_with_code(const std::string& line) {
  std::istringstream stream(line);
  std::string addresses, permissions, offset, device, inode, path;
  stream >> addresses >> permissions >> offset >> device >> inode >> std::ws;
  std::getline(stream, path);
  const bool code = permissions.find('x') != std::string::npos;
  return code && path.starts_with('/') ? path : "";
}

std::vector<std::string> files_with_code(const std::vector<std::string>& maps, const std::string& program) {
  std::vector<std::string> files;
  for (const std::string& line : maps) {
    const std::string path = file_with_code(line);
    if (!path.empty() && path != program) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

std::string listed(std::span<const HashedModule> files) {
  std::string text;
  for (const HashedModule& file : files)
    text += (text.empty() ? "" : "; ") + file.path + ": sha256 " + file.sha256;
  return text;
}

Result<std::vector<HashedModule>> hash_all(std::span<const std::string> paths) {
  std::vector<HashedModule> hashed;
  for (const std::string& path : paths) {
    if (path.ends_with(removed))
      return make_error(ErrorCode::conflict, path + ": it was removed or replaced after it was loaded");
    Result<crypto::Sha256Digest> hash = crypto::sha256_of_file(path, crypto::program_limit);
    if (!hash) return with_context(std::move(hash).error(), "a library that is loaded");
    hashed.push_back({path, to_hex(*hash)});
  }
  return hashed;
}

}  // namespace

std::string pin_fault(std::span<const HashedModule> loaded, std::span<const HashedModule> pinned) {
  if (pinned.empty()) return "";
  for (const HashedModule& file : loaded) {
    const std::string name = std::filesystem::path(file.path).filename().string();
    const auto pin =
        std::find_if(pinned.begin(), pinned.end(), [&](const HashedModule& one) { return one.path == name; });
    const std::string said = file.path + " has sha256 " + file.sha256;
    if (pin == pinned.end()) return said + ", and preflight.libraries does not name it";
    if (pin->sha256 != file.sha256) return said + ", where preflight.libraries says " + pin->sha256;
  }
  return "";
}

Result<std::vector<HashedModule>> libraries_in(std::string_view seen) {
  constexpr std::string_view between = "; ", hash = ": sha256 ";
  std::vector<HashedModule> files;
  if (seen == no_libraries) return files;
  while (!seen.empty()) {
    const std::size_t at = seen.find(hash), digest = at + hash.size();
    if (at == std::string_view::npos || seen.size() < digest + hex_digest)
      return make_error(ErrorCode::validation, "it does not list libraries with their hashes");
    files.push_back({std::string(seen.substr(0, at)), std::string(seen.substr(digest, hex_digest))});
    seen.remove_prefix(digest + hex_digest);
    if (!seen.empty() && !seen.starts_with(between))
      return make_error(ErrorCode::validation, "it does not list libraries with their hashes");
    seen.remove_prefix(std::min(seen.size(), between.size()));
  }
  return files;
}

Evidence check_libraries(const Machine& machine, std::span<const HashedModule> pinned) {
  const std::string check = "libraries";
  const Result<std::vector<std::string>> maps = read_kernel_lines(machine, "/proc/self/maps");
  if (!maps) return {check, false, maps.error().message};
  std::error_code ignored;
  const std::filesystem::path program =
      std::filesystem::read_symlink(machine.root + "/proc/self/exe", ignored);
  const std::vector<std::string> files = files_with_code(*maps, program.string());
  if (files.empty()) return {check, true, std::string(no_libraries)};
  const Result<std::vector<HashedModule>> hashed = hash_all(files);
  if (!hashed) return {check, false, hashed.error().message};
  const std::string fault = pin_fault(*hashed, pinned);
  return {check, fault.empty(), fault.empty() ? listed(*hashed) : fault};
}

std::string described(std::span<const HashedModule> hashed) {
  return hashed.empty() ? "none: no token is used" : listed(hashed);
}

Evidence check_token_modules(std::span<const std::string> paths, std::vector<HashedModule>& hashed) {
  const std::string check = "token_module";
  for (const std::string& path : paths) {
    const Result<crypto::Sha256Digest> hash = crypto::sha256_of_file(path, crypto::program_limit);
    if (!hash) return {check, false, hash.error().message};
    hashed.push_back({path, to_hex(*hash)});
  }
  return {check, true, described(hashed)};
}

}  // namespace chancery::ceremony
