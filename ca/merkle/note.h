// Signed notes (https://c2sp.org/signed-note) with Ed25519, and checkpoints
// (https://c2sp.org/tlog-checkpoint).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ca/crypto/private_key.h"
#include "ca/crypto/public_key.h"
#include "ca/merkle/tree.h"

namespace chancery::merkle {

inline constexpr std::size_t note_limit = 65536;  // bytes, on reading
inline constexpr std::size_t origin_limit = 256;

// 1..origin_limit bytes of visible ASCII without '+'; narrower than the specification, which allows Unicode.
// Errors: validation.
Result<void> check_origin(std::string_view origin);

// "NAME+HASH+BASE64": a name and the Ed25519 key that signs under it. Immutable, thread-safe.
class NoteVerifier {
 public:
  // Errors: validation (the text is none, the hash is not the key's, the key is not Ed25519).
  static Result<NoteVerifier> parse(std::string_view vkey);
  static Result<NoteVerifier> create(std::string name, const crypto::PublicKey& key);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string vkey() const;

  // The note's text, when it carries this key's signature and that verifies; signatures of other keys are
  // passed over. Errors: validation.
  [[nodiscard]] Result<std::string> open(std::string_view note) const;

 private:
  friend class NoteSigner;
  NoteVerifier(std::string name, crypto::PublicKey key);
  [[nodiscard]] std::string signature_line(ByteView signature) const;
  std::string name_;
  crypto::PublicKey key_;
  std::array<std::uint8_t, 4> key_id_{};
};

// Move-only, thread-safe.
class NoteSigner {
 public:
  // Errors: validation (not an Ed25519 key, a bad name).
  static Result<NoteSigner> create(std::string name, crypto::PrivateKey key);

  [[nodiscard]] const NoteVerifier& verifier() const { return verifier_; }
  // `text` ends in a newline and is UTF-8 without control characters. Precondition.
  [[nodiscard]] Result<std::string> sign(const std::string& text) const;

 private:
  NoteSigner(NoteVerifier verifier, crypto::PrivateKey key)
      : verifier_(std::move(verifier)), key_(std::move(key)) {}
  NoteVerifier verifier_;
  crypto::PrivateKey key_;
};

// What a log says of itself: so many entries, with this root.
struct Checkpoint {
  std::string origin;
  std::int64_t size = 0;
  Hash root{};
};

std::string checkpoint_text(const Checkpoint& checkpoint);
// Extension lines are allowed and passed over. Errors: validation.
Result<Checkpoint> parse_checkpoint(std::string_view text);
// Opens the note with `key` and demands that the origin is the key's name. Errors: validation.
Result<Checkpoint> open_checkpoint(std::string_view note, const NoteVerifier& key);
// Reads a checkpoint whose signature nobody has checked: for showing it only. Errors: validation.
Result<Checkpoint> read_unverified_checkpoint(std::string_view note);

}  // namespace chancery::merkle
