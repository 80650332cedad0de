// TokenSession's keys: made, found, renamed, destroyed.
#include <algorithm>
#include <array>

#include "ca/keys/token/objects.h"
#include "ca/keys/token/pkcs11_error.h"
#include "ca/keys/token/session.h"
#include "ca/keys/token/token_signer.h"

namespace chancery::keys {
namespace {

using State = TokenSession::State;

struct KeyPair {
  CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
};

Result<void> check_label(const std::string& label) {
  const bool printable =
      std::all_of(label.begin(), label.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
  if (printable && !label.empty() && label.size() <= key_label_limit) return {};
  return make_error(ErrorCode::validation, "a key's label in a token is 1 to 64 printable ASCII characters");
}

Result<void> check_free(State& session, const std::string& label) {
  for (const CK_OBJECT_CLASS kind : {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY}) {
    const Result<Objects> taken = find_objects(session, kind, CKA_LABEL, as_bytes(label));
    if (!taken) return taken.error();
    if (taken->empty()) continue;
    return make_error(ErrorCode::conflict, "the token holds a key labelled \"" + label +
                                               "\" already; choose another label, or destroy that key first");
  }
  return {};
}

class Template {
 public:
  void flag(CK_ATTRIBUTE_TYPE type, bool value) { bytes(type, value ? yes : no); }
  // Borrows `value`.
  void bytes(CK_ATTRIBUTE_TYPE type, ByteView value) {
    attributes_.push_back({type, const_cast<std::uint8_t*>(value.data()), value.size()});
  }
  CK_ATTRIBUTE* data() { return attributes_.data(); }
  [[nodiscard]] CK_ULONG size() const { return attributes_.size(); }

 private:
  static constexpr std::array<std::uint8_t, 1> yes{CK_TRUE}, no{CK_FALSE};
  std::vector<CK_ATTRIBUTE> attributes_;
};

Result<KeyPair> generate(State& session, ByteView curve, ByteView label, ByteView id) {
  Template open, secret;
  for (Template* const half : {&open, &secret}) {
    half->flag(CKA_TOKEN, true);
    half->bytes(CKA_LABEL, label);
    half->bytes(CKA_ID, id);
  }
  open.bytes(CKA_EC_PARAMS, curve);
  open.flag(CKA_VERIFY, true);
  secret.flag(CKA_PRIVATE, true);
  secret.flag(CKA_SENSITIVE, true);
  secret.flag(CKA_EXTRACTABLE, false);
  secret.flag(CKA_SIGN, true);
  for (const CK_ATTRIBUTE_TYPE other_use : {CKA_DECRYPT, CKA_UNWRAP, CKA_DERIVE})
    secret.flag(other_use, false);
  CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
  KeyPair pair;
  const CK_RV result =
      session.call().C_GenerateKeyPair(session.handle, &mechanism, open.data(), open.size(), secret.data(),
                                       secret.size(), &pair.public_key, &pair.private_key);
  if (result != CKR_OK) return pkcs11_error(result, "make a key pair");
  return pair;
}

Result<std::unique_ptr<Signer>> vetted_signer(const std::shared_ptr<State>& session, const KeyPair& pair) {
  if (Result<void> fit = check_custody(*session, pair.private_key); !fit) return std::move(fit).error();
  Result<crypto::PublicKey> half = read_public_key(*session, pair.public_key);
  if (!half) return std::move(half).error();
  return make_token_signer(session, pair.private_key, std::move(*half));
}

Result<void> destroy(State& session, CK_OBJECT_HANDLE object) {
  const CK_RV result = session.call().C_DestroyObject(session.handle, object);
  if (result != CKR_OK) return pkcs11_error(result, "destroy a key");
  return {};
}

Result<void> set_label(State& session, CK_OBJECT_HANDLE object, const std::string& label) {
  Template change;
  change.bytes(CKA_LABEL, as_bytes(label));
  const CK_RV result =
      session.call().C_SetAttributeValue(session.handle, object, change.data(), change.size());
  if (result != CKR_OK) return pkcs11_error(result, "give a key another label");
  return {};
}

// A destruction that was cut short leaves a public half alone: it is found by its label.
Result<Objects> objects_of(State& session, const std::string& label) {
  const Result<Objects> privates = find_objects(session, CKO_PRIVATE_KEY, CKA_LABEL, as_bytes(label));
  if (!privates) return privates.error();
  const Result<Objects> orphans = find_objects(session, CKO_PUBLIC_KEY, CKA_LABEL, as_bytes(label));
  if (!orphans) return orphans.error();
  if (privates->empty() && orphans->size() == 1) return *orphans;
  const Result<CK_OBJECT_HANDLE> key = find_private_key(session, label);
  if (!key) return key.error();
  Result<Objects> all = find_public_halves(session, *key);
  if (all && all->size() > 1) {
    return make_error(ErrorCode::conflict,
                      "several public keys belong to \"" + label +
                          "\"; nothing was destroyed: look into the token with its maker's tool");
  }
  if (all) all->insert(all->begin(), *key);
  return all;
}

}  // namespace

Result<std::unique_ptr<Signer>> TokenSession::generate_key(crypto::KeyType type, const std::string& label,
                                                           RandomSource& random) {
  const ByteView curve = curve_parameters(type.algorithm);
  if (curve.empty()) {
    return make_error(ErrorCode::validation, "keys in tokens are P-256, P-384 or P-521; " +
                                                 std::string(crypto::to_string(type.algorithm)) +
                                                 " was asked for");
  }
  if (Result<void> fit = check_label(label); !fit) return std::move(fit).error();
  const std::scoped_lock lock(state_->mutex);
  if (Result<void> free = check_free(*state_, label); !free) return std::move(free).error();
  std::array<std::uint8_t, 16> id{};
  random.fill(id);
  const Result<KeyPair> pair = generate(*state_, curve, as_bytes(label), id);
  if (!pair) return pair.error();
  Result<std::unique_ptr<Signer>> signer = vetted_signer(state_, *pair);
  if (signer) return signer;
  const bool gone = destroy(*state_, pair->private_key) && destroy(*state_, pair->public_key);
  return with_context(std::move(signer).error(), gone ? "the new key was destroyed again"
                                                      : "the new key must be destroyed, which failed");
}

Result<std::unique_ptr<Signer>> TokenSession::find_key(const std::string& label) {
  const std::scoped_lock lock(state_->mutex);
  const Result<CK_OBJECT_HANDLE> key = find_private_key(*state_, label);
  if (!key) return key.error();
  const Result<Objects> halves = find_public_halves(*state_, *key);
  if (!halves) return halves.error();
  if (halves->size() != 1) {
    return make_error(ErrorCode::conflict, "the key \"" + label + "\" has " + std::to_string(halves->size()) +
                                               " public halves in the token; it must have one");
  }
  Result<std::unique_ptr<Signer>> signer = vetted_signer(state_, {*key, halves->front()});
  if (!signer) return with_context(std::move(signer).error(), "key \"" + label + "\"");
  return signer;
}

Result<std::vector<std::string>> TokenSession::key_labels() {
  const std::scoped_lock lock(state_->mutex);
  return private_key_labels(*state_);
}

Result<void> TokenSession::rename_key(const std::string& from, const std::string& to) {
  if (Result<void> fit = check_label(to); !fit) return fit;
  const std::scoped_lock lock(state_->mutex);
  const Result<CK_OBJECT_HANDLE> key = find_private_key(*state_, from);
  if (!key) return key.error();
  const Result<Objects> halves = find_public_halves(*state_, *key);
  if (!halves) return halves.error();
  const Result<Objects> taken = find_objects(*state_, CKO_PRIVATE_KEY, CKA_LABEL, as_bytes(to));
  if (!taken) return taken.error();
  if (!taken->empty()) {
    return make_error(ErrorCode::conflict, "the token holds a key labelled \"" + to + "\" already");
  }
  for (const CK_OBJECT_HANDLE half : *halves) {
    if (Result<void> done = set_label(*state_, half, to); !done) return done;
  }
  return set_label(*state_, *key, to);
}

Result<void> TokenSession::destroy_key(const std::string& label) {
  const std::scoped_lock lock(state_->mutex);
  const Result<Objects> objects = objects_of(*state_, label);
  if (!objects) return objects.error();
  for (const CK_OBJECT_HANDLE object : *objects) {
    if (Result<void> done = destroy(*state_, object); !done) return done;
  }
  for (const CK_OBJECT_CLASS kind : {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY}) {
    const Result<Objects> left = find_objects(*state_, kind, CKA_LABEL, as_bytes(label));
    if (!left) return left.error();
    if (!left->empty()) {
      return make_error(ErrorCode::internal,
                        "the token says that it destroyed \"" + label + "\", but it is there");
    }
  }
  return {};
}

Result<TokenSession::KeyAttributes> TokenSession::attributes(const std::string& label) {
  const std::scoped_lock lock(state_->mutex);
  const Result<CK_OBJECT_HANDLE> key = find_private_key(*state_, label);
  if (!key) return key.error();
  KeyAttributes found;
  for (const auto& [type, value] : {std::pair{CKA_SENSITIVE, &found.sensitive},
                                    {CKA_ALWAYS_SENSITIVE, &found.always_sensitive},
                                    {CKA_EXTRACTABLE, &found.extractable},
                                    {CKA_NEVER_EXTRACTABLE, &found.never_extractable},
                                    {CKA_LOCAL, &found.local}}) {
    const Result<bool> flag = read_flag(*state_, *key, type);
    if (!flag) return flag.error();
    *value = *flag;
  }
  return found;
}

}  // namespace chancery::keys
