#include "ca/ceremony/custody/tokens.h"

#include <algorithm>
#include <utility>

#include "ca/ceremony/preflight/preflight.h"
#include "ca/crypto/file_digest.h"
#include "ca/keys/token/firmware.h"

namespace chancery::ceremony {
namespace {

TokenSeen seen(const keys::TokenInfo& token, const std::string& module, const std::string& module_sha256,
               const std::string& untold_reason) {
  const Result<void> good = check_firmware(token, keys::denied_firmware());
  return {.module = module,
          .module_sha256 = module_sha256,
          .label = token.label,
          .serial = token.serial,
          .manufacturer = token.manufacturer,
          .model = token.model,
          .firmware = to_string(token.firmware),
          .hardware = to_string(token.hardware),
          .slot = token.slot,
          .denied = good ? "" : good.error().message,
          .firmware_told = token.firmware.told(),
          .untold_reason = untold_reason};
}

// Before its PIN is asked for.
Result<void> check_seen(const TokenSeen& token) {
  if (!token.denied.empty()) return make_error(ErrorCode::forbidden, token.denied);
  if (token.firmware_told || !token.untold_reason.empty()) return {};
  return make_error(ErrorCode::forbidden, firmware_finding(token) +
                                              ", and let the reviewed script declare the exception " +
                                              std::string(token_firmware_check) + " with its reason");
}

struct Found {
  keys::TokenInfo token;
  bool several = false;  // bear its label, and a person chose
};

Result<Found> only(Result<keys::TokenInfo> token) {
  if (!token) return std::move(token).error();
  return Found{std::move(*token), false};
}

// A label is no name: where several tokens bear it, a person says which is meant.
Result<Found> find(const keys::TokenModule& module, const TokenCustody& plan, const PinAsked& pin_asked,
                   Conversation& conversation) {
  if (plan.slot) return only(module.find_in_slot(*plan.slot, plan.label));
  Result<std::vector<keys::TokenInfo>> found = module.tokens();
  if (!found) return std::move(found).error();
  std::erase_if(
      *found, [&](const keys::TokenInfo& token) { return !token.initialized || token.label != plan.label; });
  if (found->size() < 2) return only(module.find(plan.label));
  std::string slots;
  for (const keys::TokenInfo& token : *found) {
    slots +=
        (slots.empty() ? "" : ", ") + std::to_string(token.slot) + " (serial number " + token.serial + ")";
  }
  const auto chosen = [&](const std::string& slot) {
    return std::find_if(found->begin(), found->end(),
                        [&](const keys::TokenInfo& token) { return std::to_string(token.slot) == slot; });
  };
  const Result<std::string> slot = conversation.ask(
      {slot_question(pin_asked.id),
       pin_asked.of + ": the slot of the token " + plan.label + ", of which there are several: " + slots},
      [&](const std::string& answer) {
        return chosen(answer) != found->end()
                   ? Result<void>()
                   : Result<void>(make_error(ErrorCode::validation, "that is none of these slots"));
      });
  if (!slot) return slot.error();
  return Found{*chosen(*slot), true};
}

Result<keys::TokenSession> log_in(const keys::TokenModule& module, const keys::TokenInfo& token,
                                  const PinAsked& pin_asked, Conversation& conversation) {
  const Question asked{pin_asked.id, pin_asked.of + ": " + pin_question(token.label)};
  if (token.pin_pad) {
    conversation.show("\n  " + pin_asked.of + ": type the PIN of the token " + token.label +
                      " on its own pad.\n");
    Result<keys::TokenSession> session = keys::TokenSession::open(module, token, {});
    if (!session) return session;
    if (Result<void> ok = conversation.secret_on_pad(asked); !ok) return std::move(ok).error();
    return session;
  }
  if (token.pin_final_try)
    conversation.show("\n  One try is left: a wrong PIN locks the token " + token.label + ".\n");
  std::optional<keys::TokenSession> session;
  const Result<void> ok = conversation.secret(asked, [&](const SecretBytes& pin) {
    Result<keys::TokenSession> opened = keys::TokenSession::open(module, token, pin);
    if (!opened) return Result<void>(std::move(opened).error());
    session = std::move(*opened);
    return Result<void>();
  });
  if (!ok) return ok.error();
  return std::move(*session);
}

}  // namespace

std::string slot_question(const std::string& secret) {
  constexpr std::string_view before = "secret.";
  return "slot." + (secret.starts_with(before) ? secret.substr(before.size()) : secret);
}

std::string pin_question(const std::string& label) {
  return "PIN of the token " + label;
}

Result<std::string> Tokens::check_module(const std::string& path) const {
  const Result<crypto::Sha256Digest> digest = crypto::sha256_of_file(path, crypto::program_limit);
  if (!digest) return digest.error();
  std::string hash = to_hex(*digest);
  const auto wanted = expected_.find(path);
  if (wanted == expected_.end() || wanted->second == hash) return hash;
  return make_error(ErrorCode::conflict, "the module " + path + " has the SHA-256 " + hash + ", but had " +
                                             wanted->second +
                                             " when the machine was looked at; do not use this machine");
}

Result<keys::TokenSession> Tokens::session(const TokenCustody& plan, const PinAsked& pin,
                                           Conversation& conversation) {
  for (const Open& open : open_) {
    if (open.module == plan.module && open.label == plan.label && open.slot == plan.slot && !open.chosen)
      return open.session;
  }
  const Result<std::string> hash = check_module(plan.module);
  if (!hash) return hash.error();
  const Result<keys::TokenModule> module = keys::TokenModule::load(plan.module);
  if (!module) return module.error();
  const Result<Found> found = find(*module, plan, pin, conversation);
  if (!found) return found.error();
  const keys::TokenInfo* const token = &found->token;
  // The other key of this ceremony may have named the same token in another way.
  for (const Open& open : open_) {
    if (open.module == plan.module && open.found == token->slot) return open.session;
  }
  const TokenSeen told = seen(*token, plan.module, *hash, untold_reason_);
  if (Result<void> ok = conversation.token(told); !ok) return std::move(ok).error();
  if (Result<void> ok = check_seen(told); !ok) return std::move(ok).error();
  Result<keys::TokenSession> session = log_in(*module, *token, pin, conversation);
  if (!session) return with_context(std::move(session).error(), "token " + plan.name());
  open_.push_back({plan.module, plan.label, plan.slot, token->slot, found->several, *session});
  return session;
}

}  // namespace chancery::ceremony
