// SHA-256 of a file.
#pragma once

#include <string>

#include "ca/base/result.h"
#include "ca/crypto/digest.h"

namespace chancery::crypto {

inline constexpr std::size_t program_limit = std::size_t{256} << 20U;  // octets of a program or a library

// Errors: those of read_file.
Result<Sha256Digest> sha256_of_file(const std::string& path, std::size_t limit);

}  // namespace chancery::crypto
