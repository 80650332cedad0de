// requests and enrollments: what waits for approval, and tokens that were given out.
#include <ostream>

#include "api/cli/commands.h"
#include "api/cli/json_text.h"
#include "api/cli/listing.h"
#include "api/cli/saved_certificate.h"
#include "api/cli/table.h"
#include "ca/base/file.h"

namespace chancery::cli {
namespace {

using nlohmann::json;

std::string or_dash(const std::string& value) {
  return value.empty() ? "-" : value;
}

std::string approvals_of(const json& request) {
  const json given = list_of(request, "approvals");
  std::string list = std::to_string(given.size()) + " of " + text(request, "required");
  for (const json& approval : given) list += " " + text(approval, "approver");
  return list;
}

void print_request(const json& request, const Terminal& terminal) {
  terminal.out << fields_text(
      {{"request", text(request, "id")},
       {"state", text(request, "state")},
       {"identity", text(request, "identity")},
       {"profile", text(request, "profile")},
       {"names", joined(request, "names")},
       {"key SHA-256", text(request, "spki_sha256")},
       {"asked by", text(request, "requested_by") + " with a " + text(request, "requested_with")},
       {"renews", or_dash(text(request, "renews"))},
       {"approvals", approvals_of(request)},
       {"created at", text(request, "created_at")},
       {"expires at", text(request, "expires_at")},
       {"ended at", or_dash(text(request, "ended_at"))},
       {"ended by", or_dash(text(request, "ended_by"))},
       {"reason", or_dash(text(request, "reason"))},
       {"serial", or_dash(text(request, "serial"))}});
}

// With the token that asked, when there is one.
Result<json> call_as(const RequestOptions& options, client::Request request, const ServerOptions& server,
                     const Terminal& terminal) {
  if (!options.token_file.empty()) {
    Result<SecretBytes> token = read_secret_file(options.token_file, 4096);
    if (!token) return with_context(token.error(), "token");
    request.bearer_token = as_text(token->reveal());
  }
  return call(server, request, terminal);
}

Result<json> decide(const RequestOptions& options, const std::string& what, const json& body,
                    const ServerOptions& server, const Terminal& terminal) {
  client::Request request;
  request.method = "POST";
  request.path = "/v1/requests/" + url_encoded(options.id) + "/" + what;
  request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return call_as(options, std::move(request), server, terminal);
}

// Its certificate is wanted in files, and it has none.
int say_there_is_none(const json& request, const ServerOptions& server, const Terminal& terminal) {
  const std::string state = text(request, "state");
  const bool open = state == "pending" || state == "approved";
  std::string message = "request " + text(request, "id") + " is " + state + " and has no certificate";
  if (open) message += " yet";
  complain(make_error(ErrorCode::conflict, printable(message)), server, terminal);
  return open ? exit_waits : exit_refused;
}

int say(Result<json> request, const ServerOptions& server, const Terminal& terminal) {
  if (!request) return complain(request.error(), server, terminal);
  if (server.json) {
    terminal.out << pretty(*request);
    return exit_ok;
  }
  terminal.out << "request " << printable(text(*request, "id")) << " is "
               << printable(text(*request, "state")) << ", approvals " << printable(approvals_of(*request));
  if (const std::string serial = text(*request, "serial"); !serial.empty())
    terminal.out << ", certificate " << printable(serial);
  terminal.out << "\n";
  return exit_ok;
}

}  // namespace

int list_requests(const RequestOptions& options, const ServerOptions& server, const Terminal& terminal) {
  const QueryParameters parameters{{"state", options.state == "all" ? "" : options.state},
                                   {"identity", options.identity}};
  Result<Listing> listing = fetch("/v1/requests", "requests", parameters, options.limit, server, terminal);
  if (!listing) return complain(listing.error(), server, terminal);
  if (server.json) {
    print_json(*listing, "requests", terminal);
    return exit_ok;
  }
  Table table({"REQUEST", "STATE", "IDENTITY", "PROFILE", "APPROVALS", "EXPIRES AT", "ASKED BY", "NAMES"});
  for (const json& request : listing->entries) {
    table.add({text(request, "id"), text(request, "state"), text(request, "identity"),
               text(request, "profile"), approvals_of(request), text(request, "expires_at"),
               text(request, "requested_by"), joined(request, "names")});
  }
  terminal.out << table.text();
  mention_more(*listing, terminal);
  return exit_ok;
}

int show_request(const RequestOptions& options, const ServerOptions& server, const Terminal& terminal) {
  if (Result<void> ok = check_new_files({options.out_file, options.proof_file}); !ok)
    return complain(ok.error(), server, terminal);
  client::Request request;
  request.path = "/v1/requests/" + url_encoded(options.id);
  const Result<json> data = call_as(options, std::move(request), server, terminal);
  if (!data) return complain(data.error(), server, terminal);
  const json certificate = data->is_object() ? data->value("certificate", json(nullptr)) : json(nullptr);
  const bool wanted = !options.out_file.empty() || !options.proof_file.empty();
  if (wanted && !certificate.is_object()) return say_there_is_none(*data, server, terminal);
  if (Result<void> saved = save_certificate(certificate, options.out_file, options.proof_file); !saved)
    return complain(saved.error(), server, terminal);
  if (server.json) {
    terminal.out << pretty(*data);
    return exit_ok;
  }
  print_request(*data, terminal);
  if (certificate.is_object()) {
    print_saved(certificate, options.out_file, terminal);
  } else {
    terminal.out << text(*data, "csr");
  }
  return exit_ok;
}

int approve_request(const RequestOptions& options, const ServerOptions& server, const Terminal& terminal) {
  return say(decide(options, "approval", json::object(), server, terminal), server, terminal);
}

int reject_request(const RequestOptions& options, const ServerOptions& server, const Terminal& terminal) {
  return say(decide(options, "rejection", {{"reason", options.reason}}, server, terminal), server, terminal);
}

int cancel_request(const RequestOptions& options, const ServerOptions& server, const Terminal& terminal) {
  return say(decide(options, "cancellation", json::object(), server, terminal), server, terminal);
}

int list_enrollments(const EnrollmentOptions& options, const ServerOptions& server,
                     const Terminal& terminal) {
  const QueryParameters parameters{
      {"identity", options.identity}, {"profile", options.profile}, {"usable", options.usable ? "true" : ""}};
  Result<Listing> listing =
      fetch("/v1/enrollments", "enrollments", parameters, options.limit, server, terminal);
  if (!listing) return complain(listing.error(), server, terminal);
  if (server.json) {
    print_json(*listing, "enrollments", terminal);
    return exit_ok;
  }
  Table table({"ENROLLMENT", "IDENTITY", "PROFILE", "USED", "STATE", "EXPIRES AT", "MADE BY", "NAMES"});
  for (const json& entry : listing->entries) {
    const bool usable = entry.is_object() && entry.value("usable", json(false)) == json(true);
    const bool withdrawn = !text(entry, "withdrawn_at").empty();
    table.add({text(entry, "id"), text(entry, "identity"), text(entry, "profile"),
               text(entry, "used") + " of " + text(entry, "uses"),
               usable ? "usable" : (withdrawn ? "withdrawn" : "ended"), text(entry, "expires_at"),
               text(entry, "created_by"), joined(entry, "names")});
  }
  terminal.out << table.text();
  mention_more(*listing, terminal);
  return exit_ok;
}

int withdraw_enrollment(const EnrollmentOptions& options, const ServerOptions& server,
                        const Terminal& terminal) {
  client::Request request;
  request.method = "POST";
  request.path = "/v1/enrollments/" + url_encoded(options.id) + "/withdrawal";
  request.body = "{}";
  Result<json> data = call(server, request, terminal);
  if (!data) return complain(data.error(), server, terminal);
  if (server.json) {
    terminal.out << pretty(*data);
  } else {
    terminal.out << "the token for " << printable(text(*data, "identity")) << " is withdrawn since "
                 << printable(text(*data, "withdrawn_at")) << "; what it bought before stays valid\n";
  }
  return exit_ok;
}

}  // namespace chancery::cli
