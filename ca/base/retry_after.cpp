#include "ca/base/retry_after.h"

#include <algorithm>
#include <string>

namespace chancery {

ErrorDetail retry_after(TimePoint now, TimePoint at) {
  const Seconds left = std::max(at - now, Seconds(1));
  const std::string seconds = std::to_string(left.count());
  return {std::string(retry_after_rule), "", seconds,
          "it may be asked for in " + seconds + " seconds, at " + to_rfc3339(now + left)};
}

}  // namespace chancery
