#include "ca/lint/cross_check_state.h"

namespace chancery::lint {
namespace {

struct Scheme {
  const char* padding;
  Botan::Signature_Format format;
};

Scheme scheme_of(crypto::SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case crypto::SignatureAlgorithm::ecdsa_sha256:
      return {"EMSA1(SHA-256)", Botan::DER_SEQUENCE};
    case crypto::SignatureAlgorithm::ecdsa_sha384:
      return {"EMSA1(SHA-384)", Botan::DER_SEQUENCE};
    case crypto::SignatureAlgorithm::ecdsa_sha512:
      return {"EMSA1(SHA-512)", Botan::DER_SEQUENCE};
    case crypto::SignatureAlgorithm::rsa_sha256:
      return {"EMSA3(SHA-256)", Botan::IEEE_1363};
    case crypto::SignatureAlgorithm::rsa_sha384:
      return {"EMSA3(SHA-384)", Botan::IEEE_1363};
    case crypto::SignatureAlgorithm::rsa_sha512:
      return {"EMSA3(SHA-512)", Botan::IEEE_1363};
    case crypto::SignatureAlgorithm::ed25519:
      return {"Pure", Botan::IEEE_1363};
  }
  return {"", Botan::IEEE_1363};
}

}  // namespace

Error disagreement(const std::string& about, const std::string& what, std::string internal) {
  return make_error(ErrorCode::internal, "the second implementation disagrees about " + about + ": " + what,
                    std::move(internal));
}

bool same_serial(const std::vector<std::uint8_t>& theirs, ByteView ours) {
  if (!ours.empty() && ours.front() == 0) ours = ours.subspan(1);
  return equal(theirs, ours);
}

bool same_time(const Botan::X509_Time& theirs, TimePoint ours) {
  return static_cast<std::int64_t>(theirs.time_since_epoch()) == to_unix(ours);
}

std::unique_ptr<Botan::PK_Verifier> CrossCheck::State::borrow() {
  std::unique_ptr<Botan::PK_Verifier> verifier = idle.with([](Verifiers& verifiers) {
    std::unique_ptr<Botan::PK_Verifier> last;
    if (!verifiers.empty()) {
      last = std::move(verifiers.back());
      verifiers.pop_back();
    }
    return last;
  });
  if (verifier) return verifier;
  const Scheme scheme = scheme_of(algorithm);
  return std::make_unique<Botan::PK_Verifier>(*key, scheme.padding, scheme.format);
}

bool CrossCheck::State::verify(ByteView message, ByteView signature) {
  std::unique_ptr<Botan::PK_Verifier> verifier = borrow();
  const bool good =
      verifier->verify_message(message.data(), message.size(), signature.data(), signature.size());
  idle.with([&](Verifiers& verifiers) { verifiers.push_back(std::move(verifier)); });
  return good;
}

}  // namespace chancery::lint
