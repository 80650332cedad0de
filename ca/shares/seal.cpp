#include "ca/shares/seal.h"

#include <botan/aead.h>
#include <botan/argon2.h>
#include <botan/exceptn.h>

#include <new>

namespace chancery::shares {
namespace {

constexpr std::uint8_t argon2id = 2;
constexpr std::size_t key_octets = 32;

std::string in_words(const KdfParameters& kdf) {
  return std::to_string(kdf.memory_kib) + " KiB, " + std::to_string(kdf.iterations) + " passes, " +
         std::to_string(kdf.parallelism) + " lanes";
}

bool at_most(const KdfParameters& a, const KdfParameters& b) {
  return a.memory_kib <= b.memory_kib && a.iterations <= b.iterations && a.parallelism <= b.parallelism;
}

// Throws what Botan throws, and std::bad_alloc.
Botan::secure_vector<std::uint8_t> run(Botan::Cipher_Dir direction, ByteView input, ByteView associated,
                                       const SecretBytes& passphrase, const SealingInput& with) {
  SecretBytes key(key_octets);
  const ByteView secret = passphrase.reveal();
  Botan::argon2(key.writable().data(), key.size(), reinterpret_cast<const char*>(secret.data()),
                secret.size(), with.salt.data(), with.salt.size(), nullptr, 0, nullptr, 0, argon2id,
                with.kdf.parallelism, with.kdf.memory_kib, with.kdf.iterations);
  const auto cipher = Botan::AEAD_Mode::create_or_throw("AES-256/GCM", direction);
  cipher->set_key(key.reveal().data(), key.size());
  cipher->set_associated_data(associated.data(), associated.size());
  cipher->start(with.nonce.data(), with.nonce.size());
  Botan::secure_vector<std::uint8_t> text(input.begin(), input.end());
  cipher->finish(text);
  return text;
}

Error no_memory(const KdfParameters& kdf) {
  return make_error(ErrorCode::unavailable, "there is not enough memory for the passphrase's key (" +
                                                in_words(kdf) +
                                                "); raise the limits (ulimit -l, ulimit -v) or free some");
}

Result<void> check_passphrase(const SecretBytes& passphrase) {
  if (passphrase.size() >= least_passphrase && passphrase.size() <= most_passphrase) return {};
  return make_error(
      ErrorCode::validation,
      "a passphrase has 12 to 1024 octets; this one has " +
          std::string(passphrase.size() < least_passphrase ? "fewer: use several words" : "more"));
}

}  // namespace

Result<void> check_kdf(const KdfParameters& parameters, const KdfPolicy& policy) {
  if (!at_most(policy.floor, parameters)) {
    return make_error(ErrorCode::validation, "the passphrase is too weakly protected (Argon2id with " +
                                                 in_words(parameters) + "; at least " +
                                                 in_words(policy.floor) + " are required)");
  }
  if (!at_most(parameters, policy.ceiling)) {
    return make_error(ErrorCode::validation, "the passphrase's protection asks for too much (Argon2id with " +
                                                 in_words(parameters) + "; at most " +
                                                 in_words(policy.ceiling) + " are accepted)");
  }
  return {};
}

Result<Bytes> seal(const SecretBytes& plain, ByteView associated, const SecretBytes& passphrase,
                   const SealingInput& input) {
  if (Result<void> fit = check_passphrase(passphrase); !fit) return std::move(fit).error();
  try {
    const auto text = run(Botan::ENCRYPTION, plain.reveal(), associated, passphrase, input);
    return Bytes(text.begin(), text.end());
  } catch (const std::bad_alloc&) {
    return no_memory(input.kdf);
  } catch (const Botan::Exception& fault) {
    return make_error(ErrorCode::internal, "the share could not be sealed", fault.what());
  }
}

Result<SecretBytes> unseal(ByteView sealed, ByteView associated, const SecretBytes& passphrase,
                           const SealingInput& input) {
  const Error wrong = make_error(ErrorCode::unauthorized, "the passphrase does not open this share");
  if (!check_passphrase(passphrase) || sealed.size() < seal_overhead) return wrong;
  try {
    return SecretBytes::copy_of(run(Botan::DECRYPTION, sealed, associated, passphrase, input));
  } catch (const std::bad_alloc&) {
    return no_memory(input.kdf);
  } catch (const Botan::Invalid_Authentication_Tag&) {
    return wrong;
  } catch (const Botan::Exception& fault) {
    return make_error(ErrorCode::internal, "the share could not be opened", fault.what());
  }
}

}  // namespace chancery::shares
