#include "ca/keys/signing_counter.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "ca/base/file.h"

namespace chancery::keys {
namespace {

constexpr mode_t owner_only = 0600;
constexpr std::uint64_t magic = 0x31544e4347495343;  // "CSIGCNT1"
constexpr std::uint8_t der_sequence = 0x30;
constexpr off_t size_without_settled = 32;  // of a file that an earlier build has made; goes on as it is

Error cannot(const std::string& action, const std::string& path) {
  return make_error(ErrorCode::unavailable,
                    "cannot " + action + " the signature counter " + path + ": " + std::strerror(errno) +
                        "; it stands beside the database, writable for the service's user");
}

Error not_a_counter(const std::string& path) {
  return make_error(ErrorCode::validation,
                    path +
                        " is no signature counter of this program; move it away, note why, "
                        "and counting begins anew");
}

}  // namespace

// The file, in the machine's own byte order: it never leaves it.
struct SigningCounter::Page {
  std::uint64_t magic;
  std::int64_t since_plus_one;  // 0 = not yet known, as in a new file
  std::int64_t certificates;
  std::int64_t checks;
  std::int64_t settled_plus_one;  // 0 = nothing yet
  std::int64_t settled_intents;
};

Result<std::shared_ptr<SigningCounter>> SigningCounter::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, owner_only);
  if (file < 0) return cannot("open", path);
  struct stat status {};
  const bool known = ::fstat(file, &status) == 0;
  const bool sized = known && (status.st_size == sizeof(Page) ||
                               ((status.st_size == 0 || status.st_size == size_without_settled) &&
                                ::ftruncate(file, sizeof(Page)) == 0));
  // Blocks now rather than a bus error on a full disk later.
  const bool backed = sized && ::posix_fallocate(file, 0, sizeof(Page)) == 0;
  void* address =
      backed ? ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
  ::close(file);
  if (known && !sized) return not_a_counter(path);
  if (address == MAP_FAILED) return cannot("map", path);
  auto* page = static_cast<Page*>(address);
  std::shared_ptr<SigningCounter> counter(new SigningCounter(page));
  std::uint64_t empty = 0;
  std::atomic_ref<std::uint64_t> mark(page->magic);
  if (!mark.compare_exchange_strong(empty, magic) && empty != magic) return not_a_counter(path);
  return counter;
}

SigningCounter::~SigningCounter() {
  ::munmap(page_, sizeof(Page));
}

void SigningCounter::begin(std::int64_t log_size) {
  std::int64_t unknown = 0;
  std::atomic_ref<std::int64_t>(page_->since_plus_one).compare_exchange_strong(unknown, log_size + 1);
}

void SigningCounter::settle(std::int64_t entries, std::int64_t intents) {
  std::atomic_ref<std::int64_t>(page_->settled_intents).store(intents);
  std::atomic_ref<std::int64_t>(page_->settled_plus_one).store(entries + 1);
}

void SigningCounter::count(ByteView message) {
  const bool certificate = !message.empty() && message.front() == der_sequence;
  std::atomic_ref<std::int64_t>(certificate ? page_->certificates : page_->checks).fetch_add(1);
}

SignatureCounts SigningCounter::counts() const {
  SignatureCounts counts{.since = std::atomic_ref<std::int64_t>(page_->since_plus_one).load() - 1,
                         .certificates = std::atomic_ref<std::int64_t>(page_->certificates).load(),
                         .checks = std::atomic_ref<std::int64_t>(page_->checks).load(),
                         .settled_entries = std::atomic_ref<std::int64_t>(page_->settled_plus_one).load() - 1,
                         .settled_intents = std::atomic_ref<std::int64_t>(page_->settled_intents).load()};
  if (counts.settled_entries < 0) counts.settled_entries = counts.since;
  return counts;
}

Result<std::optional<SignatureCounts>> read_signature_counts(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::optional<SignatureCounts>();
  const Result<std::shared_ptr<SigningCounter>> counter = SigningCounter::open(path);
  if (!counter) return counter.error();
  return std::optional((*counter)->counts());
}

namespace {

class CountingSigner final : public Signer {
 public:
  CountingSigner(std::unique_ptr<Signer> signer, std::shared_ptr<SigningCounter> counter)
      : signer_(std::move(signer)), counter_(std::move(counter)) {}
  [[nodiscard]] const crypto::PublicKey& public_key() const override { return signer_->public_key(); }
  [[nodiscard]] Result<Bytes> sign(crypto::SignatureAlgorithm algorithm, ByteView message) const override {
    counter_->count(message);
    return signer_->sign(algorithm, message);
  }

 private:
  std::unique_ptr<Signer> signer_;
  std::shared_ptr<SigningCounter> counter_;
};

}  // namespace

std::unique_ptr<Signer> make_counting_signer(std::unique_ptr<Signer> signer,
                                             std::shared_ptr<SigningCounter> counter) {
  return std::make_unique<CountingSigner>(std::move(signer), std::move(counter));
}

}  // namespace chancery::keys
