#include "ca/ceremony/transcript/signature.h"

#include <optional>

namespace chancery::ceremony {

std::string signed_text(const crypto::Sha256Digest& head) {
  return "chancery-transcript-v1:" + to_hex(head) + "\n";
}

Result<std::string> sign_transcript(const crypto::Sha256Digest& head, const keys::Signer& signer) {
  const std::string text = signed_text(head);
  const Result<Bytes> signature =
      signer.sign(crypto::default_signature(signer.public_key().type()), as_bytes(text));
  if (!signature) return signature.error();
  return to_base64(*signature) + "\n";
}

Result<void> verify_transcript(const crypto::Sha256Digest& head, std::string_view signature,
                               const crypto::PublicKey& key) {
  const std::optional<Bytes> der = signature.size() <= transcript_signature_limit && signature.ends_with('\n')
                                       ? parse_base64(signature.substr(0, signature.size() - 1))
                                       : std::nullopt;
  if (!der) return make_error(ErrorCode::validation, "transcript.sig is not one line of base64");
  const std::string text = signed_text(head);
  if (key.verify(crypto::default_signature(key.type()), as_bytes(text), *der)) return {};
  return make_error(ErrorCode::validation,
                    "transcript.sig is not the signature of the ceremony's key over the transcript's last "
                    "line; its hash is " +
                        to_hex(head));
}

}  // namespace chancery::ceremony
