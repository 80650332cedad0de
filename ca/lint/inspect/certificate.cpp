#include "ca/lint/inspect/judge.h"
#include "ca/lint/inspect/reading/rules.h"
#include "ca/lint/inspect/refusal.h"
#include "ca/lint/rules.h"

namespace chancery::lint {
namespace {

ObjectKind guess(const x509::ParsedTbs& tbs, const InspectOptions& options) {
  if (options.kind) return *options.kind;
  const bool ca = tbs.extensions.basic_constraints && tbs.extensions.basic_constraints->ca;
  if (!ca) return ObjectKind::leaf;
  if (options.target) return ObjectKind::cross;
  return equal(tbs.issuer, tbs.subject) ? ObjectKind::root : ObjectKind::intermediate;
}

Kind rules_for(ObjectKind kind) {
  if (kind == ObjectKind::root) return Kind::root;
  if (kind == ObjectKind::intermediate) return Kind::intermediate;
  return kind == ObjectKind::cross ? Kind::cross : Kind::leaf;
}

void run_rules(const Subject& subject, Inspection& found) {
  const bool alone = subject.issuer == nullptr && subject.kind != Kind::root;
  for (const Lint& lint : all_lints()) {
    if (!applies(lint, subject.kind)) continue;
    const bool incomparable =
        (alone && lint.compares_issuer) || (lint.compares_target && subject.references.target == nullptr);
    if (incomparable) {
      found.not_judged.emplace_back(lint.id);
    } else if (subject.key != nullptr || lint.id != house::public_key.id) {  // parser.public_key has said so
      lint.run(subject, lint, found.findings);
    }
  }
  if (alone) found.not_judged.emplace_back(reading::signature.id);
}

void judge_tbs(const x509::ParsedTbs& tbs, const x509::Certificate* issuer, const InspectOptions& options,
               Inspection& found) {
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(tbs.spki);
  if (!key) report(reading::public_key, found.findings, key.error().message);
  run_rules({.kind = rules_for(found.kind),
             .tbs = tbs,
             .issuer = issuer,
             .signing_time = options.signing_time.value_or(tbs.validity.not_before()),
             .key = key ? &*key : nullptr,
             .references = {.blocked_keys = options.blocked_keys,
                            .target = options.target ? &*options.target : nullptr}},
            found);
}

}  // namespace

Inspection judge_certificate(ByteView der, const Surroundings& surroundings) {
  const InspectOptions& options = surroundings.options;
  Inspection found{.kind = options.kind.value_or(ObjectKind::certificate)};
  const std::optional<SignedParts> parts = take_apart(der, x509::certificate_limit, found.findings);
  if (!parts) return found;
  const Result<x509::ParsedTbs> tbs = x509::parse_tbs(parts->tbs);
  if (!tbs) {
    explain_refusal(der, parts->tbs, tbs.error(), found.findings);
    return found;
  }
  found.kind = guess(*tbs, options);
  found.subject = name_text(tbs->subject);
  found.serial = tbs->serial.to_string();
  const bool root = found.kind == ObjectKind::root;
  const x509::Certificate* issuer =
      root ? nullptr : issuer_of(tbs->issuer, tbs->extensions.authority_key_identifier, surroundings);
  judge_tbs(*tbs, issuer, options, found);
  const ByteView signer = issuer != nullptr ? ByteView(issuer->fields().spki)
                          : root            ? ByteView(tbs->spki)
                                            : ByteView();
  judge_outside(*parts, tbs->signature_algorithm, signer, found.findings);
  return found;
}

}  // namespace chancery::lint
