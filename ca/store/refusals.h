// Limits and refusals that every implementation shares, so that they say the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ca/base/result.h"
#include "ca/store/records.h"
#include "ca/store/request_records.h"

namespace chancery::store {

// A place among the open requests: when it is wanted, and when the first of the others expires (nullopt =
// none is open).
struct PlaceWanted {
  TimePoint now;
  std::optional<TimePoint> first_expiry;
};

inline constexpr int list_limit = 1000;   // rows of one certificate page
inline constexpr int read_limit = 10000;  // audit entries or outbox events of one reading

Result<void> check_limit(int limit, int largest);
// Of Store::read_log_tile.
Result<void> check_tile(int level, std::int64_t number, int width);

Error serial_known(const std::string& serial);
Error idempotency_key_taken();
Error request_open();      // the same one, whose answer is being made
Error request_answered();  // the same one
Error request_waits();     // the same one, for approval
Error no_open_intent(const std::string& serial);
Error other_intent(const std::string& serial);
Error revoked_meanwhile(const std::string& serial);
Error key_of_another();
Error key_not_fresh();
Error key_compromised();
Error not_authorised(const std::string& serial);
Error quotas_spent(const std::vector<Quota>& spent);
Error unknown_serial(const std::string& serial);
Error already_revoked(const std::string& serial);
Error token_unknown();
Error token_expired();
Error token_spent();
Error token_exists();
Error token_withdrawn();
Error no_token();
Error withdrawn_already();

Error no_request(const std::string& id);
Error request_ended(const std::string& id, RequestState state);
Error request_expired(const std::string& id);
Error request_not_expired(const std::string& id);
Error request_not_approved(const std::string& id);
Error approvals_gone(const std::string& id);
Error own_request();
Error approved_already();
Error approver_not_valid(const std::string& serial);
// With when to ask again (ca/base/retry_after.h): once the first of those that wait expires, or as often as
// people may have decided one.
Error too_many_requests(const Identity& identity, int limit, const PlaceWanted& wanted);
Error too_many_requests_in_all(int limit, const PlaceWanted& wanted);
Error lineage_too_long(std::size_t limit);
Error nothing_to_revoke(const std::string& serial);

}  // namespace chancery::store
