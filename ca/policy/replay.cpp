#include "ca/policy/replay.h"

#include <algorithm>

#include "ca/policy/renewal.h"

namespace chancery::policy {
namespace {

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& entry : list) text.append(text.empty() ? "" : ", ").append(entry);
  return text.empty() ? "none" : text;
}

std::vector<std::string> sorted_texts(const std::vector<x509::KeyPurpose>& purposes) {
  std::vector<std::string> texts;
  texts.reserve(purposes.size());
  for (const x509::KeyPurpose purpose : purposes) texts.emplace_back(x509::to_string(purpose));
  std::sort(texts.begin(), texts.end());
  return texts;
}

// What would be in the certificate, compared with what is.
class Comparison {
 public:
  void compare(const std::string& rule, const std::string& location, const std::string& was,
               const std::string& would_be) {
    if (was == would_be) return;
    details_.push_back({rule, location, was, "it is " + was + " and would be " + would_be});
  }
  [[nodiscard]] std::vector<ErrorDetail> take() { return std::move(details_); }

 private:
  std::vector<ErrorDetail> details_;
};

// A renewal takes over the approvers of what it renews, and they may be more than are needed now.
int approvals_of(const PastIssuance& past, const Approvals& rule) {
  return past.renewal && !rule.renewals ? std::max(rule.required, past.approvers) : rule.required;
}

std::vector<ErrorDetail> alterations(const Profile& profile, const Decision& decision,
                                     const PastIssuance& past) {
  const x509::Validity& validity = past.certificate.validity();
  const x509::Extensions& extensions = past.certificate.fields().extensions;
  Comparison comparison;
  comparison.compare("lifetime", profile.lifetime_location,
                     to_string(validity.not_after() - validity.not_before() + Seconds(1)),
                     to_string(profile.lifetime));
  comparison.compare("renew_after", profile.renew_after_location,
                     to_string(past.renew_after - validity.not_before()), to_string(profile.renew_after));
  comparison.compare("extended_key_usage", profile.extended_key_usage_location,
                     joined(sorted_texts(extensions.extended_key_usage)),
                     joined(sorted_texts(profile.extended_key_usage)));
  comparison.compare("subject", profile.location, "'" + past.subject + "'",
                     "'" + decision.subject.to_string() + "'");
  comparison.compare("crl_distribution_points", profile.location, joined(extensions.crl_distribution_points),
                     joined(profile.crl_distribution_points));
  comparison.compare("ca_issuers", profile.location, joined(extensions.ca_issuers),
                     joined(profile.ca_issuers));
  comparison.compare("ocsp", profile.location, joined(extensions.ocsp), joined(profile.ocsp));
  comparison.compare("approvals", profile.approvals.location, std::to_string(past.approvers),
                     std::to_string(approvals_of(past, profile.approvals)));
  return comparison.take();
}

ErrorDetail detail_of(const Reason& reason) {
  return {reason.rule, reason.location, reason.value, reason.message};
}

// No record tells who asked; who renewed is known.
Role role_of(const PastIssuance& past, const Profile& profile) {
  if (past.renewal) return renewing_role(profile);
  const std::vector<Role>& roles = profile.requesters.roles;
  return roles.empty() ? Role::none : roles.front();
}

Verdict missing(const PastIssuance& past) {
  const std::string& name = past.profile.text();
  return {Change::denied, {{"profile", "", name, "the new policy has no profile " + name}}};
}

Verdict verdict_of(const Profile& profile, const Decision& decision, const PastIssuance& past) {
  Verdict verdict;
  for (const Reason& reason : decision.reasons) {
    if (reason.passed) continue;
    verdict.change = Change::denied;
    verdict.details.push_back(detail_of(reason));
  }
  if (verdict.change == Change::denied) return verdict;
  verdict.details = alterations(profile, decision, past);
  if (!verdict.details.empty()) verdict.change = Change::altered;
  for (const Reason& reason : decision.reasons) {
    if (!reason.grandfathered) continue;
    verdict.change = Change::grandfathered;
    verdict.details.push_back(detail_of(reason));
  }
  return verdict;
}

}  // namespace

std::string_view change_name(Change change) {
  switch (change) {
    case Change::none:
      return "none";
    case Change::altered:
      return "altered";
    case Change::grandfathered:
      return "grandfathered";
    case Change::denied:
      return "denied";
  }
  return "none";
}

Result<Verdict> Replay::judge(const PastIssuance& past) {
  const std::shared_ptr<const Profile> profile = profiles_.find(past.profile);
  if (!profile) return missing(past);
  const x509::ParsedTbs& fields = past.certificate.fields();
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(fields.spki);
  if (!key) return with_context(key.error(), "certificate " + past.serial);
  const std::vector<x509::GeneralName>& names = fields.extensions.subject_alternative_names;
  const Requester requester{.identity = past.identity, .role = role_of(past, *profile), .bound_names = names};
  std::optional<Renewal> renewal;
  if (past.renewal) renewal = Renewal{past.issued_at, key->type()};
  // The common name was chosen by the profile of then, not asked for.
  Decision decision = evaluate(*profile, Candidate{names, x509::Name(), *key}, requester, renewal);
  for (Reason& reason : judge_quotas(*profile, past, decision.allowed))
    decision.reasons.push_back(std::move(reason));
  return verdict_of(*profile, decision, past);
}

std::vector<Reason> Replay::judge_quotas(const Profile& profile, const PastIssuance& past, bool allowed) {
  std::vector<Reason> reasons;
  const std::vector<AppliedQuota> quotas =
      quotas_of(profile, past.identity, past.certificate.fields().extensions.subject_alternative_names);
  for (const AppliedQuota& quota : quotas) {
    std::deque<TimePoint>& uses = uses_[quota.subject];
    while (!uses.empty() && uses.front() <= past.issued_at - quota.quota.window) uses.pop_front();
    const auto used = static_cast<std::int64_t>(uses.size());
    std::optional<TimePoint> free_at;
    if (used >= quota.quota.count) free_at = uses.front() + quota.quota.window;
    reasons.push_back(policy::judge(quota, {used, free_at}));
    allowed = allowed && reasons.back().passed;
  }
  if (allowed)
    for (const AppliedQuota& quota : quotas) uses_[quota.subject].push_back(past.issued_at);
  return reasons;
}

}  // namespace chancery::policy
