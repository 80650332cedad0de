// Where a CA's key lives: makes one there, opens one to a signer, destroys one. What it has to ask, it asks
// in the conversation.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/result.h"
#include "ca/ceremony/interaction/conversation.h"
#include "ca/ceremony/script/script.h"
#include "ca/keys/key_store.h"

namespace chancery::ceremony {

// A file that make() left: secret, or sealed under a secret.
struct CustodyFile {
  std::string name;  // in the custody folder
  std::string content;
};

// One key. Not thread-safe; the signers it gives are, and outlive it.
class Custody {
 public:
  virtual ~Custody() = default;
  // Makes a key, stores it, and goes on with what opening it from there gave back. Once only. Errors:
  // conflict (something is there already), unavailable, validation, those of the conversation.
  virtual Result<std::unique_ptr<keys::Signer>> make(crypto::KeyType type) = 0;
  // Errors: not_found, unauthorized (wrong passphrase or PIN), forbidden, validation, unavailable.
  virtual Result<std::unique_ptr<keys::Signer>> open() = 0;
  // As far as this custody reaches: copies on paper or elsewhere are the ceremony's matter. Errors:
  // not_found, unavailable.
  virtual Result<void> destroy() = 0;
  // What make() wrote.
  [[nodiscard]] virtual const std::vector<CustodyFile>& files() const = 0;
};

struct CustodySurroundings {
  std::string folder;          // for new files; relative paths of used ones start here as well
  std::string key;             // "the new key", as questions name it
  std::string question;        // prefix of question ids: "secret.new_key"
  Conversation& conversation;  // must outlive the custody
};

// Errors: validation (a custody that this program does not have).
Result<std::unique_ptr<Custody>> custody_for(const CustodyPlan& plan,
                                             const CustodySurroundings& surroundings);

}  // namespace chancery::ceremony
