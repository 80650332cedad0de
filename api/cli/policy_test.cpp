// policy test, policy check: decided here, by the code that the service decides by.
#include <nlohmann/json.hpp>
#include <ostream>

#include "api/cli/commands.h"
#include "api/cli/decision_text.h"
#include "api/cli/json_text.h"
#include "api/cli/policies.h"
#include "api/cli/policy_commands.h"
#include "api/cli/table.h"
#include "api/decision/decision_json.h"
#include "ca/base/file.h"
#include "ca/policy/advice.h"
#include "ca/policy/quotas.h"
#include "ca/policy/renewal.h"

namespace chancery::cli {
namespace {

using nlohmann::json;

constexpr std::size_t csr_file_limit = 65536;

Result<x509::CertificateRequest> read_csr(const std::string& path) {
  const Result<std::string> pem = read_file(path, csr_file_limit);
  if (!pem) return pem.error();
  Result<x509::CertificateRequest> csr = x509::CertificateRequest::parse_pem(*pem);
  if (!csr) return with_context(csr.error(), path);
  return csr;
}

// Whoever is no operator comes with a token, and the token names what it is good for.
Result<std::optional<std::vector<x509::GeneralName>>> bound_names(const PolicyTestOptions& options,
                                                                  policy::Role role,
                                                                  const x509::CertificateRequest& csr) {
  std::vector<x509::GeneralName> names;
  for (const std::string& text : options.names) {
    Result<x509::GeneralName> name = x509::parse_general_name(text);
    if (!name) return with_context(name.error(), "--name");
    names.push_back(std::move(*name));
  }
  if (!names.empty()) return std::optional(std::move(names));
  if (role == policy::Role::operator_ && !options.renewal)
    return std::optional<std::vector<x509::GeneralName>>();
  return std::optional(csr.subject_alternative_names());
}

policy::Reason unknown_use(const policy::AppliedQuota& quota) {
  return {true,
          false,
          quota.rule,
          quota.quota.location,
          quota.value,
          "at most " + std::to_string(quota.quota.count) + " certificates in " +
              to_string(quota.quota.window) + "; offline it is not known how many are used"};
}

// What a renewal renews is taken to have had its approvals.
int approvals_of(const policy::Approvals& approvals, bool renewal) {
  return renewal && !approvals.renewals ? 0 : approvals.required;
}

Result<json> decide(const PolicyTestOptions& options) {
  const Result<policy::ProfileSet> profiles = load_policies(options.policies);
  if (!profiles) return profiles.error();
  const std::shared_ptr<const policy::Profile> profile = profiles->find(ProfileName(options.profile));
  if (!profile) {
    return make_error(ErrorCode::not_found, "there is no profile " + options.profile + " in " +
                                                options.policies + "; there are " + names_of(*profiles));
  }
  const Result<x509::CertificateRequest> csr = read_csr(options.csr_file);
  if (!csr) return csr.error();
  const policy::Role role = options.renewal ? policy::renewing_role(*profile)
                                            : policy::parse_role(options.role).value_or(policy::Role::none);
  Result<std::optional<std::vector<x509::GeneralName>>> names = bound_names(options, role, *csr);
  if (!names) return names.error();
  const policy::Requester requester{
      .identity = Identity(options.identity), .role = role, .bound_names = std::move(*names)};
  std::optional<policy::Renewal> renewal;
  if (options.renewal) renewal = policy::Renewal{SystemClock().now(), csr->public_key().type()};
  policy::Decision decision = policy::evaluate(*profile, *csr, requester, renewal);
  for (const policy::AppliedQuota& quota : policy::quotas_of(*profile, requester.identity, decision.names))
    decision.reasons.push_back(unknown_use(quota));
  json data = decision::decision_json(decision, profile.get());
  data["error"] = nullptr;
  data["approvals"] = approvals_of(profile->approvals, options.renewal);
  return data;
}

int check_failed(const Error& error, const ServerOptions& server, const Terminal& terminal) {
  if (!server.json) return complain(error, server, terminal);
  terminal.out << pretty({{"sound", false},
                          {"profiles", json::array()},
                          {"faults", decision::details_json(error)},
                          {"warnings", json::array()}});
  return exit_refused;
}

}  // namespace

int policy_test(const PolicyTestOptions& options, const ServerOptions& server, const Terminal& terminal) {
  if (options.policies.empty()) {
    const IssueOptions request{.csr_file = options.csr_file,
                               .profile = options.profile,
                               .identity = options.identity,
                               .out_file = {},
                               .token_file = {}};
    return explain(request, server, terminal);
  }
  const Result<json> decision = decide(options);
  if (decision) return print_decision(*decision, server.json, terminal);
  complain(decision.error(), server, terminal);
  return exit_usage;
}

int policy_check(const std::string& policies, const ServerOptions& server, const Terminal& terminal) {
  const Result<policy::ProfileSet> profiles = load_policies(policies);
  if (!profiles) return check_failed(profiles.error(), server, terminal);
  const std::vector<std::string> weaknesses = policy::weaknesses(*profiles);
  if (server.json) {
    json list = json::array();
    for (const auto& profile : profiles->all()) list.push_back(decision::profile_json(*profile));
    terminal.out << pretty({{"sound", true},
                            {"profiles", std::move(list)},
                            {"faults", json::array()},
                            {"warnings", weaknesses}});
    return exit_ok;
  }
  Table table({"PROFILE", "LIFETIME", "RENEWED AFTER", "FILE", "SHA-256"});
  for (const auto& profile : profiles->all()) {
    table.add({profile->name.text(), to_string(profile->lifetime), to_string(profile->renew_after),
               profile->file, to_hex(profile->hash)});
  }
  terminal.out << table.text();
  for (const std::string& weakness : weaknesses)
    terminal.error << "chancery: warning: " << printable(weakness) << "\n";
  return exit_ok;
}

}  // namespace chancery::cli
