#include <algorithm>
#include <array>

#include "ca/authority/authority.h"
#include "ca/authority/events.h"

namespace chancery::authority {
namespace {

// RFC 5280 5.3.1 without certificateHold (6), the unused 7 and removeFromCRL (8).
constexpr std::array<int, 8> allowed_reasons{0, 1, 2, 3, 4, 5, 9, 10};

}  // namespace

Result<void> Authority::revoke(const std::string& serial, int reason, const Identity& actor,
                               const RequestId& request_id) {
  if (std::find(allowed_reasons.begin(), allowed_reasons.end(), reason) == allowed_reasons.end()) {
    return make_error(ErrorCode::validation,
                      "revocation reason " + std::to_string(reason) +
                          " is not offered; use keyCompromise, superseded, cessationOfOperation, ...");
  }
  const TimePoint now = clock_.now();
  return store_.revoke(serial, now, reason, certificate_revoked(serial, reason, request_id, actor, now),
                       revoked_event(serial, reason, now));
}

}  // namespace chancery::authority
