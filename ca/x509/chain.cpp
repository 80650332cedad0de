#include "ca/x509/chain.h"

#include <algorithm>
#include <array>
#include <string>

#include "ca/x509/extension_list.h"
#include "ca/x509/oids.h"

namespace chancery::x509 {
namespace {

constexpr std::size_t intermediate_limit = 8;

// What this file or its callers process; a critical one of any other kind is refused (RFC 5280 4.2).
constexpr std::array<ByteView, 9> processed{
    oids::name_constraints,         oids::basic_constraints,        oids::key_usage,
    oids::extended_key_usage,       oids::subject_alternative_name, oids::subject_key_identifier,
    oids::authority_key_identifier, oids::crl_distribution_points,  oids::authority_information_access};

std::string shown(const Certificate& certificate) {
  const std::string subject = certificate.subject_text();
  return subject.empty() ? "serial " + certificate.serial().to_string() : "\"" + subject + "\"";
}

Error refusal(const Certificate& certificate, std::string_view what) {
  return make_error(ErrorCode::validation, "certificate " + shown(certificate) + " " + std::string(what));
}

Result<void> check_time(const Certificate& certificate, TimePoint at) {
  const Validity& validity = certificate.validity();
  if (at < validity.not_before()) {
    return refusal(certificate, "is not valid before " + to_rfc3339(validity.not_before()));
  }
  if (at > validity.not_after())
    return refusal(certificate, "expired at " + to_rfc3339(validity.not_after()));
  return {};
}

Result<void> check_critical_extensions(const Certificate& certificate) {
  for (const RawExtension& extension : certificate.fields().raw_extensions) {
    const bool known = std::any_of(processed.begin(), processed.end(),
                                   [&](ByteView oid) { return equal(oid, extension.oid); });
    if (extension.critical && !known) {
      return refusal(certificate, "has the critical extension " + oids::to_dotted(extension.oid) +
                                      ", which is not understood (RFC 5280 4.2)");
    }
  }
  return {};
}

bool self_issued(const Certificate& certificate) {
  return equal(certificate.fields().issuer, certificate.fields().subject);
}

// `below` is the number of CA certificates between this one and the leaf that are not self-issued.
Result<void> check_may_issue(const Certificate& certificate, std::size_t below) {
  const Extensions& extensions = certificate.fields().extensions;
  if (!extensions.basic_constraints || !extensions.basic_constraints->ca) {
    return refusal(certificate, "is no CA certificate (RFC 5280 4.2.1.9)");
  }
  if (!extensions.key_usage || !extensions.key_usage->key_cert_sign) {
    return refusal(certificate, "may not sign certificates: keyUsage lacks keyCertSign (RFC 5280 4.2.1.3)");
  }
  if (extensions.basic_constraints->path_len && *extensions.basic_constraints->path_len < below) {
    return refusal(certificate, "has a pathLenConstraint that this path exceeds (RFC 5280 4.2.1.9)");
  }
  return {};
}

// An extension that lists only purposes unknown to us is present, and allows none of ours.
Result<void> check_purpose(const Certificate& certificate, KeyPurpose purpose, bool must_be_stated) {
  if (purpose == KeyPurpose::any) return {};
  const bool stated =
      find_extension(certificate.fields().raw_extensions, oids::extended_key_usage) != nullptr;
  const auto& purposes = certificate.fields().extensions.extended_key_usage;
  const bool listed = std::any_of(purposes.begin(), purposes.end(), [&](KeyPurpose each) {
    return each == purpose || each == KeyPurpose::any;
  });
  if (listed || (!stated && !must_be_stated)) return {};
  return refusal(certificate,
                 "may not be used for " + std::string(to_string(purpose)) + " (RFC 5280 4.2.1.12)");
}

Result<void> check_leaf_usage(const Certificate& leaf, KeyPurpose purpose) {
  const std::optional<KeyUsage>& usage = leaf.fields().extensions.key_usage;
  const bool tls = purpose == KeyPurpose::server_auth || purpose == KeyPurpose::client_auth;
  if (tls && usage && !usage->digital_signature && !usage->key_encipherment) {
    return refusal(leaf, "has a keyUsage that does not allow TLS (RFC 5280 4.2.1.12)");
  }
  return check_purpose(leaf, purpose, true);
}

bool constrains_mailboxes(const NameConstraints& constraints) {
  const auto mailbox = [](const NameSubtree& each) { return each.type == GeneralNameType::email; };
  return std::any_of(constraints.permitted.begin(), constraints.permitted.end(), mailbox) ||
         std::any_of(constraints.excluded.begin(), constraints.excluded.end(), mailbox);
}

// RFC 5280 6.1.3 (b), (c): what the CA at the end of `path` allows to all below it.
Result<void> check_name_constraints(std::span<const Certificate* const> path) {
  const std::optional<NameConstraints>& constraints = path.back()->fields().extensions.name_constraints;
  if (!constraints) return {};
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    if (i != 0 && self_issued(*path[i])) continue;
    const ParsedTbs& fields = path[i]->fields();
    if (Result<void> ok = check_names(*constraints, fields.extensions.subject_alternative_names); !ok) {
      return refusal(*path[i],
                     "is outside the nameConstraints of " + shown(*path.back()) + ": " + ok.error().message);
    }
    // Our reader of names takes no emailAddress: what it cannot read may hold one.
    if (constrains_mailboxes(*constraints) && !Name::parse(fields.subject))
      return refusal(*path[i], "may have a mailbox in its subject, under nameConstraints for mailboxes");
  }
  return {};
}

// Checks that belong to one certificate of `path`, which runs from the leaf to the root.
Result<void> check_each(std::span<const Certificate* const> path, TimePoint at, KeyPurpose purpose) {
  std::size_t below = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const Certificate& certificate = *path[i];
    if (Result<void> ok = check_time(certificate, at); !ok) return ok;
    if (Result<void> ok = check_critical_extensions(certificate); !ok) return ok;
    if (i == 0) {
      if (Result<void> ok = check_leaf_usage(certificate, purpose); !ok) return ok;
      continue;
    }
    if (Result<void> ok = check_may_issue(certificate, below); !ok) return ok;
    if (Result<void> ok = check_purpose(certificate, purpose, false); !ok) return ok;
    if (Result<void> ok = check_name_constraints(path.first(i + 1)); !ok) return ok;
    if (!self_issued(certificate)) ++below;
  }
  return {};
}

