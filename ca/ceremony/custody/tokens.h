// The tokens of one ceremony: each is logged in to once, whatever number of its keys are used.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ca/base/result.h"
#include "ca/ceremony/interaction/conversation.h"
#include "ca/ceremony/script/script.h"
#include "ca/keys/token/session.h"

namespace chancery::ceremony {

// Behind whom it asks, as the transcript has it. Those of format 2 name nobody.
std::string pin_question(const std::string& label);

// "slot.new_key" beside the PIN's "secret.new_key".
std::string slot_question(const std::string& secret);

// Whom the token's PIN is asked of, under which id.
struct PinAsked {
  std::string id, of;
};

// Not thread-safe. Logged out when this and every signer are gone.
class Tokens {
 public:
  // `path` must have the SHA-256 `sha256`, in hex, when it is loaded.
  void expect(const std::string& path, const std::string& sha256) { expected_[path] = sha256; }
  // A token that does not tell its firmware may be used all the same, for this reason.
  void allow_untold_firmware(const std::string& reason) { untold_reason_ = reason; }
  // Finds the token, asks for its slot where the script names none and several bear its label, tells the
  // conversation what it is, holds its firmware against the deny-list, and asks
  // for the PIN; a token with a PIN pad asks by itself. Errors: those of keys::TokenModule
  // and keys::TokenSession, forbidden (firmware that is known to give keys away, or that is not told),
  // conflict (a module that is not the expected one).
  Result<keys::TokenSession> session(const TokenCustody& plan, const PinAsked& pin,
                                     Conversation& conversation);

 private:
  struct Open {
    std::string module, label;
    std::optional<std::uint64_t> slot;  // as the script names it
    unsigned long found = 0;            // the slot that it is in
    bool chosen = false;                // by a person, who is asked again for another key
    keys::TokenSession session;
  };
  // Its SHA-256 in hex.
  [[nodiscard]] Result<std::string> check_module(const std::string& path) const;

  std::vector<Open> open_;
  std::map<std::string, std::string, std::less<>> expected_;
  std::string untold_reason_;
};

}  // namespace chancery::ceremony
