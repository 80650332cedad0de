// An authority each part of which can be made to fail, and the whole life of a certificate to fail in.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/ca/authority/fixture.h"

namespace chancery::authority {

// Removed with what is in it.
class Folder {
 public:
  Folder();
  explicit Folder(const std::string& database);  // with a copy of this one, which nobody has open
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  Folder(Folder&&) = delete;
  Folder& operator=(Folder&&) = delete;
  [[nodiscard]] std::string database() const { return path_ + "/chancery.db"; }

 private:
  std::string path_;
};

std::unique_ptr<store::Store> open_store(const std::string& path);  // throws when it cannot

class FaultyWorld {
 public:
  explicit FaultyWorld(std::unique_ptr<store::Store> inner);

  // Enrols, issues with the token, renews and revokes what was issued. Whoever is refused asks again for the
  // very same, as often as `patience` says; `after_refusal` may mend what was broken. Fails the test when
  // that does not help. The number of refusals.
  int live(int patience, const std::function<void()>& after_refusal = {});

  // Holds whatever has failed on the way: every serial that may have been signed is known and can be revoked,
  // nothing is held open, the token was used once, the trail is whole.
  void expect_all_accounted_for();

  // The `n`-th signature from now on (1 = the next) is refused, and none after it.
  void fail_signature(int n) { failing_signature_ = static_cast<int>(signed_.size()) + n; }
  [[nodiscard]] const std::vector<std::string>& signed_serials() const { return signed_; }
  // What the caller was told is done: the serials of certificates.
  [[nodiscard]] const std::vector<std::string>& acknowledged() const { return acknowledged_; }
  [[nodiscard]] int steps_done() const { return steps_done_; }

  std::unique_ptr<test::FailingStore> store;
  FixedClock clock{from_unix(1790000000)};

 private:
  Result<void> enroll();
  Result<void> issue();
  Result<void> renew();
  Result<void> revoke();
  Result<void> took(const Result<RecordedCertificate>& recorded);

  SystemRandom random_;
  RecordingObserver observer_;
  std::vector<std::string> signed_;  // asked of the key, whether it signed or not
  int failing_signature_ = 0;
  std::unique_ptr<Authority> authority_;
  x509::CertificateRequest first_csr_, second_csr_;
  std::optional<store::Digest> token_;
  std::vector<std::string> acknowledged_;
  int steps_done_ = 0;
};

}  // namespace chancery::authority
