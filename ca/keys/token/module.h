// A PKCS#11 module (the library that drives a kind of token) and the tokens it sees. PKCS#11 2.40, through
// p11-kit.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <vector>

#include "ca/base/result.h"

namespace chancery::keys {

// CK_VERSION: one octet each; 0.0 where a module tells none. Some makers put minor and patch into the second
// (see firmware.h).
struct TokenVersion {
  unsigned major = 0;
  unsigned minor = 0;
  friend auto operator<=>(const TokenVersion&, const TokenVersion&) = default;
  [[nodiscard]] bool told() const { return *this != TokenVersion{}; }
};
std::string to_string(const TokenVersion& version);  // "2.6"

// CK_TOKEN_INFO. Texts without their padding; octets that cannot be printed show as '?'.
struct TokenInfo {
  unsigned long slot = 0;
  std::string label, manufacturer, model, serial;
  TokenVersion firmware, hardware;
  bool initialized = false;
  bool pin_initialized = false;
  bool pin_locked = false;
  bool pin_final_try = false;  // one more wrong PIN locks it: say so before asking
  bool pin_pad = false;        // the PIN is typed on the token itself; no PIN passes through here
};

// Refuses a path from which other people could have code run: Errors: validation (not absolute, not a regular
// file), not_found, forbidden (the file or a folder above it belongs to somebody else than root or us, or may
// be written by group or others; a folder with the sticky bit may). Gives the path with symbolic links
// resolved.
Result<std::string> check_module_path(const std::string& path);

// Copies share the loaded module; the last of them, and of the sessions made from it, unloads it.
// Thread-safe.
class TokenModule {
 public:
  // check_module_path(), then loads and initialises. A module's code runs in this process with all its
  // rights. Errors: those of check_module_path, unavailable (not a PKCS#11 module, or it cannot start).
  static Result<TokenModule> load(const std::string& path);

  // Every token that is present, initialised or not, in the order of the slots; at most 64.
  [[nodiscard]] Result<std::vector<TokenInfo>> tokens() const;
  // The one initialised token of this label. Errors: not_found (naming the labels that exist), conflict
  // (several, naming their serial numbers), unavailable.
  [[nodiscard]] Result<TokenInfo> find(const std::string& label) const;

  // The initialised token in this slot, which must have `label` unless that is "". Errors: not_found (no such
  // token there, naming those that exist), conflict (it has another label), unavailable.
  [[nodiscard]] Result<TokenInfo> find_in_slot(unsigned long slot, const std::string& label) const;

  [[nodiscard]] const std::string& path() const;

  struct State;
  [[nodiscard]] const std::shared_ptr<State>& state() const { return state_; }  // inside ca/keys/token

 private:
  explicit TokenModule(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace chancery::keys
