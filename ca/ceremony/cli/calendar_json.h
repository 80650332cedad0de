// What the calendar is made of, as JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "ca/ceremony/calendar/calendar.h"

namespace chancery::ceremony {

// {"as_of","certificates":[{"kind","subject","serial","fingerprint","not_before","not_after","renewable",
//  "renewal_due","revoked_at"}],"crls":[{"issuer","number","this_update","next_update","last"}],
//  "crls_due":[{"issuer","url","since"}],"custody_checks":[{"subject","custody","custodians","first",
//  "until"}],"written":[]}. Times in UTC (RFC 3339); null for what will not happen. For json_text
//  (certificate_facts.h).
nlohmann::ordered_json dates_json(const Dates& dates);

}  // namespace chancery::ceremony
