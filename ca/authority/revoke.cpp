#include <algorithm>
#include <array>

#include "ca/authority/authority.h"
#include "ca/authority/events.h"

namespace chancery::authority {
namespace {

// RFC 5280 5.3.1 without certificateHold (6), the unused 7 and removeFromCRL (8).
constexpr std::array<int, 8> allowed_reasons{0, 1, 2, 3, 4, 5, 9, 10};

constexpr std::size_t most_shown = 100;

Result<void> check_reason(int reason) {
  if (std::find(allowed_reasons.begin(), allowed_reasons.end(), reason) != allowed_reasons.end()) return {};
  return make_error(ErrorCode::validation,
                    "revocation reason " + std::to_string(reason) +
                        " is not offered; use keyCompromise, superseded, cessationOfOperation, ...");
}

}  // namespace

Result<Revoked> Authority::revoke(const std::string& serial, int reason, const Identity& actor,
                                  const RequestId& request_id) {
  if (Result<void> ok = check_reason(reason); !ok) return std::move(ok).error();
  const TimePoint now = clock_.now();
  Result<void> done =
      store_.revoke(serial, now, reason, certificate_revoked(serial, reason, request_id, actor, now),
                    revoked_event(serial, reason, now));
  if (!done) return std::move(done).error();
  Revoked revoked{{serial}, {}};
  // It is revoked whether these can be told or not.
  revoked.descendants = store_.find_descendants(serial, now).value_or(std::vector<std::string>());
  if (revoked.descendants.size() > most_shown) revoked.descendants.resize(most_shown);
  return revoked;
}

Result<Revoked> Authority::revoke_lineage(const std::string& serial, int reason, const Identity& actor,
                                          const RequestId& request_id) {
  if (Result<void> ok = check_reason(reason); !ok) return std::move(ok).error();
  const TimePoint now = clock_.now();
  Result<std::vector<std::string>> serials =
      store_.revoke_lineage(serial, now, reason, [&](const std::string& each) {
        return store::RevocationNotice{certificate_revoked(each, reason, request_id, actor, now),
                                       revoked_event(each, reason, now)};
      });
  if (!serials) return std::move(serials).error();
  return Revoked{std::move(*serials), {}};
}

}  // namespace chancery::authority
