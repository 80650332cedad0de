#include "api/rest/list_query.h"

#include "api/rest/certificate_json.h"
#include "api/rest/field_limits.h"

namespace chancery::rest {

Result<ListQuery> read_list_query(const http::Request& request) {
  ListQuery query;
  store::CertificateFilter& filter = query.filter;
  Parameters parameters{{"identity", text_parameter(filter.identity, field_limits::identity)},
                        {"profile", text_parameter(filter.profile, field_limits::profile)},
                        {"name", text_parameter(filter.name, field_limits::name)},
                        {"status",
                         [&filter](const std::string& value) -> std::string {
                           filter.status = parse_status(value);
                           return filter.status ? "" : "valid, revoked or unrecorded";
                         }},
                        {"expires_before", time_parameter(filter.expires_before)},
                        {"expires_after", time_parameter(filter.expires_after)}};
  query.page.add_to(parameters);
  if (auto ok = read_query(request, parameters); !ok) return ok.error();
  return query;
}

}  // namespace chancery::rest
