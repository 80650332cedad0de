// chancery-ca's service over the in-memory store, with somebody of every kind to call it. Keys and serial
// numbers are drawn anew in each process; nothing that a target promises depends on them.
#pragma once

#include <memory>
#include <string>

#include "api/rest/service.h"
#include "tests/support/profiles.h"
#include "tests/support/x509_builder.h"

namespace chancery::fuzz {

class ServiceInMemory {
 public:
  ServiceInMemory();

  // A certificate that the authority has recorded.
  x509::Certificate issue(const std::string& identity, const std::string& profile, const std::string& dns);
  // A token for one certificate of web.svc.test.
  std::string enroll();
  // How much has been remembered. Grows with every change of state.
  std::size_t audit_entries();

  [[nodiscard]] http::Response handle(const http::Request& request) const {
    return service_->handle(request);
  }
  [[nodiscard]] const identity::Authenticator& authenticator() const { return *authenticator_; }

 private:
  test::CertifiedKey root_ = test::make_root();
  test::CertifiedKey intermediate_ = test::make_intermediate(root_);
  FixedClock clock_{test::test_time()};
  SystemRandom random_;
  policy::ProfileSource policies_{"", test::caller_profiles(), clock_.now()};
  std::unique_ptr<log::Logger> logger_ = log::make_null_logger();
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<audit::Log> log_;
  metrics::Metrics metrics_;
  std::unique_ptr<authority::Authority> authority_;
  std::unique_ptr<identity::Authenticator> authenticator_;
  std::unique_ptr<rest::Context> context_;
  std::unique_ptr<rest::Service> service_;
};

std::string percent_encode(std::string_view text);

}  // namespace chancery::fuzz
