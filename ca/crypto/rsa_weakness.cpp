#include "ca/crypto/rsa_weakness.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "ca/crypto/openssl.h"

namespace chancery::crypto {
namespace {

using Context = std::unique_ptr<BN_CTX, OpensslDeleter<BN_CTX_free>>;

constexpr std::array<unsigned, 38> roca_primes{
    3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
    73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
constexpr unsigned roca_generator = 65537;

BigNumber number_of(ByteView big_endian) {
  BigNumber number(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
  if (!number) throw std::bad_alloc();
  return number;
}
BigNumber new_number() {
  BigNumber number(BN_new());
  if (!number) throw std::bad_alloc();
  return number;
}

// Arithmetic fails for want of memory only.
void must(int outcome) {
  if (outcome != 1) throw std::runtime_error("big number arithmetic failed: " + drain_errors());
}

bool generated(unsigned element, unsigned prime) {
  unsigned power = 1;
  do {
    if (power == element) return true;
    power = power * (roca_generator % prime) % prime;
  } while (power != 1);
  return false;
}

// The largest number whose square is not above `number`, by Newton's method.
BigNumber square_root(const BIGNUM* number, BN_CTX* context) {
  BigNumber root = new_number(), next = new_number();
  must(BN_set_bit(root.get(), (BN_num_bits(number) + 1) / 2));
  while (true) {
    must(BN_div(next.get(), nullptr, number, root.get(), context));
    must(BN_add(next.get(), next.get(), root.get()));
    must(BN_rshift1(next.get(), next.get()));
    if (BN_cmp(next.get(), root.get()) >= 0) return root;
    std::swap(next, root);
  }
}

bool is_residue(BN_ULONG value, unsigned modulus) {
  for (unsigned root = 0; root <= modulus / 2; ++root) {
    if (root * root % modulus == value) return true;
  }
  return false;
}

// Most numbers are shown not to be squares by small remainders, which cost next to nothing.
bool is_square(const BIGNUM* number, BN_CTX* context) {
  if (BN_is_zero(number)) return true;
  for (const unsigned modulus : {64U, 63U, 65U, 11U}) {
    if (!is_residue(BN_mod_word(number, modulus), modulus)) return false;
  }
  const BigNumber root = square_root(number, context), square = new_number();
  must(BN_sqr(square.get(), root.get(), context));
  return BN_cmp(square.get(), number) == 0;
}

}  // namespace

bool has_roca_fingerprint(ByteView modulus) {
  const BigNumber number = number_of(modulus);
  return std::all_of(roca_primes.begin(), roca_primes.end(), [&](unsigned prime) {
    return generated(static_cast<unsigned>(BN_mod_word(number.get(), prime)), prime);
  });
}

bool factors_are_close(ByteView modulus, unsigned rounds) {
  const Context context(BN_CTX_new());
  if (!context) throw std::bad_alloc();
  const BigNumber number = number_of(modulus), rest = new_number();
  // modulus = mean^2 - rest, and the factors are mean +- root of rest when that is a whole number.
  const BigNumber mean = square_root(number.get(), context.get());
  must(BN_sqr(rest.get(), mean.get(), context.get()));
  if (BN_cmp(rest.get(), number.get()) < 0) must(BN_add_word(mean.get(), 1));
  must(BN_sqr(rest.get(), mean.get(), context.get()));
  must(BN_sub(rest.get(), rest.get(), number.get()));
  for (unsigned round = 0; round < rounds; ++round) {
    if (is_square(rest.get(), context.get())) return true;
    must(BN_add(rest.get(), rest.get(), mean.get()));
    must(BN_add_word(mean.get(), 1));
    must(BN_add(rest.get(), rest.get(), mean.get()));  // in all 2 * mean + 1, for the old mean
  }
  return false;
}

}  // namespace chancery::crypto
