// An authority each part of which can be made to fail, and lives of certificates and requests to fail in.
#pragma once

#include <functional>
#include <map>
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

// What is done from beginning to end, one call after the other (lives.cpp).
enum class Life {
  certificate,  // enrolled, issued, renewed, revoked
  approval,     // kept, approved by one, approved by the last, which issues it, and fetched
  endings,      // four are kept: one is rejected, one taken back, one ends with its token, one is too late
  limits,       // a quota to its end and past it; the same words again; a lineage revoked
};
inline constexpr Life all_lives[] = {Life::certificate, Life::approval, Life::endings, Life::limits};
std::string to_string(Life life);

// Something that the caller was told is done: it holds in this store, then and for ever.
struct Promise {
  std::string what;
  std::function<bool(store::Store&)> holds;
};

class FaultyWorld {
 public:
  FaultyWorld(std::unique_ptr<store::Store> inner, Life life);

  // Lives. Whoever is refused asks again for the very same, as often as `patience` says; `after_refusal` may
  // mend what was broken. Fails the test when that does not help. The number of refusals.
  int live(int patience, const std::function<void()>& after_refusal = {});

  // Holds whatever has failed on the way: every promise; every serial that may have been signed is known and
  // can be revoked; nothing is held open, each token was used as often as it bought something; log and
  // records agree.
  void expect_all_accounted_for();
  static void expect_kept(const std::vector<Promise>& promises, store::Store& in, const std::string& when);

  // The `n`-th signature from now on (1 = the next) is refused, and none after it.
  void fail_signature(int n) { failing_signature_ = static_cast<int>(signed_.size()) + n; }
  [[nodiscard]] const std::vector<std::string>& signed_serials() const { return signed_; }
  [[nodiscard]] const std::vector<Promise>& promises() const { return promises_; }
  // Entries that the log had before the life began: those of the operators who decide in it.
  [[nodiscard]] std::int64_t entries_before() const { return entries_before_; }

  std::unique_ptr<test::FailingStore> store;
  FixedClock clock{from_unix(1790000000)};

 private:
  using StepOfLife = std::function<Result<void>()>;
  [[nodiscard]] std::vector<StepOfLife> steps();
  void add_certificate(std::vector<StepOfLife>& steps);
  void add_approval(std::vector<StepOfLife>& steps);
  void add_endings(std::vector<StepOfLife>& steps);
  void add_limits(std::vector<StepOfLife>& steps);

  // One call each. `name` is the identity, and tells tokens, keys and requests apart.
  Result<void> enroll(const std::string& name, const std::string& profile);
  Result<void> issue(const std::string& name, const std::string& key);  // with its token
  Result<void> renew(const std::string& name, const std::string& key);
  Result<void> revoke(const std::string& name);
  Result<void> revoke_lineage(const std::string& name);
  Result<void> keep(const std::string& name);
  Result<void> approve(const std::string& name, const std::string& approver);
  Result<void> reject(const std::string& name);
  Result<void> take_back(const std::string& name);
  Result<void> withdraw(const std::string& name);
  Result<void> be_late(const std::string& name);
  Result<void> spend_quota(const std::string& name, int use);
  Result<void> exceed_quota(const std::string& name);

  // Refused because it was done before: then somebody was not told, and is now. Any other error stays.
  Result<void> done_before(const Error& error, const std::string& name, store::RequestState state);
  Result<void> took(const std::string& name, const Result<Answered>& answered);
  void promise(std::string what, std::function<bool(store::Store&)> holds);
  void promise_state(const std::string& name, store::RequestState state);
  [[nodiscard]] Authentication requester(const std::string& name) const;
  [[nodiscard]] Authentication operator_certificate(const std::string& name);
  const x509::CertificateRequest& csr(const std::string& name);  // always the same one

  const Life life_;
  SystemRandom random_;
  RecordingObserver observer_;
  std::vector<std::string> signed_;  // asked of the key, whether it signed or not
  int failing_signature_ = 0;
  std::unique_ptr<Authority> authority_;
  std::int64_t entries_before_ = 0;
  std::map<std::string, x509::CertificateRequest> csrs_;
  std::map<std::string, Authentication> operators_;
  std::map<std::string, store::Token> tokens_;
  std::map<std::string, int> uses_;                            // that a token was promised to be spent
  std::map<std::string, std::string> requests_;                // ids
  std::map<std::string, store::CertificateRow> certificates_;  // the newest of each name
  std::map<std::string, std::string> first_;                   // serial of the first of each name
  std::vector<Promise> promises_;
};

}  // namespace chancery::authority
