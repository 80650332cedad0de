// health, list, show, revoke: what looks at, or ends, what there is.
#include <nlohmann/json.hpp>
#include <ostream>

#include "api/cli/commands.h"
#include "api/cli/json_text.h"
#include "api/cli/listing.h"
#include "api/cli/proof.h"
#include "api/cli/table.h"
#include "ca/base/file.h"

namespace chancery::cli {
namespace {

using nlohmann::json;

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
  const QueryParameters parameters{{"identity", options.identity},
                                   {"profile", options.profile},
                                   {"name", options.name},
                                   {"status", options.status},
                                   {"expires_before", options.expires_before},
                                   {"expires_after", options.expires_after}};
  Result<Listing> listing =
      fetch("/v1/certificates", "certificates", parameters, options.limit, server, terminal);
  if (!listing) return complain(listing.error(), server, terminal);
  if (server.json) {
    print_json(*listing, "certificates", terminal);
    return exit_ok;
  }
  Table table({"SERIAL", "IDENTITY", "PROFILE", "STATUS", "NOT AFTER", "NAMES"});
  for (const json& certificate : listing->entries) {
    table.add({text(certificate, "serial"), text(certificate, "identity"), text(certificate, "profile"),
               text(certificate, "status"), text(certificate, "not_after"), joined(certificate, "names")});
  }
  terminal.out << table.text();
  mention_more(*listing, terminal);
  return exit_ok;
}

int show(const std::string& given, const std::string& proof_file, const ServerOptions& server,
         const Terminal& terminal) {
  Result<std::string> serial = canonical_serial(given);
  if (!serial) return complain(serial.error(), server, terminal);
  if (Result<void> ok = check_new_files({proof_file}); !ok) return complain(ok.error(), server, terminal);
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
      {"supersedes", or_dash(text(*data, "supersedes"))},
      {"lineage", text(*data, "lineage")},
      {"approved by", or_dash(joined(*data, "approvers"))},
      {"SHA-256", text(*data, "fingerprint")}};
  if (const std::string revoked = text(*data, "revoked_at"); !revoked.empty()) {
    fields.emplace_back("revoked at", revoked);
    fields.emplace_back("reason", or_dash(text(*data, "reason")));
  }
  terminal.out << fields_text(fields) << text(*data, "certificate");
  return exit_ok;
}

}  // namespace chancery::cli
