// enroll, issue, explain: what asks for something new.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <ostream>

#include "api/cli/commands.h"
#include "api/cli/decision_text.h"
#include "api/cli/json_text.h"
#include "api/cli/saved_certificate.h"
#include "api/cli/table.h"
#include "ca/base/file.h"
#include "ca/base/random.h"

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
  request.idempotency_key = options.idempotency_key;
  // A file that is not UTF-8 is no PEM; the service says so better than an exception here.
  request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  if (!options.token_file.empty()) {
    Result<SecretBytes> token = read_secret_file(options.token_file, 4096);
    if (!token) return with_context(token.error(), "token");
    request.bearer_token = as_text(token->reveal());
  }
  return request;
}

std::string fresh_key() {
  SystemRandom random;
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  return to_hex(bytes);
}

// Who keeps the key can ask in the same words again, whatever became of this process.
std::string how_to_go_on(const client::Request& request) {
  return "the same command with --idempotency-key " + request.idempotency_key;
}

// Asks in the same words again, as often as the service likes, until there is an answer or patience ends.
Result<Reply> ask_until(const client::Request& request, Seconds patience, const IssueOptions& options,
                        const ServerOptions& server, const Terminal& terminal) {
  Seconds waited{0};
  while (true) {
    Result<Reply> reply = exchange(server, request, terminal);
    if (!reply || !reply->waits || waited >= patience) return reply;
    if (waited == Seconds(0)) {
      terminal.error << "request " << printable(text(reply->data, "id")) << " waits for approval until "
                     << printable(text(reply->data, "expires_at"))
                     << "; to go on after an interruption: " << how_to_go_on(request) << "\n";
    }
    const Seconds next = std::clamp(reply->retry_after.value_or(Seconds(10)), Seconds(1), Seconds(3600));
    options.pause(std::min(next, patience - waited));
    waited += next;
  }
}

int say_it_waits(const json& data, const client::Request& request, const ServerOptions& server,
                 const Terminal& terminal) {
  const std::string id = printable(text(data, "id"));
  if (server.json) {
    terminal.out << pretty(data);
  } else {
    terminal.out << "request " << id << " waits for " << printable(text(data, "required"))
                 << " approval(s) until " << printable(text(data, "expires_at"))
                 << "\n  another operator: chancery requests approve " << id
                 << "\n  then: chancery requests show " << id << " --out FILE\n";
    if (!request.idempotency_key.empty()) terminal.out << "  or: " << how_to_go_on(request) << "\n";
  }
  return exit_waits;
}

}  // namespace

int enroll(const EnrollOptions& options, const ServerOptions& server, const Terminal& terminal) {
  if (Result<void> ok = check_new_files({options.token_file}); !ok)
    return complain(ok.error(), server, terminal);
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
  std::optional<Seconds> patience;
  if (!options.wait.empty()) {
    patience = parse_duration(options.wait);
    if (!patience) {
      return complain(make_error(ErrorCode::validation, "--wait must be such as 15m, 1h or 7d"), server,
                      terminal);
    }
  }
  // What is issued is paid for: with a token's use, and with a place in the quotas.
  if (Result<void> ok = check_new_files({options.out_file, options.proof_file}); !ok)
    return complain(ok.error(), server, terminal);
  Result<client::Request> request = certificate_request(options, "/v1/certificates");
  if (!request) return complain(request.error(), server, terminal);
  // The same request again must be known as such for as long as it waits.
  if (patience && request->idempotency_key.empty()) request->idempotency_key = fresh_key();
  const Result<Reply> reply = ask_until(*request, patience.value_or(Seconds(0)), options, server, terminal);
  if (!reply) {
    // It may have been taken all the same.
    if (patience && reply.error().code == ErrorCode::unavailable)
      terminal.error << "chancery: to go on: " << how_to_go_on(*request) << "\n";
    return complain(reply.error(), server, terminal);
  }
  if (reply->waits) return say_it_waits(reply->data, *request, server, terminal);
  if (Result<void> saved = save_certificate(reply->data, options.out_file, options.proof_file); !saved)
    return complain(saved.error(), server, terminal);
  if (server.json) {
    terminal.out << pretty(reply->data);
  } else {
    print_saved(reply->data, options.out_file, terminal);
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
