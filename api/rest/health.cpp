// Deep: each check does what an issuance would need, so that a green answer means something.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/http/problem.h"
#include "api/rest/handlers.h"

namespace chancery::rest {
namespace {

using nlohmann::json;

struct Check {
  std::string_view name;
  Result<std::string> outcome;
  bool vital = true;  // without it nothing can be issued
};

Result<std::string> check_store(Context& context) {
  if (auto ok = context.store.check_writable(); !ok) return ok.error();
  return std::string("a durable write succeeded");
}

Result<std::string> check_signature(const issuance::Issuer& issuer) {
  constexpr std::string_view message = "chancery-ca health check: not a certificate";
  auto signature = issuer.signer().sign(issuer.algorithm(), as_bytes(message));
  if (!signature) return signature.error();
  if (auto ok = issuer.public_key().verify(issuer.algorithm(), as_bytes(message), *signature); !ok) {
    return make_error(ErrorCode::internal, "the issuer's key made a signature that does not verify");
  }
  return std::string("a test signature verified");
}

Result<std::string> check_issuer_expiry(const issuance::Issuer& issuer, TimePoint now) {
  const TimePoint end = issuer.certificate().validity().not_after();
  if (now > end) {
    return make_error(ErrorCode::unavailable, "the issuing certificate expired at " + to_rfc3339(end) +
                                                  ": hold an intermediate ceremony");
  }
  const auto days = std::chrono::duration_cast<std::chrono::days>(end - now).count();
  return "the issuing certificate expires at " + to_rfc3339(end) + ", in " + std::to_string(days) + " days";
}

// Whoever trusts an expired one trusts nothing that stands under it. One that nothing stands under any more
// does no harm, so it is worth a look and not an end of the service.
Result<std::string> check_roots(const std::vector<x509::Certificate>& roots, TimePoint now) {
  std::string ends;
  for (const x509::Certificate& root : roots) {
    const TimePoint end = root.validity().not_after();
    if (now > end) {
      return make_error(ErrorCode::unavailable, "the root " + root.subject_text() + " expired at " +
                                                    to_rfc3339(end) +
                                                    ": hold a root ceremony, and take it out of the roots");
    }
    ends += (ends.empty() ? "" : ", ") + root.subject_text() + " expires at " + to_rfc3339(end);
  }
  return ends.empty() ? "there are none" : ends;
}

Result<std::string> check_log(Context& context) {
  const auto checkpoint = context.log.checkpoint();
  if (!checkpoint) return checkpoint.error();
  return "the log has a signed checkpoint of " + std::to_string(checkpoint->checkpoint.size) + " entries";
}

Result<std::string> check_clock(const issuance::Issuer& issuer, TimePoint now) {
  if (now < issuer.certificate().validity().not_before()) {
    return make_error(ErrorCode::unavailable, "the clock says " + to_rfc3339(now) +
                                                  ", before the issuing certificate began: set the clock");
  }
  return "the clock says " + to_rfc3339(now);
}

// What is in force can be issued by, whatever stands in the files meanwhile. Anybody may read this, so it
// says how many faults there are, and not what stands where in the files.
Result<std::string> check_policies(const policy::ProfileSource& policies) {
  const policy::SourceState state = policies.state();
  const std::string in_force = std::to_string(state.profiles->all().size()) +
                               " profiles are in force since " + to_rfc3339(state.loaded_at);
  if (!state.fault) return in_force;
  const std::size_t faults = std::max<std::size_t>(state.fault->details.size(), 1);
  return make_error(ErrorCode::validation,
                    "changed profiles have faults (" + std::to_string(faults) + ") and were not taken; " +
                        in_force + "; the log (policy.refused) and chancery-ca check-config name each");
}

std::string_view status_of(const std::vector<Check>& checks) {
  std::string_view status = "ok";
  for (const Check& check : checks) {
    if (check.outcome) continue;
    if (check.vital) return "failing";
    status = "degraded";
  }
  return status;
}

json to_json(const std::vector<Check>& checks) {
  json list = json::array();
  for (const Check& check : checks) {
    list.push_back({{"name", check.name},
                    {"ok", check.outcome.has_value()},
                    {"message", check.outcome ? *check.outcome : check.outcome.error().message}});
  }
  return {{"status", status_of(checks)}, {"checks", std::move(list)}};
}

}  // namespace

Result<http::Response> health(const Call& call) {
  Context& context = call.context;
  const auto issuer = context.authority.issuer();
  const TimePoint now = context.clock.now();
  std::vector<Check> checks;
  checks.push_back({"store", check_store(context)});
  checks.push_back({"signature", check_signature(*issuer)});
  checks.push_back({"issuer_expiry", check_issuer_expiry(*issuer, now)});
  checks.push_back({"log", check_log(context)});
  checks.push_back({"clock", check_clock(*issuer, now)});
  checks.push_back({"roots", check_roots(context.roots, now), false});
  checks.push_back({"policies", check_policies(context.policies), false});
  Error error = make_error(ErrorCode::unavailable, "the service is not healthy");
  for (const Check& check : checks) {
    if (check.outcome || !check.vital) continue;
    const Error& fault = check.outcome.error();
    context.logger.failure("health.failing", "a health check failed", fault,
                           {{"check", std::string(check.name)}});
    error.details.push_back({"health." + std::string(check.name), "", "", fault.message});
  }
  const std::string data = to_json(checks).dump(-1, ' ', false, json::error_handler_t::replace);
  if (!error.details.empty()) return http::problem(error, call.request.id, data);
  return http::success(200, status_of(checks) == "ok" ? "healthy" : "able to issue, but look at the checks",
                       call.request.id, data);
}

}  // namespace chancery::rest
