#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "ca/ceremony/preflight/kernel_file.h"

namespace chancery::ceremony {
namespace {

namespace fs = std::filesystem;
constexpr unsigned iff_up = 0x1;  // netdevice(7)

// "0x1003\n"
std::optional<unsigned> parse_flags(const std::string& text) {
  if (!text.starts_with("0x")) return std::nullopt;
  unsigned flags = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), flags, 16);
  if (error != std::errc() || end == text.data() + 2) return std::nullopt;
  return flags;
}

Evidence evidence(bool passed, std::string seen) {
  return {"interfaces", passed, std::move(seen)};
}

}  // namespace

Evidence check_interfaces(const Machine& machine) {
  const std::string folder = "/sys/class/net";
  std::error_code error;
  std::vector<std::string> names, up;
  for (fs::directory_iterator it(machine.root + folder, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    if (fs::is_directory(it->path(), ignored)) names.push_back(it->path().filename().string());
  }
  if (error) return evidence(false, "cannot look into " + folder + ": " + error.message());
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const Result<std::string> text = read_kernel_file(machine, (fs::path(folder) / name / "flags").string());
    const std::optional<unsigned> flags = text ? parse_flags(*text) : std::nullopt;
    if (!flags) return evidence(false, "cannot tell whether interface " + name + " is up");
    if ((*flags & iff_up) != 0 && name != "lo") up.push_back(name);
  }
  if (up.empty()) return evidence(true, std::to_string(names.size()) + " interfaces, none up but lo");
  std::string list;
  for (const std::string& name : up) list += (list.empty() ? "" : ", ") + name;
  return evidence(false,
                  "up: " + list + "; unplug it and take it down (ip link set " + up.front() + " down)");
}

}  // namespace chancery::ceremony
