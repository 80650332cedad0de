// A key in a PKCS#11 token. While the ceremony that makes it is not finished, its label ends with
// unfinished_suffix.
#pragma once

#include "ca/ceremony/custody/custody.h"

namespace chancery::ceremony {

inline constexpr std::string_view unfinished_suffix = ".unfinished";

std::unique_ptr<Custody> token_custody(const TokenCustody& plan, const CustodySurroundings& surroundings);

}  // namespace chancery::ceremony
