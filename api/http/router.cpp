#include "api/http/router.h"

#include <algorithm>

#include "api/http/limits.h"

namespace chancery::http {
namespace {

constexpr std::size_t segment_limit = 8;

bool is_parameter(std::string_view segment) {
  return !segment.empty() && segment.front() == '{';
}

// Empty for a path that cannot match anything.
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.empty() || path.front() != '/') return {};
  path.remove_prefix(1);
  for (;;) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment.empty() || segments.size() == segment_limit) return {};
    segments.push_back(segment);
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool takes_the_rest(std::string_view segment) {
  return is_parameter(segment) && segment.ends_with("...}");
}

bool fits(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& path) {
  if (takes_the_rest(pattern.back()) && path.size() > pattern.size()) {
    return std::equal(pattern.begin(), pattern.end(), path.begin(),
                      [](std::string_view p, std::string_view s) { return is_parameter(p) || p == s; });
  }
  return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                    [](std::string_view p, std::string_view s) { return is_parameter(p) || p == s; });
}

std::size_t parameter_count(const std::vector<std::string_view>& segments) {
  return static_cast<std::size_t>(std::count_if(segments.begin(), segments.end(), is_parameter));
}

void add_allowed(std::string& allow, Method method) {
  const std::string_view name = to_string(method);
  if (allow.find(name) != std::string::npos) return;
  if (!allow.empty()) allow += ", ";
  allow += name;
  if (method == Method::get) allow += ", HEAD";
}

}  // namespace

Router::Router(const std::vector<Entry>& entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    routes_.push_back({entries[i].method, split(entries[i].pattern), i});
  }
  std::stable_sort(routes_.begin(), routes_.end(), [](const Compiled& a, const Compiled& b) {
    return parameter_count(a.segments) < parameter_count(b.segments);
  });
}

Router::Match Router::match(Method method, std::string_view path) const {
  Match result;
  if (path.size() > limits::path_bytes) return result;
  const auto segments = split(path);
  if (segments.empty()) return result;
  const Method wanted = method == Method::head ? Method::get : method;
  for (const Compiled& route : routes_) {
    if (!fits(route.segments, segments)) continue;
    if (route.method != wanted) {
      add_allowed(result.allow, route.method);
      continue;
    }
    for (std::size_t i = 0; i < segments.size(); ++i) {
      const bool rest = i >= route.segments.size();  // of a parameter that takes several
      if (!rest && !is_parameter(route.segments[i])) continue;
      std::string value;
      if (!percent_decode(segments[i], value)) return {};
      if (rest) {
        result.parameters.back() += "/" + value;
      } else {
        result.parameters.push_back(std::move(value));
      }
    }
    result.entry = route.index;
    result.allow.clear();
    return result;
  }
  return result;
}

}  // namespace chancery::http
