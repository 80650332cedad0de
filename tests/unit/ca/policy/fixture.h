// Requests and profiles for the tests of ca/policy.
#pragma once

#include <gmock/gmock.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "ca/policy/evaluate.h"
#include "ca/policy/load_yaml.h"
#include "tests/support/x509_builder.h"

namespace chancery::policy {

using test::must;

inline x509::GeneralName name(const std::string& text) {
  return must(x509::parse_general_name(text));
}

inline std::vector<x509::GeneralName> names(const std::vector<std::string>& texts) {
  std::vector<x509::GeneralName> list;
  list.reserve(texts.size());
  for (const std::string& text : texts) list.push_back(name(text));
  return list;
}

// One key for the tests that do not care which.
inline const crypto::PrivateKey& p256_key() {
  static const crypto::PrivateKey key = must(crypto::PrivateKey::generate({}));
  return key;
}

inline x509::CertificateRequest request(const std::vector<std::string>& sans,
                                        const std::string& common_name = "",
                                        const crypto::PrivateKey& key = p256_key()) {
  const x509::Name subject =
      common_name.empty() ? x509::Name() : x509::Name({{x509::AttributeType::common_name, common_name}});
  return must(x509::CertificateRequest::parse_pem(must(x509::create_request(key, subject, names(sans)))));
}

inline Requester operator_requester() {
  return {.identity = Identity("alice"), .role = Role::operator_, .bound_names = std::nullopt};
}

inline Requester bound_to(const std::vector<std::string>& texts) {
  return {.identity = Identity("web-01"), .role = Role::none, .bound_names = names(texts)};
}

// The failed reasons as "rule value location".
inline std::vector<std::string> failures(const Decision& decision) {
  std::vector<std::string> texts;
  for (const Reason& reason : decision.reasons) {
    if (!reason.passed) texts.push_back(reason.rule + " " + reason.value + " " + reason.location);
  }
  return texts;
}

inline constexpr const char* good_profile = R"(name: test
lifetime: 90d
renew_after: 60d
backdate: 1h
keys:
  - {algorithm: P-256}
  - {algorithm: RSA, min_bits: 3072}
names:
  max: 20
  dns:
    - "*.one.internal"
    - "**.any.internal"
    - exact.internal
  ip: [10.0.0.0/8, "fd00::/8"]
  uri: ["spiffe://a.internal/service/*"]
  email: ["*@ops.internal"]
  denied_dns: ["secret.any.internal", "**.deep.any.internal"]
extended_key_usage: [serverAuth, clientAuth]
)";

inline std::string with(const std::string& from, const std::string& to) {
  std::string text = good_profile;
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("no '" + from + "' in the profile");
  return text.replace(at, from.size(), to);
}

inline std::shared_ptr<const Profile> profile(const std::string& yaml = good_profile) {
  return must(parse_profile(yaml, "test.yaml"));
}

}  // namespace chancery::policy
