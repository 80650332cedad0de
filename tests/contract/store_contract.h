// The contract suite: every test of it runs against every implementation of ca/store/store.h.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "ca/store/store.h"
#include "tests/contract/records_for_tests.h"

namespace chancery::store::test {

// Removed with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  TemporaryDirectory(TemporaryDirectory&&) = delete;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::unique_ptr<Store> open_sqlite(const std::string& path);  // throws when it cannot

// `count` entries, from many threads so that they share commits; their order is that of the commits.
void append_at_once(Store& store, int count);

// Every entry and hash of the audit log holds, and there are so many.
void expect_whole_log(Store& store, std::int64_t entries);

class StoreContract : public testing::TestWithParam<std::string> {
 protected:
  StoreContract();

  Result<void> begin(const Intent& intent) {
    return store_->begin_issuance(intent, event("issuance.intent", intent.serial));
  }
  Result<void> complete(const CertificateRecord& certificate) {
    return store_->complete_issuance(certificate, event("certificate.issued", certificate.serial),
                                     message("certificate.issued"));
  }
  Result<void> abandon(const std::string& serial) {
    return store_->abandon_issuance(serial, event("issuance.abandoned", serial));
  }
  Result<void> revoke(const std::string& serial, int reason = 1) {
    return store_->revoke(serial, start + Seconds(9), reason, event("certificate.revoked", serial),
                          message("certificate.revoked"));
  }
  Result<void> add(const Token& token) {
    return store_->add_token(token, event("enrollment.created", "node-1"));
  }
  // Begins and completes; fails the test when either is refused.
  void issue(const CertificateRecord& certificate);
  void issue(int number) { issue(make_certificate(number)); }

  std::vector<std::string> audit_types();
  Token token(const Digest& hash) { return store_->find_token(hash).value().value(); }

  TemporaryDirectory directory_;
  std::unique_ptr<Store> store_;
};

// Both have happened, or the test says what did not.
#define EXPECT_OK(expression)                                                     \
  do {                                                                            \
    const auto outcome = (expression);                                            \
    EXPECT_TRUE(outcome.has_value()) << (outcome ? "" : outcome.error().message); \
  } while (false)

#define EXPECT_CODE(expression, expected)                                            \
  do {                                                                               \
    const auto outcome = (expression);                                               \
    ASSERT_FALSE(outcome.has_value());                                               \
    EXPECT_EQ(outcome.error().code, ErrorCode::expected) << outcome.error().message; \
  } while (false)

#define FOR_EVERY_STORE(suite)                                                                          \
  INSTANTIATE_TEST_SUITE_P(Store, suite, testing::Values(std::string("memory"), std::string("sqlite")), \
                           [](const auto& test) { return test.param; })

}  // namespace chancery::store::test
