#include "ca/keys/token/session.h"

#include "ca/keys/token/pkcs11.h"
#include "ca/keys/token/pkcs11_error.h"

namespace chancery::keys {
namespace {

Result<void> check_same_token(const TokenInfo& now, const TokenInfo& wanted) {
  if (now.label == wanted.label && now.serial == wanted.serial && now.manufacturer == wanted.manufacturer &&
      now.model == wanted.model) {
    return {};
  }
  return make_error(ErrorCode::conflict, "another token is in the slot now: \"" + now.label + "\" (serial " +
                                             now.serial + ") instead of \"" + wanted.label + "\" (serial " +
                                             wanted.serial + ")");
}

// Before the PIN is sent: it would only be counted, or be refused for another reason than itself.
Result<void> check_pin(const TokenInfo& token, const SecretBytes& pin) {
  if (token.pin_locked) return pkcs11_error(CKR_PIN_LOCKED, "be opened");
  if (!token.pin_initialized) return pkcs11_error(CKR_USER_PIN_NOT_INITIALIZED, "be opened");
  if (token.pin_pad && pin.empty()) return {};
  if (!pin.empty() && pin.size() <= pin_limit) return {};
  return make_error(ErrorCode::validation, "the PIN of token \"" + token.label + "\" has 1 to 255 octets");
}

std::string tries_left(const TokenSession::State& session) {
  const Result<TokenInfo> now = read_token_info(*session.module, session.token.slot);
  if (!now) return {};
  if (now->pin_locked) return "; the PIN is locked now";
  return now->pin_final_try ? "; ONE try is left before the PIN is locked" : "";
}

Result<void> log_in(TokenSession::State& session, const SecretBytes& pin) {
  auto* const text = const_cast<CK_UTF8CHAR*>(pin.empty() ? nullptr : pin.reveal().data());
  const CK_RV result = session.call().C_Login(session.handle, CKU_USER, text, pin.size());
  if (result != CKR_OK) {
    Error error = pkcs11_error(result, "be opened");
    if (result == CKR_PIN_INCORRECT) error.message += tries_left(session);
    return error;
  }
  session.logged_in = true;
  return {};
}

}  // namespace

TokenSession::State::~State() {
  if (logged_in) call().C_Logout(handle);
  call().C_CloseSession(handle);
}

Result<TokenSession> TokenSession::open(const TokenModule& module, const TokenInfo& token,
                                        const SecretBytes& pin) {
  const Result<TokenInfo> now = read_token_info(*module.state(), token.slot);
  if (!now) return now.error();
  if (Result<void> same = check_same_token(*now, token); !same) return std::move(same).error();
  if (Result<void> fit = check_pin(*now, pin); !fit) return std::move(fit).error();
  CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
  const CK_RV result = module.state()->functions->C_OpenSession(
      token.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &handle);
  if (result != CKR_OK) return pkcs11_error(result, "be opened");
  auto state = std::make_shared<State>(module.state(), *now, handle);
  if (Result<void> in = log_in(*state, pin); !in) return std::move(in).error();
  return TokenSession(std::move(state));
}

const TokenInfo& TokenSession::token() const {
  return state_->token;
}

}  // namespace chancery::keys
