// Where a CA's key lives: makes one there, opens one to a signer, destroys one. What it has to ask, it asks
// in the conversation.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/random.h"
#include "ca/base/result.h"
#include "ca/ceremony/custody/tokens.h"
#include "ca/ceremony/interaction/conversation.h"
#include "ca/ceremony/script/script.h"
#include "ca/keys/key_store.h"
#include "ca/shares/seal.h"

namespace chancery::ceremony {

// A file that make() left: secret, or sealed under a secret.
struct CustodyFile {
  std::string name;  // in the custody folder
  std::string content;
};

struct CustodySurroundings {
  std::string folder;          // for new files; relative paths of used ones start here as well
  std::string key;             // "the new key", as questions name it
  std::string question;        // prefix of question ids: "secret.new_key"
  Conversation& conversation;  // must outlive the custody, as the other references
  Tokens& tokens;
  RandomSource& random;
  shares::KdfPolicy kdf;                         // of shares
  std::string file_stem;                         // new shares are STEM.1.share and so on
  std::string file_prefix;                       // of every new file: "" or "REHEARSAL-"
  std::vector<std::string> officers;             // the script's, in their order
  std::optional<crypto::Sha256Digest> expected;  // SHA-256 of the SPKI of the key that open() is to give
  std::vector<std::string> aborted;              // the same in hex, of keys that aborted attempts made
  bool throw_away = false;                       // keys that would go to a token stay in memory, and go
};

// Whom a question names that any of the officers may answer: "Crypto officer (Flo Ford or Gil Gray)".
std::string any_of(const std::vector<std::string>& officers);

// One key. Not thread-safe; the signers it gives are, and outlive it.
class Custody {
 public:
  virtual ~Custody() = default;
  // Makes a key, stores it, and goes on with what opening it from there gave back. Once only. Errors:
  // conflict (something is there already), unavailable, validation, those of the conversation.
  virtual Result<std::unique_ptr<keys::Signer>> make(crypto::KeyType type) = 0;
  // After make(): the key is restored from its backup by other people than before, where this custody has
  // both. Result: words for the step. Errors: those of open().
  virtual Result<std::string> prove_backup() = 0;
  // Errors: not_found, unauthorized (wrong passphrase or PIN), forbidden, conflict, validation, unavailable;
  // a share's error names its officer and its file.
  virtual Result<std::unique_ptr<keys::Signer>> open() = 0;
  // The ceremony is about to end well: the new key gets its final name.
  virtual Result<void> settle() { return {}; }
  // It does not: a new key that would outlive the ceremony is destroyed. Files in DIR.unfinished are
  // its owner's matter.
  virtual Result<void> abandon() { return {}; }
  // Before the point of no return: what destroy() destroys is there. Errors: not_found, unavailable.
  virtual Result<void> check_destroyable() { return {}; }
  // Of an opened key, what of it is no file: files, paper and what is elsewhere are the ceremony's matter.
  // Errors: not_found, unavailable.
  virtual Result<void> destroy() { return {}; }
  // Deals an opened key to the officers in `surroundings`. Errors: validation (only a key in shares can be),
  // those of make().
  virtual Result<std::unique_ptr<Custody>> deal_anew(const ShareCustody& plan,
                                                     const CustodySurroundings& surroundings);
  // What make() or deal_anew() wrote.
  [[nodiscard]] virtual const std::vector<CustodyFile>& files() const = 0;
  // Whose shares gave the key last. Empty for other custodies.
  [[nodiscard]] virtual std::vector<std::string> officers() const { return {}; }
  // Which splitting these shares are of: SetId in hex. Empty for other custodies.
  [[nodiscard]] virtual std::string dealing() const { return {}; }
};

std::unique_ptr<Custody> custody_for(const CustodyPlan& plan, const CustodySurroundings& surroundings);

}  // namespace chancery::ceremony
