// What handlers work with. Built once by the wiring (api/server); every member outlives the server.
#pragma once

#include <string>
#include <vector>

#include "api/http/request.h"
#include "api/http/response.h"
#include "api/identity/authenticator.h"
#include "api/identity/caller.h"
#include "api/metrics/metrics.h"
#include "ca/audit/log.h"
#include "ca/authority/authority.h"
#include "ca/base/clock.h"
#include "ca/base/result.h"
#include "ca/log/log.h"
#include "ca/policy/source.h"
#include "ca/store/store.h"

namespace chancery::rest {

struct Context {
  authority::Authority& authority;
  store::Store& store;
  audit::Log& log;
  const identity::Authenticator& authenticator;
  metrics::Metrics& metrics;
  const policy::ProfileSource& policies;
  const Clock& clock;
  const log::Logger& logger;
  std::string roots_pem;
  std::string chain_pem;                 // the intermediates
  std::string chain_json;                // the same as a JSON string literal, because it is in every CERT
  std::vector<x509::Certificate> roots;  // those of roots_pem
};

// One request on its way: matched to a route, its caller established and let through.
struct Call {
  const http::Request& request;
  const identity::Caller& caller;
  const std::vector<std::string>& parameters;  // the {...} of the route, decoded, in order
  Context& context;
};

}  // namespace chancery::rest
