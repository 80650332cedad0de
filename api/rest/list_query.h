// The query of GET /v1/certificates.
#pragma once

#include "api/rest/query_reader.h"
#include "ca/store/records.h"

namespace chancery::rest {

struct ListQuery {
  store::CertificateFilter filter;
  Page page;
};

// Errors: validation with one detail for each unknown or wrong parameter.
Result<ListQuery> read_list_query(const http::Request& request);

}  // namespace chancery::rest
