// A whole issuing service over the in-memory store, without a socket.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "api/rest/service.h"
#include "tests/support/failing_store.h"
#include "tests/support/profiles.h"
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

class RestTest : public testing::Test {
 protected:
  explicit RestTest(std::shared_ptr<const crypto::KeyBlocklist> blocked_keys = nullptr);
  ~RestTest() override;

  // Fails the test when the OpenAPI document does not have the answer: its status, headers, members, values.
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
  Credentials as_operator(const std::string& identity = "alice");
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
  std::unique_ptr<test::FailingStore> store;
  std::unique_ptr<audit::Log> log;
  std::unique_ptr<metrics::Metrics> metrics;
  policy::ProfileSource policies{"", test::caller_profiles(), clock.now()};
  std::unique_ptr<authority::Authority> authority;
  std::unique_ptr<identity::Authenticator> authenticator;
  std::unique_ptr<Context> context;
  std::unique_ptr<Service> service;
};

}  // namespace chancery::rest
