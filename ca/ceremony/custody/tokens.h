// The tokens of one ceremony: each is logged in to once, whatever number of its keys are used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ca/base/result.h"
#include "ca/ceremony/interaction/conversation.h"
#include "ca/ceremony/script/script.h"
#include "ca/keys/token/session.h"

namespace chancery::ceremony {

// Not thread-safe. Logged out when this and every signer are gone.
class Tokens {
 public:
  // Finds the token, holds its firmware against the deny-list, and asks for the PIN under `question`; a token
  // with a PIN pad asks by itself. Errors: those of keys::TokenModule and keys::TokenSession, forbidden
  // (firmware that is known to give keys away).
  Result<keys::TokenSession> session(const TokenCustody& plan, const std::string& question,
                                     Conversation& conversation);

 private:
  struct Open {
    std::string module, label;
    std::optional<std::uint64_t> slot;  // as the script names it
    unsigned long found = 0;            // the slot that it is in
    keys::TokenSession session;
  };
  std::vector<Open> open_;
};

}  // namespace chancery::ceremony
