// What the script names, looked at before the ceremony begins: a missing file must not be found when
// everybody has typed a passphrase.
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <utility>

#include "ca/ceremony/custody/secret_file.h"
#include "ca/ceremony/custody/share_custody.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

Result<void> check_there(const Inputs& inputs, const std::string& file) {
  const std::string path = input_path(inputs, file);
  if (std::error_code error; std::filesystem::is_regular_file(path, error)) return check_private(path);
  return make_error(ErrorCode::not_found,
                    path + " is no file; the issuer's key must be there: bring its medium");
}

Result<void> check_authority(const Inputs& inputs, const Authority& authority) {
  const Result<x509::Certificate> certificate = read_certificate(inputs, authority.certificate);
  if (!certificate) return with_context(certificate.error(), "the issuer's certificate");
  if (inputs.rehearsal) return {};  // another key stands in
  if (const auto* file = std::get_if<FileCustody>(&authority.custody)) return check_there(inputs, file->file);
  const auto* shares = std::get_if<ShareCustody>(&authority.custody);
  if (shares == nullptr) return {};
  for (const std::string& file : shares->files) {
    if (Result<void> ok = check_there(inputs, file); !ok) return ok;
  }
  return check_brought(*shares, inputs.input, inputs.script.roles.crypto_officers,
                       crypto::sha256(certificate->fields().spki), inputs.kdf);
}

Result<void> check_own_name(const std::string& whose, const x509::Name& name,
                            const x509::Certificate& issuer) {
  const Result<x509::Name> theirs = x509::Name::parse(issuer.fields().subject);
  if (!theirs) return with_context(theirs.error(), "the issuer's certificate");
  if (!x509::names_match(name, *theirs)) return {};
  return make_error(ErrorCode::validation,
                    whose + " is " + name.to_string() +
                        ", the issuer's own name; whoever bears it speaks in the issuer's name, lists of "
                        "revocations included. Choose another");
}

Result<void> check_in_force(const x509::Certificate& target, TimePoint now) {
  const x509::Validity& validity = target.validity();
  if (validity.contains(now)) return {};
  return make_error(ErrorCode::validation,
                    "the target's certificate is valid from " + to_rfc3339(validity.not_before()) + " to " +
                        to_rfc3339(validity.not_after()) + ", and now is " + to_rfc3339(now) +
                        "; ask its owner for the one that is in force");
}

// What read_target() and the lints say again of what is signed.
Result<void> check_target(const Inputs& inputs, const CrossCertificatePlan& plan) {
  const Result<x509::Certificate> target = read_certificate(inputs, plan.target_certificate);
  if (!target) return with_context(target.error(), "the target's certificate");
  const Result<x509::CertificateRequest> request = read_request(inputs, plan.target_request);
  if (!request) return with_context(request.error(), "the target's request");
  const Result<x509::Certificate> issuer = read_certificate(inputs, plan.issuer.certificate);
  if (!issuer) return issuer.error();
  const Result<crypto::PublicKey> own = crypto::PublicKey::from_spki(issuer->fields().spki);
  if (!own) return with_context(own.error(), "the issuer's certificate");
  if (Result<void> ok = check_distinct_keys(*own, request->public_key()); !ok) return ok;
  const Result<x509::Name> name = x509::Name::parse(target->fields().subject);
  if (!name) return with_context(name.error(), "the target's certificate");
  if (Result<void> ok = check_own_name("the target", *name, *issuer); !ok) return ok;
  return check_in_force(*target, inputs.clock.now());
}

// The lint of the TBS says it again.
Result<void> check_intermediate_plan(const Inputs& inputs, const IntermediatePlan& plan) {
  const Result<x509::Certificate> issuer = read_certificate(inputs, plan.issuer.certificate);
  return issuer ? check_own_name("subject", plan.subject, *issuer) : issuer.error();
}

// Links and other spellings of one file would let a copy be counted twice while another survives. Copies that
// are no files here are for people to look at.
Result<void> check_copies(const Inputs& inputs, const std::vector<KeyCopy>& copies) {
  std::map<std::pair<dev_t, ino_t>, std::string> seen;
  for (const KeyCopy& copy : copies) {
    if (Result<void> ok = check_place(inputs, copy); !ok) return ok;
    struct stat status {};
    if (::stat(path_in(inputs.input, copy.where).c_str(), &status) != 0) continue;
    const auto [known, added] = seen.emplace(std::pair(status.st_dev, status.st_ino), copy.where);
    if (!added)
      return make_error(ErrorCode::validation, "the script names " + known->second + " and " + copy.where +
                                                   ", which are one file; name each copy once");
  }
  return {};
}

}  // namespace

Result<void> check_inputs(const Inputs& inputs) {
  const Plan& plan = inputs.script.plan;
  if (const Authority* authority = authority_of(plan)) {
    if (Result<void> ok = check_authority(inputs, *authority); !ok) return ok;
  }
  if (const auto* below = std::get_if<IntermediatePlan>(&plan))
    return check_intermediate_plan(inputs, *below);
  if (Result<void> ok = check_copies(inputs, copies_of(plan).copies); !ok) return ok;
  const auto* cross = std::get_if<CrossCertificatePlan>(&plan);
  return cross == nullptr ? Result<void>() : check_target(inputs, *cross);
}

}  // namespace chancery::ceremony