// `path` is checked but for its anchor. Roots of one name may differ in key or validity: any that fits will
// do.
Result<void> reach_root(std::vector<const Certificate*> path, std::span<const Certificate> roots,
                        TimePoint at, KeyPurpose purpose) {
  const Certificate& top = *path.back();
  Result<void> outcome = refusal(top, "was issued by none of the trusted roots");
  for (const Certificate& root : roots) {
    if (equal(top.der(), root.der())) return {};
    if (!verify_issued_by(top, root)) continue;
    path.push_back(&root);
    outcome = check_each(path, at, purpose);
    if (outcome) return outcome;
    path.pop_back();
  }
  return outcome;
}

}  // namespace

Result<void> verify_chain(const Certificate& leaf, std::span<const Certificate> intermediates,
                          std::span<const Certificate> roots, TimePoint at, KeyPurpose purpose) {
  if (intermediates.size() > intermediate_limit) return refusal(leaf, "came with more than 8 intermediates");
  std::vector<const Certificate*> path{&leaf};
  for (const Certificate& intermediate : intermediates) path.push_back(&intermediate);
  if (Result<void> ok = check_each(path, at, purpose); !ok) return ok;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    if (Result<void> ok = verify_issued_by(*path[i], *path[i + 1]); !ok) return ok;
  }
  return reach_root(std::move(path), roots, at, purpose);
}

Result<void> verify_issued_by(const Certificate& subject, const Certificate& issuer) {
  if (!equal(subject.fields().issuer, issuer.fields().subject)) {
    return refusal(subject, "names another issuer than " + shown(issuer));
  }
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(issuer.fields().spki);
  if (!key) return with_context(key.error(), "certificate " + shown(issuer));
  if (Result<void> ok = key->verify(subject.signature_algorithm(), subject.tbs(), subject.signature()); !ok) {
    return with_context(std::move(ok).error(),
                        "certificate " + shown(subject) + " was not signed by " + shown(issuer));
  }
  return {};
}

}  // namespace chancery::x509
