#include "ca/policy/evaluate.h"

#include <algorithm>

#include "ca/policy/match.h"
#include "ca/policy/placeholder.h"

namespace chancery::policy {
namespace {

using x509::GeneralName;
using x509::GeneralNameType;

constexpr std::size_t longest_common_name = 64;  // RFC 5280 A.1 ub-common-name

bool contains(const std::vector<GeneralName>& names, const GeneralName& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// One evaluation: the arguments, and the decision as it grows. Each judge_ member looks at one rule, whatever
// the others said.
class Evaluation {
 public:
  Evaluation(const Profile& profile, const Candidate& candidate, const Requester& requester,
             const std::optional<Renewal>& renewal)
      : profile_(profile), candidate_(candidate), requester_(requester), renewal_(renewal) {}

  Decision run() {
    decision_.names = names_to_issue();
    decision_.subject = subject_to_issue();
    judge_requester();
    judge_role();
    judge_identity();
    judge_name_count();
    for (const GeneralName& name : decision_.names) judge_name(name);
    judge_common_name();
    judge_key();
    grandfather();
    decision_.allowed = std::all_of(decision_.reasons.begin(), decision_.reasons.end(),
                                    [](const Reason& reason) { return reason.passed; });
    return std::move(decision_);
  }

 private:
  void add(bool passed, std::string rule, std::string location, std::string value, std::string message) {
    decision_.reasons.push_back(
        {passed, false, std::move(rule), std::move(location), std::move(value), std::move(message)});
  }

  [[nodiscard]] std::vector<GeneralName> names_to_issue() const {
    const std::vector<GeneralName>& requested = candidate_.names;
    if (!requested.empty() || !requester_.bound_names) return requested;
    std::vector<GeneralName> names;
    for (const GeneralName& name : *requester_.bound_names) {
      if (!contains(names, name)) names.push_back(name);
    }
    return names;
  }

  [[nodiscard]] x509::Name subject_to_issue() const {
    std::vector<x509::NameAttribute> attributes = profile_.subject;
    const auto fits = [](const GeneralName& name) { return name.value.size() <= longest_common_name; };
    const auto first = std::find_if(decision_.names.begin(), decision_.names.end(), fits);
    if (profile_.common_name && first != decision_.names.end()) {
      attributes.push_back({x509::AttributeType::common_name, first->value});
    }
    return x509::Name(std::move(attributes));
  }

  void judge_requester() {
    const bool bound = requester_.bound_names.has_value();
    const bool passed = bound || requester_.role == Role::operator_;
    add(passed, "requester.bound", "", requester_.identity.text(),
        passed
            ? (bound ? "the requester is bound to names" : "an operator may ask for any name of the profile")
            : "the requester is bound to no names and is not an operator; enrol with a token that names "
              "them");
  }

  void judge_role() {
    const std::vector<Role>& roles = profile_.requesters.roles;
    if (roles.empty()) return;
    const bool passed = std::find(roles.begin(), roles.end(), requester_.role) != roles.end();
    std::string known;
    for (const Role role : roles) known.append(known.empty() ? "" : " or ").append(role_name(role));
    add(passed, "requester.role", profile_.requesters.roles_location, std::string(role_name(requester_.role)),
        passed ? "the role may ask for this profile"
               : "only the role " + known + " may ask for this profile");
  }

  void judge_identity() {
    const std::vector<Pattern>& patterns = profile_.requesters.identities;
    if (patterns.empty()) return;
    const std::string& identity = requester_.identity.text();
    const auto matching = std::find_if(patterns.begin(), patterns.end(), [&](const Pattern& pattern) {
      return covers_identity(pattern.text, requester_.identity);
    });
    const bool passed = matching != patterns.end();
    add(passed, "requester.identity", passed ? matching->location : patterns.front().location, identity,
        passed
            ? "covered by " + matching->text
            : "the profile is for other identities; the first of its patterns is " + patterns.front().text);
  }

  void judge_name_count() {
    const std::size_t count = decision_.names.size();
    add(count > 0, "names.present", profile_.location, std::to_string(count),
        count > 0 ? "the request has names"
                  : "the request has no subject alternative name and the requester is bound to none");
    add(count <= profile_.max_names, "names.max", profile_.max_names_location, std::to_string(count),
        std::to_string(count) + " names; at most " + std::to_string(profile_.max_names) + " are allowed");
  }

  void judge_name(const GeneralName& name) {
    if (const Result<void> syntax = x509::check_general_name(name); !syntax) {
      add(false, "names.syntax", "", x509::to_string(name), syntax.error().message);
    }
    judge_allowed(name);
    if (name.type == GeneralNameType::dns) judge_wildcard(name);
    judge_denied(name);
    judge_bound(name);
  }

  void judge_allowed(const GeneralName& name) {
    const std::string type(x509::to_string(name.type));
    const auto entry = profile_.allowed.find(name.type);
    if (entry == profile_.allowed.end() || entry->second.empty()) {
      add(false, type + ".allowed", profile_.location, x509::to_string(name),
          "the profile allows no " + type + " names");
      return;
    }
    const std::vector<Pattern>& patterns = entry->second;
    const auto matching = std::find_if(patterns.begin(), patterns.end(), [&](const Pattern& pattern) {
      const std::optional<std::string> text = filled(name.type, pattern);
      return text && covers(*text, name);
    });
    if (matching != patterns.end()) {
      add(true, type + ".allowed", matching->location, x509::to_string(name), "covered by " + matching->text);
      return;
    }
    const Pattern& closest = *std::max_element(
        patterns.begin(), patterns.end(),
        [&](const Pattern& a, const Pattern& b) { return likeness(a, name) < likeness(b, name); });
    std::string message = "no pattern of the profile covers it; the closest is " + closest.text;
    if (!filled(name.type, closest)) {
      message += ", in which the identity '" + requester_.identity.text() + "' cannot stand";
    }
    add(false, type + ".allowed", closest.location, x509::to_string(name), std::move(message));
  }

  // With the identity in its place; nullopt when it cannot stand there.
  [[nodiscard]] std::optional<std::string> filled(GeneralNameType type, const Pattern& pattern) const {
    return fill_in(type, pattern.text, requester_.identity);
  }

  [[nodiscard]] std::size_t likeness(const Pattern& pattern, const GeneralName& name) const {
    return closeness(filled(name.type, pattern).value_or(pattern.text), name);
  }

  void judge_wildcard(const GeneralName& name) {
    if (name.value.find('*') == std::string::npos) return;
    add(profile_.wildcards, "dns.wildcard", profile_.wildcards_location, x509::to_string(name),
        profile_.wildcards ? "the profile allows wildcards" : "the profile allows no wildcards");
  }

  void judge_denied(const GeneralName& name) {
    const auto entry = profile_.denied.find(name.type);
    if (entry == profile_.denied.end()) return;
    for (const Pattern& pattern : entry->second) {
      if (!touches(pattern.text, name)) continue;
      add(false, std::string(x509::to_string(name.type)) + ".denied", pattern.location, x509::to_string(name),
          "denied by " + pattern.text);
      return;
    }
  }

  void judge_bound(const GeneralName& name) {
    if (!requester_.bound_names) return;
    const bool passed = contains(*requester_.bound_names, name);
    add(passed, "names.bound", "", x509::to_string(name),
        passed ? "the requester is bound to it"
               : "the requester is not bound to it; ask an operator to enrol it");
  }

  void judge_common_name() {
    for (const x509::NameAttribute& attribute : candidate_.subject.attributes()) {
      if (attribute.type != x509::AttributeType::common_name) continue;
      const bool passed = std::any_of(decision_.names.begin(), decision_.names.end(),
                                      [&](const GeneralName& name) { return name.value == attribute.value; });
      add(passed, "subject.common_name", "", attribute.value,
          passed ? "the common name is one of the names"
                 : "the common name is none of the names; leave it out or repeat a subject alternative name");
    }
  }

  void judge_key() {
    const crypto::KeyType& type = candidate_.key.type();
    const std::string value =
        std::string(crypto::to_string(type.algorithm)) + " " + std::to_string(type.bits);
    const bool passed = std::any_of(profile_.keys.begin(), profile_.keys.end(), [&](const KeyRule& rule) {
      return rule.algorithm == type.algorithm && type.bits >= rule.min_bits;
    });
    add(passed, "key.algorithm", profile_.keys_location, value,
        passed ? "the profile allows such keys" : "the profile allows only " + allowed_keys());
    if (const Result<void> quality = crypto::check_key_quality(candidate_.key); !quality) {
      add(false, "key.quality", "", value, quality.error().message);
    }
  }

  [[nodiscard]] std::string allowed_keys() const {
    std::string text;
    for (const KeyRule& rule : profile_.keys) {
      if (!text.empty()) text += ", ";
      text += crypto::to_string(rule.algorithm);
      if (rule.algorithm == crypto::KeyAlgorithm::rsa)
        text += " of " + std::to_string(rule.min_bits) + " bits or more";
    }
    return text;
  }

  // What the certificate before this one had too, and only a change of the profile can have made wrong.
  [[nodiscard]] bool inherited(const std::string& rule) const {
    if (rule == "key.algorithm") return candidate_.key.type() == renewal_->key;
    return rule == "requester.role" || rule == "requester.identity" || rule == "names.max" ||
           rule == "dns.wildcard" || rule.ends_with(".allowed");
  }

  void grandfather() {
    if (!renewal_ || !profile_.grandfathered_until) return;
    const bool still = renewal_->now < *profile_.grandfathered_until;
    const std::string until =
        to_rfc3339(*profile_.grandfathered_until) + " (" + profile_.grandfathered_location + ")";
    for (Reason& reason : decision_.reasons) {
      if (reason.passed || !inherited(reason.rule)) continue;
      reason.passed = reason.grandfathered = still;
      reason.message += still ? "; renewals are grandfathered until " + until
                              : "; renewals were grandfathered until " + until + ", enrol again";
    }
  }

  const Profile& profile_;
  const Candidate& candidate_;
  const Requester& requester_;
  const std::optional<Renewal>& renewal_;
  Decision decision_;
};

}  // namespace

Decision evaluate(const Profile& profile, const Candidate& candidate, const Requester& requester,
                  const std::optional<Renewal>& renewal) {
  return Evaluation(profile, candidate, requester, renewal).run();
}

Decision evaluate(const Profile& profile, const x509::CertificateRequest& request, const Requester& requester,
                  const std::optional<Renewal>& renewal) {
  return evaluate(profile,
                  Candidate{request.subject_alternative_names(), request.subject(), request.public_key()},
                  requester, renewal);
}

Error denial(const Profile& profile, const Decision& decision) {
  Error error = make_error(ErrorCode::forbidden, "");
  std::size_t failed = 0;
  for (const Reason& reason : decision.reasons) {
    if (reason.passed) continue;
    ++failed;
    error.details.push_back({reason.rule, reason.location, reason.value, reason.message});
    if (failed > 1) continue;
    error.message = "profile " + profile.name.text() + " refuses the request: " + reason.rule;
    if (!reason.value.empty()) error.message += " '" + reason.value + "'";
    error.message += ": " + reason.message;
    if (!reason.location.empty()) error.message += " (" + reason.location + ")";
  }
  if (failed > 1) error.message += "; and " + std::to_string(failed - 1) + " more, see details";
  return error;
}

}  // namespace chancery::policy
