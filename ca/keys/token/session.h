// Keys in a token: made there, used there, never seen here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ca/base/random.h"
#include "ca/keys/key_store.h"
#include "ca/keys/token/module.h"

namespace chancery::keys {

inline constexpr std::size_t key_label_limit = 64;  // octets, printable ASCII
inline constexpr std::size_t pin_limit = 255;       // octets

// A logged-in session. Thread-safe: one mutex lets one call at a time to the token, also among the Signers
// made from it, which keep the session (and the login) alive as long as they live. The token logs out with
// the last of them.
//
// Every function may fail with unavailable when the token is pulled out or its module fails; then begin again
// from TokenModule::find.
class TokenSession {
 public:
  // Logs in as the token's user. One attempt with the PIN as given, none when the token says its PIN is
  // locked or not set; a wrong PIN counts against the token's tries and is never sent twice. On a token with
  // a PIN pad `pin` is empty. Errors: unauthorized (wrong PIN, saying when one try is left or none),
  // forbidden (PIN locked), conflict (no PIN set; another token in the slot than `token`; already logged in
  // by this process), validation (a PIN of no or too many octets).
  static Result<TokenSession> open(const TokenModule& module, const TokenInfo& token, const SecretBytes& pin);

  // Makes an EC key pair in the token: P-256, P-384 or P-521; private, sensitive, not extractable. The result
  // has been held to check_custody's rules and signed once; a pair that fails is destroyed. Errors:
  // validation (another kind of key, a label that is empty, too long or not printable), conflict (the label
  // is taken).
  Result<std::unique_ptr<Signer>> generate_key(crypto::KeyType type, const std::string& label,
                                               RandomSource& random);

  // The key pair of this label, which must have been made in the token and never have been extractable
  // (CKA_LOCAL, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE), hold its public half, and sign for it. Errors:
  // not_found (naming the labels that exist), conflict (several), forbidden (naming the attribute),
  // validation (not an EC key).
  Result<std::unique_ptr<Signer>> find_key(const std::string& label);

  // Of every private key, sorted.
  Result<std::vector<std::string>> key_labels();

  // Gives both halves another label, the private one last: cut short, the key still has its old one. Signers
  // stay valid. Not every token allows it (forbidden): PIV cards have fixed labels. Errors: not_found,
  // conflict (`to` is taken).
  Result<void> rename_key(const std::string& from, const std::string& to);

  // Destroys both halves, the private one first, and makes sure that they are gone; signers of it fail from
  // then on. Errors: not_found, conflict (several of that label: nothing is destroyed).
  Result<void> destroy_key(const std::string& label);

  // What a transcript records of a key, as the token states it.
  struct KeyAttributes {
    bool sensitive = false, always_sensitive = false, extractable = true, never_extractable = false,
         local = false;
    friend bool operator==(const KeyAttributes&, const KeyAttributes&) = default;
  };
  Result<KeyAttributes> attributes(const std::string& label);

  [[nodiscard]] const TokenInfo& token() const;

  struct State;

 private:
  explicit TokenSession(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace chancery::keys
