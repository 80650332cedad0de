// An authority with real keys and policies over a store, at a clock that stands still.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ca/audit/entry.h"
#include "ca/authority/authority.h"
#include "tests/support/failing_store.h"
#include "tests/support/voucher.h"

namespace chancery::authority {

// Counts what has been finished, and runs what a test wants to happen right after a step.
class RecordingObserver final : public StepObserver {
 public:
  void finished(Step step) override {
    steps.push_back(step);
    if (const auto hook = hooks.find(step); hook != hooks.end()) hook->second();
  }
  std::vector<Step> steps;
  std::map<Step, std::function<void()>> hooks;
};

using AroundKey = std::function<std::unique_ptr<keys::Signer>(std::unique_ptr<keys::Signer>)>;

// An intermediate of 400 days that began a day before `now`; `around` may stand before its key.
std::shared_ptr<const issuance::Issuer> make_issuer(TimePoint now, const AroundKey& around = {});
// One profile: "service", 90 days, for *.svc.internal.
std::shared_ptr<const policy::ProfileSet> make_profiles();

class AuthorityTest : public testing::Test {
 protected:
  AuthorityTest();

  // A P-256 key's request for these names ("dns:web.svc.internal").
  static x509::CertificateRequest csr_for(const std::vector<std::string>& names);
  // A service's request, bound to web.svc.internal.
  static IssueRequest request_for(x509::CertificateRequest csr);
  static std::vector<x509::GeneralName> names(const std::vector<std::string>& texts);

  Result<RecordedCertificate> issue(IssueRequest request) {
    return authority->issue(test::Voucher::request(std::move(request)));
  }
  Explanation explain(IssueRequest request) {
    return authority->explain(test::Voucher::request(std::move(request)));
  }
  Result<Enrollment> enroll(int uses = 1, Seconds lifetime = Seconds(3600));
  std::vector<store::AuditEntry> audit_entries();
  std::vector<std::string> audit_types();

  FixedClock clock{from_unix(1790000000)};
  SystemRandom random;
  RecordingObserver observer;
  std::unique_ptr<test::FailingStore> store =
      std::make_unique<test::FailingStore>(store::make_memory_store(audit::log_hashing()));
  std::unique_ptr<Authority> authority;
};

}  // namespace chancery::authority
