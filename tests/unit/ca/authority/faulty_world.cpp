#include "tests/unit/ca/authority/faulty_world.h"

#include <cstdlib>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "ca/audit/reconcile.h"
#include "ca/audit/verify.h"
#include "ca/store/sqlite/sqlite_store.h"
#include "tests/support/tbs_serial.h"
#include "tests/support/x509_builder.h"

namespace chancery::authority {
namespace {

using test::must;

class CountingSigner final : public keys::Signer {
 public:
  CountingSigner(std::unique_ptr<keys::Signer> inner, std::vector<std::string>& serials, const int& failing)
      : inner_(std::move(inner)), serials_(serials), failing_(failing) {}
  [[nodiscard]] const crypto::PublicKey& public_key() const override { return inner_->public_key(); }
  [[nodiscard]] Result<Bytes> sign(crypto::SignatureAlgorithm algorithm, ByteView message) const override {
    serials_.push_back(test::tbs_serial(message));
    if (static_cast<int>(serials_.size()) == failing_)
      return make_error(ErrorCode::unavailable, "the key was made to fail");
    return inner_->sign(algorithm, message);
  }

 private:
  std::unique_ptr<keys::Signer> inner_;
  std::vector<std::string>& serials_;
  const int& failing_;
};

// "service", and one each that grants operator, wants two approvals within an hour (of one certificate a
// day), has a quota of two a day.
std::shared_ptr<const policy::ProfileSet> profiles_of_all_lives() {
  const auto like_service = [](const std::string& name) {
    auto profile = std::make_shared<policy::Profile>(*make_profiles()->find(ProfileName("service")));
    profile->name = ProfileName(name);
    return profile;
  };
  auto operators = like_service("operator"), guarded = like_service("guarded"),
       limited = like_service("limited");
  operators->grants = policy::Role::operator_;
  guarded->approvals = {2, Seconds(3600), false, "guarded.yaml:20:3"};
  guarded->per_identity = {1, Seconds(86400), "guarded.yaml:22:3"};
  limited->per_identity = {2, Seconds(86400), "limited.yaml:20:3"};
  return std::make_shared<const policy::ProfileSet>(std::vector<std::shared_ptr<const policy::Profile>>{
      like_service("service"), std::move(operators), std::move(guarded), std::move(limited)});
}

}  // namespace

Folder::Folder() : path_(testing::TempDir() + "faults-XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot create " + path_);
}

