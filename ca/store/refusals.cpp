#include "ca/store/refusals.h"

#include <algorithm>

#include "ca/base/retry_after.h"
#include "ca/store/log_edge.h"

namespace chancery::store {
namespace {

Error no_place(const std::string& message, const PlaceWanted& wanted) {
  Error error = make_error(ErrorCode::rate_limited, message);
  const TimePoint soon = wanted.now + ask_while_people_decide;
  error.details.push_back(retry_after(wanted.now, std::min(wanted.first_expiry.value_or(soon), soon)));
  return error;
}

}  // namespace

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

Error request_open() {
  return make_error(
      ErrorCode::unavailable,
      "this very request is being answered; ask again in the same words to get its certificate");
}

Error request_answered() {
  return make_error(
      ErrorCode::conflict,
      "this very request has been answered; ask again in the same words to get its certificate");
}

Error request_waits() {
  return make_error(
      ErrorCode::conflict,
      "this very request waits for approval; ask again in the same words to see what becomes of it");
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
         "at most " + std::to_string(quota.most) + " may begin in " + chancery::to_string(quota.window)});
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

Error token_withdrawn() {
  return make_error(ErrorCode::unauthorized,
                    "the enrolment token was withdrawn; ask an operator for a new one");
}

Error no_token() {
  return make_error(ErrorCode::not_found,
                    "there is no such enrolment token; check its id against a listing of the enrolments");
}

Error withdrawn_already() {
  return make_error(ErrorCode::conflict, "the enrolment token was withdrawn before; nothing is left to do");
}

Error token_exists() {
  return make_error(ErrorCode::conflict, "this enrolment token exists already; draw another one");
}

Error no_request(const std::string& id) {
  return make_error(ErrorCode::not_found,
                    "there is no request " + id + "; check the id against a listing of the requests");
}

Error request_ended(const std::string& id, RequestState state) {
  return make_error(ErrorCode::conflict, "request " + id + " is " + std::string(to_string(state)) +
                                             " already; nothing was changed");
}

Error request_expired(const std::string& id) {
  return make_error(ErrorCode::conflict,
                    "request " + id + " was not approved in time; it has to be asked again");
}

Error request_not_expired(const std::string& id) {
  return make_error(ErrorCode::conflict, "request " + id + " has not expired; nothing was changed");
}

Error request_not_approved(const std::string& id) {
  return make_error(ErrorCode::conflict,
                    "request " + id + " is not approved, so no certificate can be issued for it");
}

Error approvals_gone(const std::string& id) {
  return make_error(ErrorCode::forbidden, "an approval of request " + id +
                                              " was given with a certificate that has been revoked since; "
                                              "ask again and have it approved anew");
}

Error own_request() {
  return make_error(
      ErrorCode::forbidden,
      "who asked for a certificate, whom it is for, and who made the token that asks for it cannot "
      "approve it; another operator must");
}

Error approved_already() {
  return make_error(ErrorCode::conflict,
                    "you have approved this request already; it waits for another operator");
}

Error approver_not_valid(const std::string& serial) {
  return make_error(ErrorCode::forbidden,
                    "certificate " + serial +
                        ", which decides this request, is revoked or unknown; use a valid "
                        "one");
}

Error too_many_requests(const Identity& identity, int limit, const PlaceWanted& wanted) {
  return no_place(std::to_string(limit) + " requests for " + identity.text() +
                      " wait for approval already; have them decided, or cancel some, and ask again",
                  wanted);
}

Error too_many_requests_in_all(int limit, const PlaceWanted& wanted) {
  return no_place(
      std::to_string(limit) + " requests wait for approval already; have some decided, and ask again",
      wanted);
}

Error lineage_too_long(std::size_t limit) {
  return make_error(ErrorCode::validation,
                    "more than " + std::to_string(limit) +
                        " certificates belong to it; revoke a later one with its lineage "
                        "first");
}

Error nothing_to_revoke(const std::string& serial) {
  return make_error(ErrorCode::conflict, "certificate " + serial +
                                             " and all that descend from it are revoked or expired already; "
                                             "nothing is left to do");
}

}  // namespace chancery::store
