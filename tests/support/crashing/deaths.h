// Where chancery-ca-crashing may die, and dying there.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "ca/authority/authority.h"
#include "ca/keys/key_store.h"
#include "tests/support/disk/watched_disk.h"

namespace chancery::test {

// Every point's name, in the order in which a request passes them:
//   policy, prepare, ... answer    the numbered step has been finished
//   key.before, key.after          in the key store's call: no signature yet; signed, and not yet returned
//   store.write                    a transaction is about to reach the write-ahead log: nothing of it is on
//   disk store.sync, store.synced       it is in the log, and not yet synced; it is durable, and nobody has
//   been told checkpoint.write, .synced      the log is being copied into the database; has been
std::vector<std::string> death_points();

// Dies by SIGKILL when `point` is passed for the `count`-th time (1 = the first); "never" does not.
// Thread-safe.
class Death {
 public:
  Death(std::string point, int count) : point_(std::move(point)), left_(count) {}
  void pass(std::string_view point);

 private:
  std::string point_;
  std::atomic<int> left_;
};

class DyingObserver final : public authority::StepObserver {
 public:
  DyingObserver(authority::StepObserver& inner, Death& death) : inner_(inner), death_(death) {}
  void finished(authority::Step step) override {
    inner_.finished(step);
    death_.pass(to_string(step));
  }

 private:
  authority::StepObserver& inner_;
  Death& death_;
};

// Counts signatures for whoever looks from outside: a line "before SERIAL" and a line "after SERIAL" of each
// certificate's, synced to `path` ("" = not). What is no certificate is signed without a line.
class WitnessedSigner final : public keys::Signer {
 public:
  WitnessedSigner(std::unique_ptr<keys::Signer> inner, Death& death, const std::string& path);
  [[nodiscard]] const crypto::PublicKey& public_key() const override { return inner_->public_key(); }
  [[nodiscard]] Result<Bytes> sign(crypto::SignatureAlgorithm algorithm, ByteView message) const override;

 private:
  void write_down(const char* word, const std::string& serial) const;

  std::unique_ptr<keys::Signer> inner_;
  Death& death_;
  int file_ = -1;
};

// What the disk's calls mean as points. One writing connection: calls come from one thread at a time.
class DyingDisk {
 public:
  explicit DyingDisk(Death& death) : death_(death) {}
  int operator()(const DiskEvent& event);

 private:
  Death& death_;
  bool writing_ = false;  // a transaction's first page has gone to the log
};

}  // namespace chancery::test
