#include "api/cli/listing.h"

#include <algorithm>
#include <ostream>

#include "api/cli/json_text.h"
#include "ca/x509/serial.h"

namespace chancery::cli {
namespace {

using nlohmann::json;

constexpr int page = 100;  // entries asked for at once

}  // namespace

std::string url_encoded(const std::string& value) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string encoded;
  for (const char c : value) {
    if (plain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      encoded += "%" + to_hex(ByteView(&byte, 1));
    }
  }
  return encoded;
}

Result<Listing> fetch(const std::string& path, const char* member, const QueryParameters& parameters,
                      int limit, const ServerOptions& server, const Terminal& terminal) {
  Listing listing;
  std::string cursor;
  while (static_cast<int>(listing.entries.size()) < limit) {
    const int wanted = std::min(page, limit - static_cast<int>(listing.entries.size()));
    client::Request request;
    request.path = path + "?limit=" + std::to_string(wanted);
    for (const auto& [key, value] : parameters) {
      if (!value.empty()) request.path += "&" + key + "=" + url_encoded(value);
    }
    if (!cursor.empty()) request.path += "&cursor=" + url_encoded(cursor);
    Result<Reply> reply = exchange(server, request, terminal);
    if (!reply) return reply.error();
    const json found = list_of(reply->data, member);
    for (const json& entry : found) listing.entries.push_back(entry);
    cursor = text(reply->meta, "next_cursor");
    listing.more = !cursor.empty();
    if (!listing.more || found.empty()) break;
  }
  return listing;
}

void print_json(const Listing& listing, const char* member, const Terminal& terminal) {
  terminal.out << pretty({{member, listing.entries}, {"more", listing.more}});
}

void mention_more(const Listing& listing, const Terminal& terminal) {
  if (listing.more) terminal.error << "there are more; raise --limit or narrow the filters\n";
}

Result<std::string> canonical_serial(const std::string& given) {
  Result<x509::SerialNumber> serial = x509::SerialNumber::parse(given);
  if (!serial) return serial.error();
  return serial->to_string();
}

}  // namespace chancery::cli
