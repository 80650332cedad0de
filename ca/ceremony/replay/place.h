// Where exactly something is wrong. Inside ca/ceremony/replay.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ca/crypto/digest.h"
#include "ca/x509/certificate.h"
#include "ca/x509/crl.h"

namespace chancery::ceremony {

// Longer texts are not searched for their wrong bit: a second of hashing is enough.
inline constexpr std::size_t searched_limit = 4096;

// The first octet at which they differ; none when they are equal. The end of the shorter counts.
std::optional<std::size_t> first_difference(std::string_view a, std::string_view b);

// "NAME, line 3, byte 130": lines from 1, bytes from 0, of the text.
std::string place_in(std::string_view name, std::string_view text, std::size_t offset);

// The octet of `text` with the one bit that must be turned back to give `wanted`, if it is one.
std::optional<std::size_t> turned_bit(std::string_view text, const crypto::Sha256Digest& wanted);

// How a TBS differs from the rebuilt one: field, byte of the TBS, of the DER and of its PEM.
// Precondition: they differ.
std::string tbs_difference(ByteView rebuilt, const x509::Certificate& found);
std::string tbs_difference(ByteView rebuilt, const x509::Crl& found);

}  // namespace chancery::ceremony
