#include "ca/ceremony/custody/tokens.h"

#include <utility>

#include "ca/keys/token/firmware.h"

namespace chancery::ceremony {
namespace {

std::string describe(const keys::TokenInfo& token) {
  return token.manufacturer + " " + token.model + ", serial number " + token.serial + ", firmware " +
         to_string(token.firmware);
}

Result<keys::TokenSession> log_in(const keys::TokenModule& module, const keys::TokenInfo& token,
                                  const std::string& question, Conversation& conversation) {
  if (token.pin_pad) {
    conversation.show("\n  Type the PIN of the token " + token.label + " on its own pad.\n");
    return keys::TokenSession::open(module, token, {});
  }
  if (token.pin_final_try)
    conversation.show("\n  One try is left: a wrong PIN locks the token " + token.label + ".\n");
  std::optional<keys::TokenSession> session;
  const Result<void> ok =
      conversation.secret({question, "PIN of the token " + token.label}, [&](const SecretBytes& pin) {
        Result<keys::TokenSession> opened = keys::TokenSession::open(module, token, pin);
        if (!opened) return Result<void>(std::move(opened).error());
        session = std::move(*opened);
        return Result<void>();
      });
  if (!ok) return ok.error();
  return std::move(*session);
}

}  // namespace

Result<keys::TokenSession> Tokens::session(const TokenCustody& plan, const std::string& question,
                                           Conversation& conversation) {
  for (const Open& open : open_) {
    if (open.module == plan.module && open.label == plan.label && open.slot == plan.slot) return open.session;
  }
  const Result<keys::TokenModule> module = keys::TokenModule::load(plan.module);
  if (!module) return module.error();
  const Result<keys::TokenInfo> token =
      plan.slot ? module->find_in_slot(*plan.slot, plan.label) : module->find(plan.label);
  if (!token) return token.error();
  // The other key of this ceremony may have named the same token in another way.
  for (const Open& open : open_) {
    if (open.module == plan.module && open.found == token->slot) return open.session;
  }
  if (Result<void> ok = check_firmware(*token, keys::denied_firmware()); !ok) return std::move(ok).error();
  conversation.show("\n        token " + token->label + ": " + describe(*token) + "\n");
  Result<keys::TokenSession> session = log_in(*module, *token, question, conversation);
  if (!session) return with_context(std::move(session).error(), "token " + plan.name());
  open_.push_back({plan.module, plan.label, plan.slot, token->slot, *session});
  return session;
}

}  // namespace chancery::ceremony
