// health, list, show, revoke: what looks at, or ends, what there is.
#include <nlohmann/json.hpp>
#include <ostream>

#include "api/cli/commands.h"
#include "api/cli/json_text.h"
#include "api/cli/proof.h"
#include "api/cli/table.h"
#include "ca/x509/serial.h"

namespace chancery::cli {
namespace {

using nlohmann::json;

constexpr int page = 100;  // certificates asked for at once

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

std::string list_path(const ListOptions& options, int count, const std::string& cursor) {
  std::string path = "/v1/certificates?limit=" + std::to_string(count);
  const auto add = [&path](const char* key, const std::string& value) {
    if (!value.empty()) path += "&" + std::string(key) + "=" + url_encoded(value);
  };
  add("identity", options.identity);
  add("profile", options.profile);
  add("name", options.name);
  add("status", options.status);
  add("expires_before", options.expires_before);
  add("expires_after", options.expires_after);
  add("cursor", cursor);
  return path;
}

struct Listing {
  json certificates = json::array();
  bool more = false;
};

Result<Listing> fetch(const ListOptions& options, const ServerOptions& server, const Terminal& terminal) {
  Listing listing;
  std::string cursor;
  while (static_cast<int>(listing.certificates.size()) < options.limit) {
    const int wanted = std::min(page, options.limit - static_cast<int>(listing.certificates.size()));
    client::Request request;
    request.path = list_path(options, wanted, cursor);
    Result<json> answer = call_with_meta(server, request, terminal);
    if (!answer) return answer.error();
    const json& data = (*answer)["data"];
    const json found = data.is_object() ? data.value("certificates", json::array()) : json::array();
    for (const json& certificate : found) listing.certificates.push_back(certificate);
    cursor = text((*answer)["meta"], "next_cursor");
    listing.more = !cursor.empty();
    if (!listing.more || found.empty()) break;
  }
  return listing;
}

// Colons and upper case, as other tools print serials, are welcome.
Result<std::string> canonical_serial(const std::string& given) {
  Result<x509::SerialNumber> serial = x509::SerialNumber::parse(given);
  if (!serial) return serial.error();
  return serial->to_string();
}

std::string or_dash(const std::string& value) {
  return value.empty() ? "-" : value;
}

}  // namespace

int health(const ServerOptions& server, const Terminal& terminal) {
  client::Request request;
  request.path = "/health";
  Result<json> data = call(server, request, terminal);
  if (!data) return complain(data.error(), server, terminal);
  if (server.json) {
    terminal.out << pretty(*data);
    return exit_ok;
  }
  terminal.out << "status: " << printable(text(*data, "status")) << "\n";
  if (data->is_object() && data->contains("checks") && (*data)["checks"].is_array()) {
    Table table({"CHECK", "OK", "MESSAGE"});
    for (const json& check : (*data)["checks"]) {
      const bool good = check.is_object() && check.value("ok", json(false)) == json(true);
      table.add({text(check, "name"), good ? "yes" : "NO", or_dash(text(check, "message"))});
    }
    terminal.out << table.text();
  }
  return exit_ok;
}

int list(const ListOptions& options, const ServerOptions& server, const Terminal& terminal) {
  Result<Listing> listing = fetch(options, server, terminal);
  if (!listing) return complain(listing.error(), server, terminal);
  if (server.json) {
    terminal.out << pretty({{"certificates", listing->certificates}, {"more", listing->more}});
    return exit_ok;
  }
  Table table({"SERIAL", "IDENTITY", "PROFILE", "STATUS", "NOT AFTER", "NAMES"});
  for (const json& certificate : listing->certificates) {
    table.add({text(certificate, "serial"), text(certificate, "identity"), text(certificate, "profile"),
               text(certificate, "status"), text(certificate, "not_after"), joined(certificate, "names")});
  }
  terminal.out << table.text();
  if (listing->more) terminal.error << "there are more; raise --limit or narrow the filters\n";
  return exit_ok;
}

int show(const std::string& given, const std::string& proof_file, const ServerOptions& server,
         const Terminal& terminal) {
  Result<std::string> serial = canonical_serial(given);
  if (!serial) return complain(serial.error(), server, terminal);
  client::Request request;
  request.path = "/v1/certificates/" + *serial;
  Result<json> data = call(server, request, terminal);
  if (!data) return complain(data.error(), server, terminal);
  if (Result<void> saved = save_proof(*data, proof_file); !saved)
    return complain(saved.error(), server, terminal);
  if (server.json) {
    terminal.out << pretty(*data);
    return exit_ok;
  }
  std::vector<std::pair<std::string, std::string>> fields{
      {"serial", text(*data, "serial")},
      {"identity", text(*data, "identity")},
      {"profile", text(*data, "profile")},
      {"subject", or_dash(text(*data, "subject"))},
      {"names", joined(*data, "names")},
      {"status", text(*data, "status")},
      {"not before", text(*data, "not_before")},
      {"not after", text(*data, "not_after")},
      {"renew after", text(*data, "renew_after")},
      {"issued at", text(*data, "issued_at")},
      {"renewed from", or_dash(text(*data, "renewed_from"))},
      {"lineage", text(*data, "lineage")},
      {"SHA-256", text(*data, "fingerprint")}};
  if (const std::string revoked = text(*data, "revoked_at"); !revoked.empty()) {
    fields.emplace_back("revoked at", revoked);
    fields.emplace_back("reason", or_dash(text(*data, "reason")));
  }
  terminal.out << fields_text(fields) << text(*data, "certificate");
  return exit_ok;
}

int revoke(const std::string& given, const std::string& reason, const ServerOptions& server,
           const Terminal& terminal) {
  Result<std::string> serial = canonical_serial(given);
  if (!serial) return complain(serial.error(), server, terminal);
  client::Request request;
  request.method = "POST";
  request.path = "/v1/certificates/" + *serial + "/revocation";
  request.body = json{{"reason", reason}}.dump(-1, ' ', false, json::error_handler_t::replace);
  Result<json> data = call(server, request, terminal);
  if (!data) return complain(data.error(), server, terminal);
  if (server.json) {
    terminal.out << pretty(*data);
  } else {
    terminal.out << "certificate " << *serial << " is " << printable(text(*data, "status")) << " since "
                 << printable(text(*data, "revoked_at")) << " (" << printable(text(*data, "reason")) << ")\n";
  }
  return exit_ok;
}

}  // namespace chancery::cli
