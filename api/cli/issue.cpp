// enroll, issue, explain: what asks for something new.
#include <nlohmann/json.hpp>
#include <ostream>

#include "api/cli/commands.h"
#include "api/cli/decision_text.h"
#include "api/cli/json_text.h"
#include "api/cli/proof.h"
#include "api/cli/table.h"
#include "ca/base/file.h"

namespace chancery::cli {
namespace {

using nlohmann::json;

constexpr std::size_t csr_file_limit = 65536;

Result<client::Request> certificate_request(const IssueOptions& options, const std::string& path) {
  Result<std::string> csr = read_file(options.csr_file, csr_file_limit);
  if (!csr) return with_context(csr.error(), "request");
  json body{{"csr", *csr}};
  if (!options.profile.empty()) body["profile"] = options.profile;
  if (!options.identity.empty()) body["identity"] = options.identity;
  client::Request request;
  request.method = "POST";
  request.path = path;
  // A file that is not UTF-8 is no PEM; the service says so better than an exception here.
  request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  if (!options.token_file.empty()) {
    Result<SecretBytes> token = read_secret_file(options.token_file, 4096);
    if (!token) return with_context(token.error(), "token");
    request.bearer_token = as_text(token->reveal());
  }
  return request;
}

}  // namespace

int enroll(const EnrollOptions& options, const ServerOptions& server, const Terminal& terminal) {
  client::Request request;
  request.method = "POST";
  request.path = "/v1/enrollments";
  const json body{{"identity", options.identity},
                  {"profile", options.profile},
                  {"names", options.names},
                  {"uses", options.uses},
                  {"lifetime", options.lifetime}};
  request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  Result<json> data = call(server, request, terminal);
  if (!data) return complain(data.error(), server, terminal);
  const std::string token = text(*data, "token");
  if (!options.token_file.empty()) {
    if (Result<void> done = write_new_file(options.token_file, as_bytes(token + "\n"), 0600); !done) {
      return complain(with_context(done.error(), "the token was made but not saved, make another one"),
                      server, terminal);
    }
    data->erase("token");
  }
  if (server.json) {
    terminal.out << pretty(*data);
  } else if (options.token_file.empty()) {
    terminal.out << printable(token) << "\n";  // alone, so that it can be piped into a file
  } else {
    terminal.out << "token for " << printable(text(*data, "identity")) << ", good until "
                 << printable(text(*data, "expires_at")) << ", is in " << options.token_file << "\n";
  }
  return exit_ok;
}

int issue(const IssueOptions& options, const ServerOptions& server, const Terminal& terminal) {
  Result<client::Request> request = certificate_request(options, "/v1/certificates");
  if (!request) return complain(request.error(), server, terminal);
  Result<json> data = call(server, *request, terminal);
  if (!data) return complain(data.error(), server, terminal);
  const std::string pem = text(*data, "certificate") + text(*data, "chain");
  if (!options.out_file.empty()) {
    if (Result<void> done = write_new_file(options.out_file, as_bytes(pem), 0644); !done) {
      return complain(with_context(done.error(), "certificate " + text(*data, "serial") +
                                                     " was issued but not saved, fetch it "
                                                     "with `chancery show --json`"),
                      server, terminal);
    }
  }
  if (Result<void> saved = save_proof(*data, options.proof_file); !saved) {
    return complain(with_context(saved.error(), "certificate " + text(*data, "serial") +
                                                    " was issued, but its proof is not saved; fetch it with "
                                                    "`chancery show --proof`"),
                    server, terminal);
  }
  if (server.json) {
    terminal.out << pretty(*data);
  } else if (options.out_file.empty()) {
    terminal.out << pem;
  } else {
    terminal.out << "certificate " << printable(text(*data, "serial")) << " for "
                 << printable(joined(*data, "names")) << ", valid until "
                 << printable(text(*data, "not_after")) << ", is in " << options.out_file << "\n";
  }
  return exit_ok;
}

int explain(const IssueOptions& options, const ServerOptions& server, const Terminal& terminal) {
  Result<client::Request> request = certificate_request(options, "/v1/certificates/explain");
  if (!request) return complain(request.error(), server, terminal);
  Result<json> data = call(server, *request, terminal);
  if (!data) return complain(data.error(), server, terminal);
  return print_decision(*data, server.json, terminal);
}

}  // namespace chancery::cli
