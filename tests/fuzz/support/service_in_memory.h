// chancery-ca's service over the in-memory store, with somebody of every kind to call it. Serial numbers, ids
// and tokens come from a fixed stream, so that they are the same in every process; keys are drawn anew.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/rest/service.h"
#include "tests/support/profiles.h"
#include "tests/support/x509_builder.h"

namespace chancery::fuzz {

class ServiceInMemory {
 public:
  explicit ServiceInMemory(std::shared_ptr<const policy::ProfileSet> profiles = test::caller_profiles());

  // A certificate that the authority has recorded.
  x509::Certificate issue(const std::string& identity, const std::string& profile, const std::string& dns);
  // A token of the operator `maker` for as many certificates of web.svc.test.
  authority::Enrollment enroll(const std::string& maker, const std::string& profile, int uses = 1);
  // What has been remembered since it was so many entries. Grows with every change of state.
  std::vector<store::AuditEntry> audit_entries(std::size_t since);

  [[nodiscard]] http::Response handle(const http::Request& request) const {
    return service_->handle(request);
  }
  [[nodiscard]] const identity::Authenticator& authenticator() const { return *authenticator_; }
  authority::Authority& authority() { return *authority_; }
  store::Store& store() { return *store_; }
  FixedClock& clock() { return clock_; }

 private:
  test::CertifiedKey root_ = test::make_root();
  test::CertifiedKey intermediate_ = test::make_intermediate(root_);
  FixedClock clock_{test::test_time()};
  FixedRandom random_{20261122};
  policy::ProfileSource policies_;
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