Folder::Folder(const std::string& database) : Folder() {
  std::filesystem::copy_file(database, this->database());
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<store::Store> open_store(const std::string& path) {
  Result<std::unique_ptr<store::Store>> store =
      store::open_sqlite_store({.path = path, .readers = 1}, audit::log_hashing());
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

std::string to_string(Life life) {
  switch (life) {
    case Life::certificate:
      return "certificate";
    case Life::approval:
      return "approval";
    case Life::endings:
      return "endings";
    case Life::limits:
      return "limits";
  }
  return "limits";
}

FaultyWorld::FaultyWorld(std::unique_ptr<store::Store> inner, Life life)
    : store(std::make_unique<test::FailingStore>(std::move(inner))), life_(life) {
  const auto around = [this](std::unique_ptr<keys::Signer> key) {
    return std::make_unique<CountingSigner>(std::move(key), signed_, failing_signature_);
  };
  authority_ = std::make_unique<Authority>(
      AuthorityOptions{.profiles = profiles_of_all_lives(), .issuer = make_issuer(clock.now(), around)},
      *store, clock, random_, observer_);
  if (life == Life::approval || life == Life::endings) {
    for (const char* name : {"bob", "carol"}) operators_.emplace(name, operator_certificate(name));
  }
  entries_before_ = must(store->log_size());
  signed_.clear();
}

int FaultyWorld::live(int patience, const std::function<void()>& after_refusal) {
  int refusals = 0, number = 0;
  for (const StepOfLife& step : steps()) {
    ++number;
    for (int refused = 0;; ++refused) {
      const Result<void> done = step();
      if (done) break;
      ++refusals;
      const ErrorCode code = done.error().code;
      EXPECT_TRUE(code == ErrorCode::unavailable || code == ErrorCode::internal)
          << "step " << number << ": " << done.error().message;
      if (refused == patience) {
        ADD_FAILURE() << "step " << number << " is still refused: " << done.error().message;
        return refusals;
      }
      if (after_refusal) after_refusal();
    }
  }
  return refusals;
}

void FaultyWorld::expect_kept(const std::vector<Promise>& promises, store::Store& in,
                              const std::string& when) {
  for (const Promise& promise : promises) EXPECT_TRUE(promise.holds(in)) << promise.what << " " << when;
}

void FaultyWorld::expect_all_accounted_for() {
  store->fail_calls(0, 0);
  failing_signature_ = 0;
  // A next request ends what a failure has left open.
  EXPECT_TRUE(authority_->issue(test::Voucher::for_other("other", "service", csr("other"))));
  EXPECT_TRUE(must(store->open_intents()).empty());
  expect_kept(promises_, *store, "at the end");
  for (const auto& [name, made] : tokens_) {
    const store::Token token = must(store->find_token(made.hash)).value();
    EXPECT_EQ(token.used, uses_[name]) << name;
    EXPECT_EQ(token.reserved, 0) << name;
  }
  // What waited held a use; what ended without a certificate holds none.
  for (const auto& [name, id] : requests_) {
    const bool issued = must(store->find_request(id))->state == store::RequestState::issued;
    const store::Quota quota{"identity:guarded:" + name, 1, Seconds(86400)};
    EXPECT_EQ(must(store->check_quotas({quota}, clock.now())).at(0).used, issued ? 1 : 0) << name;
  }
  EXPECT_TRUE(audit::verify_log(*store, {}, {})->faults.empty());
  const audit::Reconciliation joined = must(audit::reconcile(*store, {}, clock.now(), {}));
  for (const audit::Difference& difference : joined.differences)
    ADD_FAILURE() << audit::to_string(difference.kind) << ": " << difference.message;
  EXPECT_EQ(std::set(signed_.begin(), signed_.end()).size(), signed_.size()) << "a serial was signed twice";
  for (const std::string& serial : signed_) {
    const auto status = must(store->find_status(serial));
    ASSERT_TRUE(status.has_value()) << serial << " was signed and is unknown";
    if (status->status == store::Status::revoked) continue;
    EXPECT_TRUE(authority_->revoke(serial, 4, Identity("alice"), RequestId("r"))) << serial;
  }
}

void FaultyWorld::promise(std::string what, std::function<bool(store::Store&)> holds) {
  promises_.push_back({std::move(what), std::move(holds)});
}

void FaultyWorld::promise_state(const std::string& name, store::RequestState state) {
  promise("the request of " + name + " is " + std::string(to_string(state)),
          [id = requests_.at(name), state](store::Store& in) {
            const auto found = must(in.find_request(id));
            return found && found->state == state;
          });
}

Authentication FaultyWorld::requester(const std::string& name) const {
  return test::Voucher::token(tokens_.at(name));
}

Authentication FaultyWorld::operator_certificate(const std::string& name) {
  const auto recorded = must(authority_->issue(test::Voucher::for_other(name, "operator", csr(name))));
  return test::Voucher::certificate(must(store->find_certificate(recorded.record().serial)).value(),
                                    policy::Role::operator_);
}

const x509::CertificateRequest& FaultyWorld::csr(const std::string& name) {
  const auto found = csrs_.find(name);
  if (found != csrs_.end()) return found->second;
  const crypto::PrivateKey key = must(crypto::PrivateKey::generate({}));
  const std::string host = "dns:" + name.substr(0, name.find(' ')) + ".svc.internal";
  return csrs_
      .emplace(name, must(x509::CertificateRequest::parse_pem(must(
                         x509::create_request(key, x509::Name(), {must(x509::parse_general_name(host))})))))
      .first->second;
}

}  // namespace chancery::authority
