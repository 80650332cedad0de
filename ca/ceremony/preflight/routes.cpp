#include "ca/ceremony/preflight/kernel_file.h"

namespace chancery::ceremony {
namespace {

Evidence evidence(bool passed, std::string seen) {
  return {"routes", passed, std::move(seen)};
}

// Column 0 of /proc/net/route after its heading; the last column of /proc/net/ipv6_route.
std::vector<std::string> ways_out(const std::vector<std::string>& lines, bool ipv6) {
  std::vector<std::string> interfaces;
  for (std::size_t i = ipv6 ? 0 : 1; i < lines.size(); ++i) {
    const std::vector<std::string> words = words_of(lines[i]);
    const std::string name = words.empty() ? "?" : ipv6 ? words.back() : words.front();
    if (name != "lo") interfaces.push_back(name);
  }
  return interfaces;
}

}  // namespace

Evidence check_routes(const Machine& machine) {
  const Result<std::vector<std::string>> ipv4 = read_kernel_lines(machine, "/proc/net/route");
  if (!ipv4) return evidence(false, ipv4.error().message);
  const Result<std::vector<std::string>> ipv6 = read_kernel_lines(machine, "/proc/net/ipv6_route");
  if (!ipv6 && ipv6.error().code != ErrorCode::not_found) return evidence(false, ipv6.error().message);
  std::vector<std::string> found = ways_out(*ipv4, false);
  if (ipv6) {
    for (std::string& name : ways_out(*ipv6, true)) found.push_back(std::move(name));
  }
  if (found.empty()) {
    return evidence(true, std::string("no IPv4 route, ") + (ipv6 ? "no IPv6 route but on lo" : "no IPv6"));
  }
  return evidence(false, std::to_string(found.size()) + " routes, the first by " + found.front() +
                             "; take the interface down");
}

}  // namespace chancery::ceremony
