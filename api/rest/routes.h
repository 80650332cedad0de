// The routes of /v1: one plain list in routes.cpp. A test holds api/rest/openapi.json against it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "api/http/request.h"
#include "api/rest/context.h"

namespace chancery::rest {

// Who may call. There is no default: a route says it.
enum class Access {
  open,         // whoever reaches the front
  requester,    // an enrolment token or a client certificate
  certificate,  // a client certificate
  operator_,    // a client certificate whose profile grants operator
};

using Handler = Result<http::Response> (*)(const Call&);

struct Route {
  http::Method method;
  std::string_view pattern;
  Access access;
  Handler handler;
  int status;               // of success
  std::vector<int> others;  // statuses beside that and common_errors()
};

const std::vector<Route>& routes();

// What any route may answer: malformed or oversize requests, bad credentials, our own faults.
const std::vector<int>& common_errors();

}  // namespace chancery::rest
