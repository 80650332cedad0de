// Tokens whose firmware is known to give keys away.
#pragma once

#include <span>
#include <string_view>

#include "ca/keys/token/module.h"

namespace chancery::keys {

struct DeniedFirmware {
  std::string_view manufacturer;  // the token's begins with this
  std::string_view model;         // the token's begins with this
  TokenVersion from;              // both ends are denied
  TokenVersion to;
  std::string_view reason;  // what is wrong, and where it is published
};

// Known at the time of writing, and reported over PKCS#11 in a way that can be told apart. Not promised: that
// a token which is not listed is good; read its maker's advisories in the days before a ceremony.
std::span<const DeniedFirmware> denied_firmware();

// Errors: forbidden (naming the token, its firmware and the reason).
Result<void> check_firmware(const TokenInfo& token, std::span<const DeniedFirmware> list);

}  // namespace chancery::keys
