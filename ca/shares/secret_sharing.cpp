#include "ca/shares/secret_sharing.h"

#include <botan/exceptn.h>
#include <botan/rng.h>
#include <botan/tss.h>

#include <algorithm>

namespace chancery::shares {
namespace {

// RTSS header: set (16), hash (1), threshold (1), length of what follows (2): index, secret, hash.
constexpr std::size_t hash_at = 16, threshold_at = 17, length_at = 18, index_at = 20;
constexpr std::uint8_t sha256 = 2;

class BotanRandom final : public Botan::RandomNumberGenerator {
 public:
  explicit BotanRandom(RandomSource& source) : source_(source) {}
  void randomize(std::uint8_t out[], std::size_t size) override { source_.fill({out, size}); }
  bool accepts_input() const override { return false; }
  void add_entropy(const std::uint8_t /*in*/[], std::size_t /*size*/) override {}
  std::string name() const override { return "chancery"; }
  void clear() override {}
  bool is_seeded() const override { return true; }

 private:
  RandomSource& source_;
};

Error refused(const std::string& message) {
  return make_error(ErrorCode::validation, message);
}

Result<void> check_numbers(unsigned threshold, unsigned count) {
  if (threshold >= least_threshold && threshold <= count && count <= most_shares) return {};
  return refused("a key is shared among 2 to 16 officers of whom at least 2 are needed; " +
                 std::to_string(threshold) + " of " + std::to_string(count) + " was asked for");
}

Result<void> check_set(std::span<const SecretBytes> shares) {
  if (shares.empty()) return refused("there is no share to join");
  const Result<ShareHeader> first = read_header(shares.front());
  if (!first) return first.error();
  unsigned seen = 0;  // one bit an index
  for (const SecretBytes& share : shares) {
    const Result<ShareHeader> header = read_header(share);
    if (!header) return header.error();
    if (header->set != first->set || header->threshold != first->threshold ||
        share.size() != shares.front().size()) {
      return refused("the shares are not all of one set");
    }
    const unsigned bit = 1U << header->index;
    if ((seen & bit) != 0) return refused("share " + std::to_string(header->index) + " is there twice");
    seen |= bit;
  }
  if (shares.size() >= first->threshold) return {};
  return refused(std::to_string(shares.size()) + " of " + std::to_string(first->threshold) +
                 " shares are there; all of them are needed");
}

}  // namespace

Result<std::vector<SecretBytes>> split(const SecretBytes& secret, unsigned threshold, unsigned count,
                                       const SetId& set, RandomSource& random) {
  if (Result<void> numbers = check_numbers(threshold, count); !numbers) return std::move(numbers).error();
  if (secret.empty() || secret.size() > secret_limit) {
    return refused("a secret to be shared has 1 to 4096 octets; this one has " +
                   std::to_string(secret.size()));
  }
  try {
    BotanRandom rng(random);
    const std::vector<Botan::RTSS_Share> made = Botan::RTSS_Share::split(
        static_cast<std::uint8_t>(threshold), static_cast<std::uint8_t>(count), secret.reveal().data(),
        static_cast<std::uint16_t>(secret.size()), {set.begin(), set.end()}, "SHA-256", rng);
    std::vector<SecretBytes> shares;
    shares.reserve(made.size());
    for (const Botan::RTSS_Share& share : made) shares.push_back(SecretBytes::copy_of(share.data()));
    return shares;
  } catch (const Botan::Exception& fault) {
    return make_error(ErrorCode::internal, "the secret could not be split", fault.what());
  }
}

Result<SecretBytes> join(std::span<const SecretBytes> shares) {
  if (Result<void> set = check_set(shares); !set) return std::move(set).error();
  try {
    std::vector<Botan::RTSS_Share> given;
    for (const SecretBytes& share : shares) given.emplace_back(share.reveal().data(), share.size());
    return SecretBytes::copy_of(Botan::RTSS_Share::reconstruct(given));
  } catch (const Botan::Exception& fault) {
    return make_error(ErrorCode::validation,
                      "the shares do not belong together: at least one of them was altered", fault.what());
  }
}

Result<ShareHeader> read_header(const SecretBytes& share) {
  const ByteView bytes = share.reveal();
  if (bytes.size() > share_overhead && bytes.size() <= secret_limit + share_overhead) {
    ShareHeader header{{}, bytes[threshold_at], bytes[index_at]};
    std::copy_n(bytes.begin(), header.set.size(), header.set.begin());
    const std::size_t length = (std::size_t{bytes[length_at]} << 8U) | bytes[length_at + 1];
    if (bytes[hash_at] == sha256 && length + index_at == bytes.size() && header.index >= 1 &&
        header.index <= most_shares && check_numbers(header.threshold, most_shares)) {
      return header;
    }
  }
  return refused("this is not a share of a secret (RTSS with SHA-256, 2 to 16 shares)");
}

}  // namespace chancery::shares
