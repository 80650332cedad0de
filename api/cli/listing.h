// Listings that come in pages.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "api/cli/session.h"

namespace chancery::cli {

struct Listing {
  nlohmann::json entries = nlohmann::json::array();
  bool more = false;  // there are more than were asked for
};

using QueryParameters = std::vector<std::pair<std::string, std::string>>;  // "" = left out

// Follows the pages of GET `path`, whose entries stand in data.`member`, up to `limit`.
Result<Listing> fetch(const std::string& path, const char* member, const QueryParameters& parameters,
                      int limit, const ServerOptions& server, const Terminal& terminal);

// Prints {`member`: [...], "more": ...}.
void print_json(const Listing& listing, const char* member, const Terminal& terminal);
// Says on standard error when there is more.
void mention_more(const Listing& listing, const Terminal& terminal);

// Colons and upper case, as other tools print serials, are welcome. Errors: validation.
Result<std::string> canonical_serial(const std::string& given);

// RFC 3986 2.1.
std::string url_encoded(const std::string& value);

}  // namespace chancery::cli
