#include "tests/unit/ca/authority/faulty_world.h"
#include "ca/audit/verify.h"

#include <cstdlib>
#include <filesystem>
#include <set>
#include <stdexcept>

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

const std::string host = "dns:web.svc.internal";

x509::CertificateRequest make_csr() {
  const crypto::PrivateKey key = must(crypto::PrivateKey::generate({}));
  return must(x509::CertificateRequest::parse_pem(
      must(x509::create_request(key, x509::Name(), {must(x509::parse_general_name(host))}))));
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

FaultyWorld::FaultyWorld(std::unique_ptr<store::Store> inner)
    : store(std::make_unique<test::FailingStore>(std::move(inner))),
      first_csr_(make_csr()),
      second_csr_(make_csr()) {
  const auto around = [this](std::unique_ptr<keys::Signer> key) {
    return std::make_unique<CountingSigner>(std::move(key), signed_, failing_signature_);
  };
  authority_ = std::make_unique<Authority>(
      AuthorityOptions{.profiles = make_profiles(), .issuer = make_issuer(clock.now(), around)}, *store,
      clock, random_, observer_);
}

Result<void> FaultyWorld::took(const Result<RecordedCertificate>& recorded) {
  if (!recorded) return recorded.error();
  acknowledged_.push_back(recorded->record().serial);
  return {};
}

Result<void> FaultyWorld::enroll() {
  const auto enrolled = authority_->enroll({.actor = Identity("alice"),
                                            .identity = Identity("web-01"),
                                            .profile = ProfileName("service"),
                                            .names = {must(x509::parse_general_name(host))},
                                            .request_id = RequestId("enrol")});
  if (!enrolled) return enrolled.error();
  token_ = enrolled->record.hash;
  return {};
}

Result<void> FaultyWorld::issue() {
  return took(authority_->issue(test::Voucher::request(
      {.requester = {.identity = Identity("web-01"),
                     .role = policy::Role::none,
                     .bound_names = std::vector<x509::GeneralName>{must(x509::parse_general_name(host))}},
       .actor = Identity("web-01"),
       .profile = ProfileName("service"),
       .csr = first_csr_,
       .token_hash = token_,
       .idempotency_key = "first",
       .request_id = RequestId("issue")})));
}

Result<void> FaultyWorld::renew() {
  const auto current = store->find_certificate(acknowledged_.at(0));
  if (!current) return current.error();
  Result<Answered> answered = authority_->renew(test::Voucher::certificate(current->value()),
                                                {second_csr_, "second", RequestId("renew")});
  if (!answered) return std::move(answered).error();
  return took(std::get<RecordedCertificate>(std::move(*answered)));
}

Result<void> FaultyWorld::revoke() {
  const auto revoked = authority_->revoke(acknowledged_.at(0), 4, Identity("alice"), RequestId("revoke"));
  return revoked ? Result<void>() : Result<void>(revoked.error());
}

int FaultyWorld::live(int patience, const std::function<void()>& after_refusal) {
  using StepOfLife = Result<void> (FaultyWorld::*)();
  int refusals = 0;
  for (const StepOfLife step :
       {&FaultyWorld::enroll, &FaultyWorld::issue, &FaultyWorld::renew, &FaultyWorld::revoke}) {
    for (int refused = 0;; ++refused) {
      const Result<void> done = (this->*step)();
      if (done) break;
      ++refusals;
      const ErrorCode code = done.error().code;
      EXPECT_TRUE(code == ErrorCode::unavailable || code == ErrorCode::internal) << done.error().message;
      if (refused == patience) {
        ADD_FAILURE() << "still refused: " << done.error().message;
        return refusals;
      }
      if (after_refusal) after_refusal();
    }
    ++steps_done_;
  }
  return refusals;
}

void FaultyWorld::expect_all_accounted_for() {
  store->fail_calls(0, 0);
  failing_signature_ = 0;
  // A next request ends what a failure has left open.
  EXPECT_TRUE(took(authority_->issue(test::Voucher::for_other("other", "service", make_csr()))));
  EXPECT_TRUE(must(store->open_intents()).empty());
  const store::Token token = must(store->find_token(*token_)).value();
  EXPECT_EQ(token.used, 1);
  EXPECT_EQ(token.reserved, 0);
  EXPECT_TRUE(audit::verify_log(*store, {}, {})->faults.empty());
  EXPECT_EQ(std::set(signed_.begin(), signed_.end()).size(), signed_.size()) << "a serial was signed twice";
  for (const std::string& serial : signed_) {
    const auto status = must(store->find_status(serial));
    ASSERT_TRUE(status.has_value()) << serial << " was signed and is unknown";
    if (status->status == store::Status::revoked) continue;
    EXPECT_TRUE(authority_->revoke(serial, 4, Identity("alice"), RequestId("r"))) << serial;
  }
  for (const std::string& serial : acknowledged_)
    EXPECT_TRUE(must(store->find_certificate(serial)).has_value())
        << serial << " was acknowledged and is lost";
}

}  // namespace chancery::authority
