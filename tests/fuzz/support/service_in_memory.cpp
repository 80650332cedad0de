#include "tests/fuzz/support/service_in_memory.h"

#include "api/http/problem.h"
#include "ca/audit/entry.h"
#include "tests/support/log_key.h"
#include "tests/support/voucher.h"

namespace chancery::fuzz {

using test::must;

namespace {

std::vector<ProfileName> names_of(const policy::ProfileSet& profiles) {
  std::vector<ProfileName> names;
  for (const auto& profile : profiles.all()) names.push_back(profile->name);
  return names;
}

}  // namespace

ServiceInMemory::ServiceInMemory(std::shared_ptr<const policy::ProfileSet> profiles)
    : policies_("", profiles, clock_.now()),
      store_(store::make_memory_store(audit::log_hashing())),
      log_(must(audit::Log::open(*store_, test::make_log_key(), clock_))),
      metrics_(names_of(*profiles)) {
  auto issuer = must(
      issuance::Issuer::create(intermediate_.certificate, intermediate_.signer(), {.cross_check = false}));
  authority_ = std::make_unique<authority::Authority>(
      authority::AuthorityOptions{.profiles = std::move(profiles), .issuer = std::move(issuer)}, *store_,
      clock_, random_, metrics_);
  authenticator_ = std::make_unique<identity::Authenticator>(
      *authority_, *store_, std::vector{root_.certificate}, std::vector<x509::Certificate>(), clock_);
  const std::string chain = intermediate_.certificate.to_pem();
  context_ = std::make_unique<rest::Context>(rest::Context{.authority = *authority_,
                                                           .store = *store_,
                                                           .log = *log_,
                                                           .authenticator = *authenticator_,
                                                           .metrics = metrics_,
                                                           .policies = policies_,
                                                           .clock = clock_,
                                                           .logger = *logger_,
                                                           .roots_pem = root_.certificate.to_pem(),
                                                           .chain_pem = chain,
                                                           .chain_json = http::json_string(chain)});
  service_ = std::make_unique<rest::Service>(*context_);
}

x509::Certificate ServiceInMemory::issue(const std::string& identity, const std::string& profile,
                                         const std::string& dns) {
  const auto csr = test::make_request(test::make_key(), {dns});
  const auto recorded = must(authority_->issue(test::Voucher::for_other(identity, profile, csr)));
  return must(x509::Certificate::parse(recorded.record().der));
}

authority::Enrollment ServiceInMemory::enroll(const std::string& maker, const std::string& profile,
                                              int uses) {
  return must(authority_->enroll({.actor = Identity(maker),
                                  .identity = Identity("web-01"),
                                  .profile = ProfileName(profile),
                                  .names = test::dns_names({"web.svc.test"}),
                                  .uses = uses,
                                  .lifetime = Seconds(3600),
                                  .request_id = RequestId("enroll")}));
}

std::vector<store::AuditEntry> ServiceInMemory::audit_entries(std::size_t since) {
  constexpr int enough = 1000;  // for any one request
  return must(store_->read_audit(static_cast<std::int64_t>(since), enough));
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += plain ? std::string(1, c) : "%" + to_hex(as_bytes(std::string_view(&c, 1)));
  }
  return out;
}

}  // namespace chancery::fuzz
