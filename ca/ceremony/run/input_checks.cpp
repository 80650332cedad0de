// What the script names, looked at before the ceremony begins: a missing file must not be found when
// everybody has typed a passphrase.
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <utility>

#include "ca/ceremony/custody/secret_file.h"
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

template <typename T>
Result<void> readable(const Result<T>& read, const std::string& what) {
  return read ? Result<void>() : with_context(read.error(), what);
}

Result<void> check_there(const Inputs& inputs, const std::string& file) {
  const std::string path = input_path(inputs, file);
  if (std::error_code error; std::filesystem::is_regular_file(path, error)) return check_private(path);
  return make_error(ErrorCode::not_found,
                    path + " is no file; the issuer's key must be there: bring its medium");
}

Result<void> check_authority(const Inputs& inputs, const Authority& authority) {
  if (Result<void> ok = readable(read_certificate(inputs, authority.certificate), "the issuer's certificate");
      !ok)
    return ok;
  if (inputs.rehearsal) return {};  // another key stands in
  if (const auto* file = std::get_if<FileCustody>(&authority.custody)) return check_there(inputs, file->file);
  const auto* shares = std::get_if<ShareCustody>(&authority.custody);
  if (shares == nullptr) return {};
  for (const std::string& file : shares->files) {
    if (Result<void> ok = check_there(inputs, file); !ok) return ok;
  }
  return {};
}

Result<void> check_crl_plan(const Inputs& inputs, const CrlPlan& plan) {
  std::optional<x509::Crl> last;
  if (!plan.previous_crl.empty()) {
    Result<x509::Crl> read = read_crl(inputs, plan.previous_crl);
    if (!read) return with_context(std::move(read).error(), "the last CRL");
    last = std::move(*read);
  }
  if (std::holds_alternative<crypto::Sha256Digest>(inputs.script.previous)) {
    Result<void> ok = check_goes_on({.known = false, .number = {}, .sha256 = {}}, last ? &*last : nullptr,
                                    last ? plan.previous_reason : plan.first_reason);
    if (!ok) return ok;
  }
  for (const Revocation& revocation : plan.revoke) {
    if (revocation.certificate.empty()) continue;
    if (Result<void> ok =
            readable(read_certificate(inputs, revocation.certificate), "the certificate to revoke");
        !ok)
      return ok;
  }
  return {};
}

// Links and other spellings of one file would let a copy be counted twice while another survives. Copies that
// are no files here are for people to look at.
Result<void> check_copies(const Inputs& inputs, const std::vector<KeyCopy>& copies) {
  std::map<std::pair<dev_t, ino_t>, std::string> seen;
  for (const KeyCopy& copy : copies) {
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
  if (const auto* crl = std::get_if<CrlPlan>(&plan)) return check_crl_plan(inputs, *crl);
  if (Result<void> ok = check_copies(inputs, copies_of(plan).copies); !ok) return ok;
  const auto* cross = std::get_if<CrossCertificatePlan>(&plan);
  if (cross == nullptr) return {};
  if (Result<void> ok =
          readable(read_certificate(inputs, cross->target_certificate), "the target's certificate");
      !ok)
    return ok;
  return readable(read_request(inputs, cross->target_request), "the target's request");
}

}  // namespace chancery::ceremony
