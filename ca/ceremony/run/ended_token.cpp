#include "ca/ceremony/run/ended_token.h"

#include <algorithm>

#include "ca/ceremony/custody/custody.h"
#include "ca/ceremony/interaction/unrecorded.h"

namespace chancery::ceremony {
namespace {

class TokenHeard final : public Unrecorded {
 public:
  Result<void> token_seen(const TokenSeen& token) override {
    serial = token.serial;
    return {};
  }

  std::optional<std::string> serial;  // of the token, once it was found
};

// Of the token that the ceremony used.
std::string recorded(const Transcript& transcript, const std::string& field) {
  const auto line = std::find_if(transcript.lines.begin(), transcript.lines.end(),
                                 [](const TranscriptLine& each) { return each.event == "token"; });
  return line == transcript.lines.end() ? "" : std::get<std::string>(line->data.at(field));
}

Result<void> destroy_key(Custody& custody, const keys::Signer& key, const x509::Certificate& authority) {
  if (equal(key.public_key().spki(), authority.fields().spki)) return custody.destroy();
  return make_error(ErrorCode::conflict,
                    "the token holds another key than the certificate's under that label; "
                    "it was left alone");
}

// Its module is the very file that the ceremony used.
void expect_the_same(const Script& script, const Transcript& transcript, Tokens& tokens) {
  tokens.expect(recorded(transcript, "module"), recorded(transcript, "module_sha256"));
  for (const DeclaredException& exception : script.preflight.exceptions) {
    if (exception.check == token_firmware_check) tokens.allow_untold_firmware(exception.reason);
  }
}

}  // namespace

Result<void> end_token(const Inputs& inputs, const Transcript& transcript,
                       const x509::Certificate& authority) {
  const CustodyPlan& plan = authority_of(inputs.script.plan)->custody;
  if (!std::holds_alternative<TokenCustody>(plan)) return {};
  TokenHeard heard;
  Conversation conversation(inputs.interaction, heard);
  Tokens tokens;
  expect_the_same(inputs.script, transcript, tokens);
  const std::unique_ptr<Custody> custody = custody_for(plan, {.folder = inputs.input,
                                                              .key = "the issuer's key",
                                                              .question = "secret.issuer_key",
                                                              .conversation = conversation,
                                                              .tokens = tokens,
                                                              .random = inputs.random,
                                                              .kdf = inputs.kdf,
                                                              .file_stem = {},
                                                              .file_prefix = {},
                                                              .officers = inputs.script.roles.crypto_officers,
                                                              .expected = {},
                                                              .aborted = {}});
  const Result<std::unique_ptr<keys::Signer>> key = custody->open();
  const std::string serial = recorded(transcript, "serial");
  if (heard.serial && *heard.serial != serial) {
    return make_error(ErrorCode::conflict, "this token has the serial number " + *heard.serial +
                                               ", and the one whose key is destroyed has " + serial +
                                               "; bring that one");
  }
  if (key) return destroy_key(*custody, **key, authority);
  // Not of the module or the token, which are looked for before anything of it is heard.
  if (heard.serial && key.error().code == ErrorCode::not_found) return {};
  return key.error();
}

}  // namespace chancery::ceremony
