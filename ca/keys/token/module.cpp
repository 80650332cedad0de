#include "ca/keys/token/module.h"

#include <algorithm>

#include "ca/keys/token/pkcs11.h"
#include "ca/keys/token/pkcs11_error.h"

namespace chancery::keys {
namespace {

constexpr CK_ULONG slot_limit = 64;

template <std::size_t Size>
std::string unpadded(const unsigned char (&field)[Size]) {
  std::string text(std::begin(field), std::end(field));
  text.resize(std::min(text.find('\0'), text.find_last_not_of(' ') + 1));
  for (char& c : text) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return text;
}

TokenVersion version(const CK_VERSION& from) {
  return {from.major, from.minor};
}

std::string listing(const std::vector<TokenInfo>& tokens) {
  std::string text;
  for (const TokenInfo& token : tokens) {
    text += text.empty() ? "" : ", ";
    text += token.initialized ? "\"" + token.label + "\" (serial " + token.serial + ", slot " +
                                    std::to_string(token.slot) + ")"
                              : "one that is not initialised in slot " + std::to_string(token.slot);
  }
  return text.empty() ? "none" : text;
}

}  // namespace

std::string to_string(const TokenVersion& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor);
}

TokenModule::State::~State() {
  p11_kit_module_finalize(functions);
  p11_kit_module_release(functions);
}

Result<TokenModule> TokenModule::load(const std::string& path) {
  const Result<std::string> resolved = check_module_path(path);
  if (!resolved) return resolved.error();
  p11_kit_be_quiet();
  CK_FUNCTION_LIST* const functions = p11_kit_module_load(resolved->c_str(), 0);
  if (functions == nullptr) {
    const char* const why = p11_kit_message();
    return make_error(ErrorCode::unavailable, *resolved + " cannot be loaded as a PKCS#11 module: " +
                                                  (why != nullptr ? why : "no reason"));
  }
  if (const CK_RV result = p11_kit_module_initialize(functions); result != CKR_OK) {
    Error error = pkcs11_error(result, "be reached");
    p11_kit_module_release(functions);
    return with_context(std::move(error), "the PKCS#11 module " + *resolved + " does not start");
  }
  return TokenModule(std::make_shared<State>(functions, *resolved));
}

const std::string& TokenModule::path() const {
  return state_->path;
}

Result<TokenInfo> read_token_info(const TokenModule::State& module, CK_SLOT_ID slot) {
  CK_TOKEN_INFO raw{};
  if (const CK_RV result = module.functions->C_GetTokenInfo(slot, &raw); result != CKR_OK) {
    return pkcs11_error(result, "say what it is");
  }
  const auto has = [&](CK_FLAGS flag) { return (raw.flags & flag) != 0; };
  return TokenInfo{.slot = slot,
                   .label = unpadded(raw.label),
                   .manufacturer = unpadded(raw.manufacturerID),
                   .model = unpadded(raw.model),
                   .serial = unpadded(raw.serialNumber),
                   .firmware = version(raw.firmwareVersion),
                   .hardware = version(raw.hardwareVersion),
                   .initialized = has(CKF_TOKEN_INITIALIZED),
                   .pin_initialized = has(CKF_USER_PIN_INITIALIZED),
                   .pin_locked = has(CKF_USER_PIN_LOCKED),
                   .pin_final_try = has(CKF_USER_PIN_FINAL_TRY),
                   .pin_pad = has(CKF_PROTECTED_AUTHENTICATION_PATH)};
}

Result<std::vector<TokenInfo>> TokenModule::tokens() const {
  std::vector<CK_SLOT_ID> slots(slot_limit);
  CK_ULONG count = slot_limit;
  if (const CK_RV result = state_->functions->C_GetSlotList(CK_TRUE, slots.data(), &count);
      result != CKR_OK) {
    return pkcs11_error(result, "be listed (at most 64 can)");
  }
  slots.resize(std::min(count, slot_limit));
  std::vector<TokenInfo> tokens;
  for (const CK_SLOT_ID slot : slots) {
    Result<TokenInfo> token = read_token_info(*state_, slot);
    if (!token) return std::move(token).error();
    tokens.push_back(std::move(*token));
  }
  return tokens;
}

Result<TokenInfo> TokenModule::find(const std::string& label) const {
  const Result<std::vector<TokenInfo>> all = tokens();
  if (!all) return all.error();
  std::vector<TokenInfo> found;
  std::copy_if(all->begin(), all->end(), std::back_inserter(found),
               [&](const TokenInfo& token) { return token.initialized && token.label == label; });
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return make_error(ErrorCode::not_found,
                      "no token is labelled \"" + label + "\"; there are: " + listing(*all));
  }
  return make_error(ErrorCode::conflict, "several tokens are labelled \"" + label + "\": " + listing(found) +
                                             "; take all but one out, or name the slot");
}

Result<TokenInfo> TokenModule::find_in_slot(unsigned long slot, const std::string& label) const {
  const Result<std::vector<TokenInfo>> all = tokens();
  if (!all) return all.error();
  const auto found = std::find_if(all->begin(), all->end(), [&](const TokenInfo& token) {
    return token.initialized && token.slot == slot;
  });
  const std::string place = "slot " + std::to_string(slot);
  if (found == all->end()) {
    return make_error(ErrorCode::not_found,
                      "no initialised token is in " + place + "; there are: " + listing(*all));
  }
  if (label.empty() || found->label == label) return *found;
  return make_error(ErrorCode::conflict, "the token in " + place + " is labelled \"" + found->label +
                                             "\", not \"" + label +
                                             "\"; bring the right one, or correct the script");
}

}  // namespace chancery::keys
