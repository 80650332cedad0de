#include "ca/store/refusals.h"

#include "ca/store/log_edge.h"

namespace chancery::store {

Result<void> check_limit(int limit, int largest) {
  if (limit >= 1 && limit <= largest) return {};
  return make_error(ErrorCode::validation, "limit is " + std::to_string(limit) +
                                               "; give a number from 1 to " + std::to_string(largest));
}

Result<void> check_tile(int level, std::int64_t number, int width) {
  constexpr std::int64_t most_tiles = std::int64_t{1} << 48;
  if (level >= 0 && level < log_tile_levels && number >= 0 && number < most_tiles && width >= 1 &&
      width <= log_tile_width) {
    return {};
  }
  return make_error(ErrorCode::validation, "a tile of the log has a level of 0 to 7 and 1 to 256 hashes");
}

Error serial_known(const std::string& serial) {
  return make_error(ErrorCode::conflict, "serial " + serial + " is already known; draw another one");
}

Error idempotency_key_taken() {
  return make_error(
      ErrorCode::conflict,
      "a request with this Idempotency-Key is being answered or has been; repeat the request to get its "
      "answer, or use a new key");
}

Error no_open_intent(const std::string& serial) {
  return make_error(ErrorCode::conflict,
                    "no issuance is open for serial " + serial + "; request the certificate again");
}

Error other_intent(const std::string& serial) {
  return make_error(ErrorCode::conflict,
                    "the open issuance of serial " + serial +
                        " is for another identity or Idempotency-Key; request the certificate again");
}

Error revoked_meanwhile(const std::string& serial) {
  return make_error(
      ErrorCode::conflict,
      "serial " + serial + " was revoked before its certificate was recorded; request a new certificate");
}

Error key_of_another() {
  return make_error(ErrorCode::conflict,
                    "the key belongs to another identity's certificate; generate a key of your own");
}

Error key_not_fresh() {
  return make_error(ErrorCode::conflict,
                    "a renewal needs a fresh key, but a certificate has had this one; generate a new key");
}

Error key_compromised() {
  return make_error(ErrorCode::forbidden,
                    "a certificate with this key was revoked for keyCompromise; generate a new key");
}

Error not_authorised(const std::string& serial) {
  return make_error(ErrorCode::forbidden, "certificate " + serial +
                                              ", which asks for this one, is revoked or unknown; enrol again "
                                              "with a new token");
}

Error quotas_spent(const std::vector<Quota>& spent) {
  Error error = make_error(ErrorCode::rate_limited, "a quota is spent; ask again later");
  for (const Quota& quota : spent) {
    error.details.push_back(
        {"quota", "", quota.subject,
         "at most " + std::to_string(quota.most) + " may begin in " + to_string(quota.window)});
  }
  return error;
}

Error unknown_serial(const std::string& serial) {
  return make_error(ErrorCode::not_found,
                    "no certificate has the serial " + serial + "; check it against a listing");
}

Error already_revoked(const std::string& serial) {
  return make_error(ErrorCode::conflict,
                    "certificate " + serial + " is already revoked; nothing is left to do");
}

Error token_unknown() {
  return make_error(ErrorCode::unauthorized, "the enrolment token is unknown; ask an operator for a new one");
}

Error token_expired() {
  return make_error(ErrorCode::unauthorized,
                    "the enrolment token has expired; ask an operator for a new one");
}

Error token_spent() {
  return make_error(ErrorCode::conflict,
                    "the enrolment token has been used as often as it may; ask an operator for a new one");
}

Error token_exists() {
  return make_error(ErrorCode::conflict, "this enrolment token exists already; draw another one");
}

}  // namespace chancery::store
