#include "api/http/problem.h"
#include "api/rest/certificate_json.h"
#include "api/rest/handlers.h"
#include "api/rest/list_query.h"
#include "api/rest/serial_parameter.h"

namespace chancery::rest {
namespace {

Result<http::Response> listed(const Call& call, const store::CertificateFilter& filter, const Page& from) {
  auto page = call.context.store.list_certificates(filter, from.cursor, from.limit);
  if (!page) return page.error();
  std::string data = "{\"certificates\":[";
  for (std::size_t i = 0; i < page->rows.size(); ++i) {
    if (i > 0) data += ',';
    append_certificate(data, page->rows[i], call.context.chain_json);
  }
  data += "]}";
  const std::string cursor = page->next_cursor.empty() ? "null" : http::json_string(page->next_cursor);
  return http::success(200, std::to_string(page->rows.size()) + " certificates", call.request.id, data,
                       "{\"next_cursor\":" + cursor + "}");
}

// One that the caller may see.
Result<store::CertificateRow> find_visible(const Call& call) {
  auto serial = serial_parameter(call);
  if (!serial) return serial.error();
  auto row = call.context.store.find_certificate(*serial);
  if (!row) return row.error();
  if (!*row) return make_error(ErrorCode::not_found, "there is no certificate " + *serial);
  if (!call.caller.is_operator() && !call.caller.owns((*row)->certificate)) {
    return make_error(ErrorCode::forbidden, "certificate " + *serial + " is another identity's; " +
                                                call.caller.identity().text() + " may see its own only");
  }
  return std::move(**row);
}

}  // namespace

Result<http::Response> list_certificates(const Call& call) {
  auto query = read_list_query(call.request);
  if (!query) return query.error();
  return listed(call, query->filter, query->page);
}

Result<http::Response> get_certificate(const Call& call) {
  auto row = find_visible(call);
  if (!row) return row.error();
  const auto proof = call.context.log.prove(row->certificate.serial);
  if (!proof) return proof.error();
  std::string data;
  append_certificate(data, *row, call.context.chain_json, *proof);
  return http::success(200, "certificate", call.request.id, data);
}

Result<http::Response> get_lineage(const Call& call) {
  auto row = find_visible(call);
  if (!row) return row.error();
  Page page;
  Parameters parameters;
  page.add_to(parameters);
  if (auto ok = read_query(call.request, parameters); !ok) return ok.error();
  store::CertificateFilter filter;
  filter.lineage = row->certificate.lineage;
  return listed(call, filter, page);
}

Result<http::Response> expiry(const Call& call) {
  const std::vector<Seconds>& windows = metrics::expiry_windows();
  auto counts = call.context.store.count_expiring(call.context.clock.now(), windows);
  if (!counts) return counts.error();
  std::string data = "{\"buckets\":[";
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (i > 0) data += ',';
    data += "{\"within\":\"" + chancery::to_string(windows[i]) +
            "\",\"count\":" + std::to_string(counts->at(i)) + "}";
  }
  data += "]}";
  return http::success(200, "valid certificates that expire within", call.request.id, data);
}

}  // namespace chancery::rest
