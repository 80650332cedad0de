#include <cstring>
#include <set>

#include "agent/lifecycle.h"
#include "ca/base/file.h"
#include "ca/crypto/digest.h"

namespace chancery::agent {
namespace {

// Spreads renewals over the fleet, and is the same at every look.
std::uint64_t jitter_of(const std::string& node, const std::string& name, const std::string& serial) {
  const crypto::Sha256Digest digest = crypto::sha256(as_bytes(node + "|" + name + "|" + serial));
  std::uint64_t number = 0;
  std::memcpy(&number, digest.data(), sizeof number);
  return number;
}

VersionFacts facts_of(const Version& version, const CertificateConfig& config, const std::string& node,
                      const CertificateState& state) {
  const x509::Validity& validity = version.leaf.validity();
  const auto suggested = state.renew_after.find(version.serial());
  const TimePoint renew_after = suggested != state.renew_after.end()
                                    ? suggested->second
                                    : validity.not_before() + validity.lifetime() * 2 / 3;
  return {version.serial(), validity, renew_after, jitter_of(node, config.name, version.serial())};
}

void read_token_state(const CertificateConfig& config, const CertificateState& state,
                      CertificateInventory& inventory) {
  if (config.enrollment_token_file.empty()) return;
  Result<SecretBytes> token = read_secret_file(config.enrollment_token_file);
  if (!token) {
    if (token.error().code != ErrorCode::not_found) inventory.token_fault = token.error().message;
  } else if (token->empty()) {
    inventory.token_fault = config.enrollment_token_file + " is empty";
  } else {
    const bool refused = to_hex(crypto::sha256(token->reveal())) == state.refused_token;
    inventory.token = refused ? TokenState::refused : TokenState::usable;
  }
}

bool names_differ(const Version& version, const CertificateConfig& config) {
  const auto& names = version.leaf.fields().extensions.subject_alternative_names;
  return std::set<x509::GeneralName>(names.begin(), names.end()) !=
         std::set<x509::GeneralName>(config.names.begin(), config.names.end());
}

}  // namespace

CertificateInventory take_inventory(const CertificateConfig& config, const std::string& node,
                                    const CertificateState& state) {
  CertificateInventory inventory;
  inventory.name = config.name;
  Result<Version> installed = read_version(current_path(config.directory));
  if (installed) {
    inventory.installed = facts_of(*installed, config, node, state);
    inventory.renewal_refused = state.refused_renewal == installed->serial();
    inventory.names_differ = names_differ(*installed, config);
  } else if (installed.error().code != ErrorCode::not_found) {
    inventory.damage = installed.error().message;
  }
  if (state.candidate) {
    Result<Version> candidate = read_version(version_path(config.directory, state.candidate->serial));
    if (candidate) inventory.candidate = facts_of(*candidate, config, node, state);
  }
  read_token_state(config, state, inventory);
  if (state.pending) inventory.waits_for_approval = state.pending->waits;
  inventory.issue_not_before = state.issue_not_before;
  if (config.verify) inventory.verify_at = state.verify_at.value_or(TimePoint());
  return inventory;
}

}  // namespace chancery::agent
