// A whole issuing service over the in-memory store, without a socket.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "api/rest/service.h"
#include "tests/support/x509_builder.h"

namespace chancery::rest {

using nlohmann::json;

// What a test sends along. Both may be empty.
struct Credentials {
  std::string token;
  std::string certificate;  // PEM
};

struct Answer {
  int status = 0;
  json body;  // null when the answer is not JSON
  http::Response response;

  [[nodiscard]] std::string error_type() const { return body["error"]["type"]; }
  [[nodiscard]] std::string message() const { return body["message"]; }
  // The rules of the details, in order.
  [[nodiscard]] std::vector<std::string> rules() const;
};

// A store that can be told to fail, and otherwise passes on.
class FailingStore;

class RestTest : public testing::Test {
 protected:
  RestTest();
  ~RestTest() override;

  // Fails the test when the status is not one the route declares.
  Answer send(http::Method method, const std::string& path_and_query, const std::string& body = {},
              const Credentials& credentials = {},
              const std::vector<std::pair<std::string, std::string>>& headers = {});
  Answer get(const std::string& path, const Credentials& credentials = {});
  Answer post(const std::string& path, const json& body, const Credentials& credentials = {},
              const std::vector<std::pair<std::string, std::string>>& headers = {});

  std::string token(const std::string& identity, const std::string& profile,
                    const std::vector<std::string>& names, int uses = 1, Seconds lifetime = Seconds(3600));
  // Issues through the authority and returns the leaf's PEM.
  std::string certificate(const std::string& identity, const std::string& profile, const std::string& dns,
                          const crypto::PrivateKey& key);
  std::string certificate(const std::string& identity, const std::string& profile, const std::string& dns);
  // A certificate that grants operator.
  Credentials as_operator();
  Credentials as_service(const std::string& identity = "web-01", const std::string& dns = "web.svc.test");

  static std::string csr(const std::string& dns) { return csr(test::make_key(), dns); }
  static std::string csr(const crypto::PrivateKey& key, const std::string& dns);
  static std::string serial_of(const std::string& pem);
  std::size_t audit_entries();

  test::CertifiedKey root = test::make_root();
  test::CertifiedKey intermediate = test::make_intermediate(root);
  FixedClock clock{test::test_time()};
  SystemRandom random;
  std::unique_ptr<log::Logger> logger = log::make_null_logger();
  std::unique_ptr<FailingStore> store;
  std::unique_ptr<metrics::Metrics> metrics;
  std::unique_ptr<authority::Authority> authority;
  std::unique_ptr<identity::Authenticator> authenticator;
  std::unique_ptr<Context> context;
  std::unique_ptr<Service> service;
};

class FailingStore final : public store::Store {
 public:
  explicit FailingStore(std::unique_ptr<store::Store> inner) : inner_(std::move(inner)) {}
  std::optional<Error> fault;  // what every write answers while it is set

  Result<void> begin_issuance(const store::Intent& intent, const store::AuditDraft& audit) override {
    return write([&] { return inner_->begin_issuance(intent, audit); });
  }
  Result<void> complete_issuance(const store::CertificateRecord& certificate, const store::AuditDraft& audit,
                                 const store::OutboxEvent& event) override {
    return write([&] { return inner_->complete_issuance(certificate, audit, event); });
  }
  Result<void> abandon_issuance(const std::string& serial, const store::AuditDraft& audit) override {
    return write([&] { return inner_->abandon_issuance(serial, audit); });
  }
  Result<std::vector<store::Intent>> open_intents() override { return inner_->open_intents(); }
  Result<std::optional<store::CertificateRow>> find_certificate(const std::string& serial) override {
    return inner_->find_certificate(serial);
  }
  Result<std::optional<store::CertificateRow>> find_by_idempotency_key(const Identity& identity,
                                                                       const std::string& key) override {
    return inner_->find_by_idempotency_key(identity, key);
  }
  Result<std::optional<store::CertificateRow>> find_by_spki(const store::Digest& spki_hash) override {
    return inner_->find_by_spki(spki_hash);
  }
  Result<store::CertificatePage> list_certificates(const store::CertificateFilter& filter,
                                                   const std::string& cursor, int limit) override {
    return inner_->list_certificates(filter, cursor, limit);
  }
  Result<std::optional<store::StatusRecord>> find_status(const std::string& serial) override {
    return inner_->find_status(serial);
  }
  Result<void> revoke(const std::string& serial, TimePoint at, int reason, const store::AuditDraft& audit,
                      const store::OutboxEvent& event) override {
    return write([&] { return inner_->revoke(serial, at, reason, audit, event); });
  }
  Result<std::vector<std::int64_t>> count_expiring(TimePoint now,
                                                   const std::vector<Seconds>& within) override {
    return inner_->count_expiring(now, within);
  }
  Result<void> add_token(const store::Token& token, const store::AuditDraft& audit) override {
    return write([&] { return inner_->add_token(token, audit); });
  }
  Result<std::optional<store::Token>> find_token(const store::Digest& hash) override {
    return inner_->find_token(hash);
  }
  Result<void> append_audit(const store::AuditDraft& audit) override {
    return write([&] { return inner_->append_audit(audit); });
  }
  Result<std::vector<store::AuditEntry>> read_audit(std::int64_t after, int limit) override {
    return inner_->read_audit(after, limit);
  }
  Result<std::vector<std::pair<std::int64_t, store::OutboxEvent>>> read_outbox(int limit) override {
    return inner_->read_outbox(limit);
  }
  Result<void> acknowledge_outbox(std::int64_t through) override {
    return inner_->acknowledge_outbox(through);
  }
  Result<void> check_writable() override {
    return write([&] { return inner_->check_writable(); });
  }

 private:
  template <typename Work>
  Result<void> write(Work work) {
    if (fault) return *fault;
    return work();
  }
  std::unique_ptr<store::Store> inner_;
};

}  // namespace chancery::rest
