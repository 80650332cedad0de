#include "ca/ceremony/cli/calendar_json.h"

namespace chancery::ceremony {
namespace {

using Json = nlohmann::ordered_json;

Json time_json(const std::optional<TimePoint>& at) {
  return at ? Json(to_rfc3339(*at)) : Json();
}

Json json_of(const CertificateEnd& end) {
  return {{"kind", end.kind},
          {"subject", end.subject},
          {"serial", end.serial},
          {"fingerprint", to_hex(end.fingerprint)},
          {"not_before", to_rfc3339(end.not_before)},
          {"not_after", to_rfc3339(end.not_after)},
          {"renewable", end.renewable},
          {"renewal_due", time_json(renewal_of(end))},
          {"revoked_at", time_json(end.revoked)}};
}

Json json_of(const CrlEnd& end) {
  return {{"issuer", end.issuer},
          {"number", end.number},
          {"this_update", to_rfc3339(end.this_update)},
          {"next_update", to_rfc3339(end.next_update)},
          {"last", end.last}};
}

Json json_of(const CrlDue& due) {
  return {{"issuer", due.issuer}, {"url", due.url}, {"since", to_rfc3339(due.since)}};
}

// Every year from `first`, until `until`.
Json json_of(const CustodyCheck& check) {
  return {{"subject", check.subject},
          {"custody", check.custody},
          {"custodians", check.custodians},
          {"first", to_rfc3339(check.first)},
          {"until", to_rfc3339(check.until)}};
}

template <typename Dated>
Json list_of(const std::vector<Dated>& all) {
  Json list = Json::array();
  for (const Dated& one : all) list.push_back(json_of(one));
  return list;
}

}  // namespace

Json dates_json(const Dates& dates) {
  return {{"as_of", to_rfc3339(dates.stamp)},
          {"certificates", list_of(dates.certificates)},
          {"crls", list_of(dates.crls)},
          {"crls_due", list_of(dates.crls_due)},
          {"custody_checks", list_of(dates.checks)},
          {"written", Json::array()}};
}

}  // namespace chancery::ceremony
