// PKCS#11's types and the state around them: inside ca/keys/token only.
#pragma once

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>

#include <mutex>
#include <string>

#include "ca/keys/token/module.h"
#include "ca/keys/token/session.h"

namespace chancery::keys {

struct TokenModule::State {
  State(CK_FUNCTION_LIST* list, std::string where) : functions(list), path(std::move(where)) {}
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  CK_FUNCTION_LIST* functions;
  std::string path;
};

struct TokenSession::State {
  State(std::shared_ptr<TokenModule::State> from, TokenInfo info, CK_SESSION_HANDLE opened)
      : module(std::move(from)), token(std::move(info)), handle(opened) {}
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  [[nodiscard]] const CK_FUNCTION_LIST& call() const { return *module->functions; }

  std::shared_ptr<TokenModule::State> module;
  TokenInfo token;
  CK_SESSION_HANDLE handle;
  bool logged_in = false;
  std::mutex mutex;  // a PKCS#11 session does one thing at a time
};

Result<TokenInfo> read_token_info(const TokenModule::State& module, CK_SLOT_ID slot);

}  // namespace chancery::keys
