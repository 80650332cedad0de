#include "ca/keys/token/pkcs11_error.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>

#include <algorithm>
#include <array>

namespace chancery::keys {
namespace {

struct Meaning {
  CK_RV value;
  ErrorCode code;
  const char* text;
};

constexpr const char* gone =
    "the token, or the key in it, is not there any more; put the token back in and begin again";
constexpr const char* impossible = "this token offers no such key or signature; use another kind of token";
constexpr const char* unlock =
    "its PIN is locked after too many wrong ones; its security officer unlocks it with the SO PIN or PUK";

constexpr std::array<Meaning, 27> meanings{{
    {CKR_PIN_INCORRECT, ErrorCode::unauthorized, "the PIN is wrong"},
    {CKR_PIN_INVALID, ErrorCode::unauthorized, "the PIN has characters that its PIN cannot have"},
    {CKR_PIN_LEN_RANGE, ErrorCode::unauthorized, "the PIN is shorter or longer than its PIN can be"},
    {CKR_PIN_EXPIRED, ErrorCode::forbidden, "its PIN has expired; set a new one with the maker's tool"},
    {CKR_PIN_LOCKED, ErrorCode::forbidden, unlock},
    {CKR_USER_PIN_NOT_INITIALIZED, ErrorCode::conflict,
     "it has no user PIN yet; its security officer sets one with the maker's tool"},
    {CKR_USER_ALREADY_LOGGED_IN, ErrorCode::conflict,
     "this program is logged in to it already, so that the PIN was not checked"},
    {CKR_USER_NOT_LOGGED_IN, ErrorCode::forbidden,
     "it wants the PIN again for this; keys that ask for it at each use are not supported"},
    {CKR_TOKEN_NOT_PRESENT, ErrorCode::unavailable, gone},
    {CKR_TOKEN_NOT_RECOGNIZED, ErrorCode::unavailable, gone},
    {CKR_DEVICE_REMOVED, ErrorCode::unavailable, gone},
    {CKR_SLOT_ID_INVALID, ErrorCode::unavailable, gone},
    {CKR_SESSION_HANDLE_INVALID, ErrorCode::unavailable, gone},
    {CKR_SESSION_CLOSED, ErrorCode::unavailable, gone},
    {CKR_OBJECT_HANDLE_INVALID, ErrorCode::unavailable, gone},
    {CKR_KEY_HANDLE_INVALID, ErrorCode::unavailable, gone},
    {CKR_DEVICE_MEMORY, ErrorCode::unavailable, "it is full; remove what is not needed from it"},
    {CKR_SESSION_COUNT, ErrorCode::unavailable, "too many programs use it; end the others"},
    {CKR_TOKEN_WRITE_PROTECTED, ErrorCode::unavailable, "it is write-protected"},
    {CKR_SESSION_READ_ONLY, ErrorCode::unavailable, "it is write-protected"},
    {CKR_ATTRIBUTE_READ_ONLY, ErrorCode::forbidden, "it does not let this be changed"},
    {CKR_ACTION_PROHIBITED, ErrorCode::forbidden, "it does not let this be changed"},
    {CKR_MECHANISM_INVALID, ErrorCode::validation, impossible},
    {CKR_CURVE_NOT_SUPPORTED, ErrorCode::validation, impossible},
    {CKR_DOMAIN_PARAMS_INVALID, ErrorCode::validation, impossible},
    {CKR_FUNCTION_NOT_SUPPORTED, ErrorCode::validation, impossible},
    {CKR_ATTRIBUTE_TYPE_INVALID, ErrorCode::validation, impossible},
}};

}  // namespace

Error pkcs11_error(unsigned long value, const std::string& action) {
  const char* const name = p11_kit_strerror(value);
  const char* const detail = p11_kit_message();
  std::string internal = std::string("CK_RV ") + std::to_string(value) + ": " +
                         (name != nullptr ? name : "") +
                         (detail != nullptr ? std::string("; ") + detail : "");
  const std::string cannot = "the token cannot " + action + ": ";
  const auto* const found = std::find_if(meanings.begin(), meanings.end(),
                                         [&](const Meaning& meaning) { return meaning.value == value; });
  if (found != meanings.end()) return make_error(found->code, cannot + found->text, std::move(internal));
  return make_error(
      ErrorCode::unavailable,
      cannot + (name != nullptr ? name : "an unknown fault") + " (PKCS#11 " + std::to_string(value) + ")",
      std::move(internal));
}

}  // namespace chancery::keys
