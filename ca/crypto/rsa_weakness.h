// Two ways in which an RSA modulus of full size can still be broken in hours: inside ca/crypto only.
#pragma once

#include "ca/base/bytes.h"

namespace chancery::crypto {

// The fingerprint of Infineon's library (CVE-2017-15361, "The Return of Coppersmith's Attack", Nemec et al.
// 2017, section 2.2): its primes are k * M + (65537^a mod M), M the product of the first primes, so that the
// modulus lies in the subgroup that 65537 generates modulo each prime up to 167. By chance less than once in
// 2^27 moduli. `modulus` is big-endian.
bool has_roca_fingerprint(ByteView modulus);

inline constexpr unsigned fermat_rounds = 100;  // BR 6.1.1.3 (CVE-2022-26320)

// Fermat's method finds the factors within so many rounds: they are too close to each other. Precondition:
// odd and larger than 1.
bool factors_are_close(ByteView modulus, unsigned rounds = fermat_rounds);

}  // namespace chancery::crypto
