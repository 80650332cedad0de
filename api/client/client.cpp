#include "api/client/client.h"

#include <httplib.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "api/client/url.h"
#include "ca/base/file.h"

namespace chancery::client {
namespace {

constexpr std::size_t pem_limit = 1U << 20;

std::string library_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return {};
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

// The name is checked by OpenSSL itself, in the subject alternative names alone: httplib would accept a
// common name.
void expect_host(SSL_CTX* context, const std::string& host) {
  X509_VERIFY_PARAM* expected = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(expected,
                                  X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
  }
  ERR_clear_error();
}

Result<void> trust_roots(SSL_CTX* context, const std::string& path) {
  if (path.empty()) {
    return make_error(
        ErrorCode::validation,
        "no file of trusted roots is given, without which the server cannot be verified; name one "
        "(chancery: --roots or CHANCERY_ROOTS; agent: server.roots)");
  }
  Result<std::string> readable = read_file(path, pem_limit);
  if (!readable) return with_context(readable.error(), "roots");
  if (SSL_CTX_load_verify_locations(context, path.c_str(), nullptr) != 1) {
    return make_error(ErrorCode::unavailable,
                      path + " holds no readable PEM certificate; give the file of the roots",
                      library_reason());
  }
  return {};
}

Result<void> use_client_certificate(SSL_CTX* context, const Options& options) {
  if (options.certificate_file.empty() && options.key_file.empty()) return {};
  if (options.certificate_file.empty() || options.key_file.empty()) {
    return make_error(ErrorCode::validation,
                      "a client certificate needs its key, and a key its certificate; give both");
  }
  for (const std::string& path : {options.certificate_file, options.key_file}) {
    Result<std::string> readable = read_file(path, pem_limit);
    if (!readable) return readable.error();
    explicit_bzero(readable->data(), readable->size());
  }
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1) {
    return make_error(
        ErrorCode::unavailable,
        options.certificate_file + " is not a PEM certificate; give the file that `chancery issue` wrote",
        library_reason());
  }
  if (SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return make_error(ErrorCode::unavailable,
                      options.key_file + " is not the unencrypted PEM key of " + options.certificate_file +
                          "; give the key whose request it was issued for",
                      library_reason());
  }
  return {};
}

std::string verification_fault(long result, const Url& url, const std::string& ca_file) {
  const std::string server = "the certificate of " + url.text;
  switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return server + " (or one above it) has expired; renew it on the server";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return server + " is not valid yet; compare the clocks of both machines";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return server + " does not name " + url.host + "; use an address that the certificate names";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return server + " was not issued under any root in " + ca_file + "; check that file and the address";
    default:
      return server + " is refused: " + X509_verify_cert_error_string(result);
  }
}

std::optional<Seconds> parse_retry_after(const std::string& text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (seconds < 0) return std::nullopt;
  return Seconds(std::min<std::int64_t>(seconds, 86400));
}

std::optional<TimePoint> parse_date(const std::string& text) {
  std::tm broken{};
  const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &broken);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return from_unix(timegm(&broken));
}

httplib::Request to_httplib(const Request& request, std::string& body, bool& too_long) {
  httplib::Request out;
  out.method = request.method;
  out.path = request.path;
  out.body = request.body;
  if (!request.body.empty()) out.headers.emplace("Content-Type", request.content_type);
  if (!request.bearer_token.empty()) out.headers.emplace("Authorization", "Bearer " + request.bearer_token);
  if (!request.idempotency_key.empty()) out.headers.emplace("Idempotency-Key", request.idempotency_key);
  out.content_receiver = [&body, &too_long](const char* data, std::size_t size, std::uint64_t,
                                            std::uint64_t) {
    too_long = body.size() + size > response_limit;
    if (!too_long) body.append(data, size);
    return !too_long;
  };
  return out;
}

}  // namespace

struct Client::State {
  Options options;
  Url url;
  std::unique_ptr<httplib::ClientImpl> http;
  httplib::SSLClient* tls = nullptr;  // http, when the URL is https

  [[nodiscard]] Error explain(httplib::Error error, bool too_long) const;
};

Error Client::State::explain(httplib::Error error, bool too_long) const {
  const std::string reason = library_reason();
  const auto unavailable = [&](const std::string& message) {
    return make_error(ErrorCode::unavailable, message, httplib::to_string(error) + " " + reason);
  };
  if (too_long) {
    return unavailable(url.text + " sent more than " + std::to_string(response_limit) +
                       " bytes; ask for less");
  }
  switch (error) {
    case httplib::Error::Connection:
      return unavailable("cannot connect to " + url.text +
                         "; check that it is running and that the address is right");
    case httplib::Error::ConnectionTimeout:
      return unavailable("no answer from " + url.text + " within " + to_string(options.connect_timeout) +
                         "; check the address and any firewall between");
    case httplib::Error::SSLServerVerification:
      return unavailable(verification_fault(tls->get_openssl_verify_result(), url, options.ca_file));
    case httplib::Error::SSLConnection:
      return unavailable(url.text + " refused the TLS handshake" +
                         (reason.empty() ? "" : " (" + reason + ")") +
                         "; check that the port speaks TLS 1.2 or 1.3");
    default:
      return unavailable("the connection to " + url.text + " broke before the answer came" +
                         (reason.empty() ? "" : " (" + reason + ")") +
                         "; try again, and if it stays so read the log of nginx there");
  }
}

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::create(Options options) {
  Result<Url> url = parse_url(options.url);
  if (!url) return url.error();
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->url = *url;
  if (url->tls) {
    auto tls = std::make_unique<httplib::SSLClient>(url->host, url->port);
    SSL_CTX_set_min_proto_version(tls->ssl_context(), TLS1_2_VERSION);
    if (Result<void> done = trust_roots(tls->ssl_context(), state->options.ca_file); !done)
      return done.error();
    if (Result<void> done = use_client_certificate(tls->ssl_context(), state->options); !done)
      return done.error();
    expect_host(tls->ssl_context(), url->host);
    tls->set_ca_cert_path(state->options.ca_file);  // else httplib would add the system's roots
    state->tls = tls.get();
    state->http = std::move(tls);
  } else {
    state->http = std::make_unique<httplib::ClientImpl>(url->host, url->port);
  }
  state->http->set_keep_alive(true);
  state->http->set_connection_timeout(state->options.connect_timeout.count());
  state->http->set_read_timeout(state->options.timeout.count());
  state->http->set_write_timeout(state->options.timeout.count());
  return Client(std::move(state));
}

Result<Response> Client::send(const Request& request) {
  ERR_clear_error();
  Response response;
  bool too_long = false;
  httplib::Result result = state_->http->send(to_httplib(request, response.body, too_long));
  if (!result) return state_->explain(result.error(), too_long);
  response.status = result->status;
  response.retry_after = parse_retry_after(result->get_header_value("Retry-After"));
  response.date = parse_date(result->get_header_value("Date"));
  return response;
}

}  // namespace chancery::client
