// The query of GET /v1/certificates.
#pragma once

#include <string>

#include "api/http/request.h"
#include "ca/base/result.h"
#include "ca/store/records.h"

namespace chancery::rest {

struct ListQuery {
  store::CertificateFilter filter;
  std::string cursor;
  int limit = 0;
};

// Errors: validation with one detail for each unknown or wrong parameter.
Result<ListQuery> read_list_query(const http::Request& request);

}  // namespace chancery::rest
