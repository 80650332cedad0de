// Which route a request means. Plain comparison of path segments: no regular expression ever sees a path.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/request.h"

namespace chancery::http {

// Immutable, thread-safe.
class Router {
 public:
  struct Entry {
    Method method = Method::get;
    // "/v1/certificates/{serial}/renewal"; a last parameter "{path...}" takes all segments that are left.
    // Must outlive the router.
    std::string_view pattern;
  };

  explicit Router(const std::vector<Entry>& entries);

  struct Match {
    std::optional<std::size_t> entry;     // index into the entries
    std::vector<std::string> parameters;  // decoded
    std::string allow;                    // with no entry: the methods this path does take; "" = no such path
  };

  // A GET entry takes HEAD too. Literal segments win over parameters. A parameter is never empty; a trailing
  // slash, "//" and paths over limits::path_bytes match nothing.
  [[nodiscard]] Match match(Method method, std::string_view path) const;

 private:
  struct Compiled {
    Method method;
    std::vector<std::string_view> segments;  // "{...}" = parameter
    std::size_t index;
  };
  std::vector<Compiled> routes_;  // literal ones first
};

}  // namespace chancery::http
