// How often a key was used, counted outside the database: what nobody recorded still shows here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "ca/keys/key_store.h"

namespace chancery::keys {

struct SignatureCounts {
  std::int64_t since = -1;        // entries the audit log had when counting began; -1 = not yet known
  std::int64_t certificates = 0;  // signatures over anything that begins as DER does: TBSCertificate
  std::int64_t checks = 0;        // over anything else: test signatures of health checks
  // Of the certificates since `since`, how many the first so many entries of the log announce.
  std::int64_t settled_entries = -1, settled_intents = 0;
};

// A small file that is mapped into memory: adding costs no system call, and the kernel keeps what was added
// when this process is killed. After a power cut the last seconds may be missing. Any number of processes may
// count in one file. Thread-safe.
class SigningCounter {
 public:
  // Makes the file (mode 0600) when it is missing. Errors: unavailable; validation (not such a file).
  static Result<std::shared_ptr<SigningCounter>> open(const std::string& path);
  ~SigningCounter();
  SigningCounter(const SigningCounter&) = delete;
  SigningCounter& operator=(const SigningCounter&) = delete;
  SigningCounter(SigningCounter&&) = delete;
  SigningCounter& operator=(SigningCounter&&) = delete;

  // Remembers where counting began, unless that is known.
  void begin(std::int64_t log_size);
  // Remembers how far the log was read, and what it announces up to there; one caller at a time. A kill in
  // between leaves fewer entries read, which only means that some are counted twice.
  void settle(std::int64_t entries, std::int64_t intents);
  void count(ByteView message);
  [[nodiscard]] SignatureCounts counts() const;

 private:
  struct Page;
  explicit SigningCounter(Page* page) : page_(page) {}
  Page* page_;
};

// Reads such a file without making or mapping it. nullopt when there is none. Errors as SigningCounter::open.
Result<std::optional<SignatureCounts>> read_signature_counts(const std::string& path);

// Counts each use before the key is used: a signature that was made is never missing, one that failed counts
// too.
std::unique_ptr<Signer> make_counting_signer(std::unique_ptr<Signer> signer,
                                             std::shared_ptr<SigningCounter> counter);

}  // namespace chancery::keys
