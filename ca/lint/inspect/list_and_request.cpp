#include <algorithm>

#include "ca/lint/crl/rules.h"
#include "ca/lint/inspect/judge.h"
#include "ca/lint/inspect/reading/rules.h"
#include "ca/lint/inspect/refusal.h"
#include "ca/lint/rules.h"
#include "ca/x509/csr.h"

namespace chancery::lint {
namespace {

// A CA that may issue no CAs lists leaves.
bool for_leaves(const x509::ParsedCrl& crl, const x509::Certificate* issuer) {
  if (crl.distribution_point && crl.distribution_point->only_user_certificates) return true;
  if (issuer == nullptr) return false;
  const std::optional<x509::BasicConstraints>& constraints = issuer->fields().extensions.basic_constraints;
  return constraints && constraints->path_len == 0U;
}

CrlScope scope_of(const x509::ParsedCrl& crl, const x509::Certificate* issuer,
                  const InspectOptions& options) {
  CrlScope scope;
  scope.longest = for_leaves(crl, issuer) ? longest_leaf_crl : longest_ca_crl;
  scope.shard = options.shard;
  // Without being told, a list's own word for which part it is must do.
  if (!scope.shard && crl.distribution_point && crl.distribution_point->uris.size() == 1) {
    scope.shard = crl.distribution_point->uris.front();
  }
  if (options.previous) scope.previous = PreviousCrl::of(options.previous->fields());
  return scope;
}

void run_rules(const CrlSubject& subject, Inspection& found) {
  for (const CrlLint& lint : all_crl_lints()) {
    if (subject.issuer == nullptr && lint.compares_issuer) {
      found.not_judged.emplace_back(lint.id);
    } else {
      lint.run(subject, lint, found.findings);
    }
  }
  if (!subject.scope.previous) {
    for (const CrlLint* lint : {&crl::number_step, &crl::overlap, &crl::prompt_reissue, &crl::reissue_margin})
      found.not_judged.emplace_back(lint->id);
  }
  if (subject.issuer == nullptr) found.not_judged.emplace_back(reading::signature.id);
}

void judge_names(const x509::CertificateRequest& request, Findings& findings) {
  const std::vector<x509::GeneralName>& names = request.subject_alternative_names();
  for (const x509::GeneralName& name : names) {
    if (const Result<void> ok = x509::check_general_name(name); !ok)
      report(rfc5280::subject_alternative_name, findings, ok.error().message);
  }
  for (const x509::NameAttribute& attribute : request.subject().attributes()) {
    if (attribute.type != x509::AttributeType::common_name) continue;
    const bool copied = std::any_of(names.begin(), names.end(), [&](const x509::GeneralName& name) {
      return name.value == attribute.value;
    });
    if (!copied)
      report(house::common_name, findings,
             "the common name '" + attribute.value + "' is none of the subject alternative names");
  }
}

}  // namespace

Inspection judge_crl(ByteView der, const Surroundings& surroundings) {
  Inspection found{.kind = ObjectKind::crl};
  const std::optional<SignedParts> parts = take_apart(der, x509::crl_limit, found.findings);
  if (!parts) return found;
  const Result<x509::ParsedCrl> crl = x509::parse_tbs_cert_list(parts->tbs);
  if (!crl) {
    explain_crl_refusal(der, parts->tbs, crl.error(), found.findings);
    return found;
  }
  found.subject = name_text(crl->issuer);
  if (crl->number) found.serial = crl->number->to_string();
  const x509::Certificate* issuer = issuer_of(crl->issuer, crl->authority_key_identifier, surroundings);
  run_rules({.crl = *crl,
             .issuer = issuer,
             .signing_time = surroundings.options.signing_time.value_or(crl->this_update),
             .scope = scope_of(*crl, issuer, surroundings.options)},
            found);
  judge_outside(*parts, crl->signature_algorithm,
                issuer != nullptr ? ByteView(issuer->fields().spki) : ByteView(), found.findings);
  return found;
}

Inspection judge_request(ByteView der, const Surroundings& surroundings) {
  Inspection found{.kind = ObjectKind::request};
  const Result<x509::CertificateRequest> request = x509::CertificateRequest::parse(der);
  if (!request) {
    report(reading::request, found.findings, request.error().message);
    return found;
  }
  found.subject = request->subject().to_string();
  judge_names(*request, found.findings);
  check_key(request->public_key(), surroundings, found.findings);
  return found;
}

Inspection judge_public_key(ByteView der, const Surroundings& surroundings) {
  Inspection found{.kind = ObjectKind::public_key};
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(der);
  if (key) {
    check_key(*key, surroundings, found.findings);
  } else {
    report(reading::public_key, found.findings, key.error().message);
  }
  return found;
}

}  // namespace chancery::lint
