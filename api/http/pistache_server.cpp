#include "api/http/pistache_server.h"

#include <arpa/inet.h>
#include <pistache/endpoint.h>
#include <pistache/peer.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "api/http/gate.h"
#include "api/http/limits.h"

namespace chancery::http {
namespace {

namespace pistache = Pistache::Http;

constexpr const char* closing_mark = "chancery.closing";
constexpr int write_patience_ms = 10000;        // for a peer that does not read; nginx reads at once
constexpr std::chrono::hours idle_patience{1};  // nginx closes idle connections itself, before this

Method method_of(pistache::Method method) {
  switch (method) {
    case pistache::Method::Get:
      return Method::get;
    case pistache::Method::Head:
      return Method::head;
    case pistache::Method::Post:
      return Method::post;
    case pistache::Method::Put:
      return Method::put;
    case pistache::Method::Patch:
      return Method::patch;
    case pistache::Method::Delete:
      return Method::delete_;
    case pistache::Method::Options:
      return Method::options;
    default:
      return Method::other;
  }
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

Request request_of(const pistache::Request& from) {
  Request request;
  request.method = method_of(from.method());
  request.path = from.resource();
  request.body = from.body();
  const auto& query = from.query();
  for (auto at = query.parameters_begin(); at != query.parameters_end(); ++at) {
    std::string name;
    std::string value;
    if (!percent_decode(at->first, name) || !percent_decode(at->second, value)) request.malformed = true;
    request.query.emplace_back(std::move(name), std::move(value));
  }
  for (const auto& [name, raw] : from.headers().rawList()) {
    request.headers.emplace_back(lower_case(name), raw.value());
  }
  const std::string whole_query(request.header(query_header));
  if (!whole_query.empty()) read_query(whole_query, request);
  // Headers that Pistache knows are not in the raw list.
  if (const auto authorization = from.headers().tryGet<pistache::Header::Authorization>()) {
    request.headers.emplace_back("authorization", authorization->value());
  }
  if (const auto type = from.headers().tryGet<pistache::Header::ContentType>()) {
    request.headers.emplace_back("content-type", type->mime().toString());
  }
  return request;
}

bool keeps_alive(const pistache::Request& request) {
  if (request.version() != pistache::Version::Http11) return false;
  const auto connection = request.headers().tryGet<pistache::Header::Connection>();
  return !connection || connection->control() != pistache::ConnectionControl::Close;
}

std::string wire_format(const Response& response, bool with_body, bool keep_alive) {
  std::string text;
  text.reserve(response.body.size() + 256);
  text += "HTTP/1.1 ";
  text += std::to_string(response.status);
  text += ' ';
  text += pistache::codeString(static_cast<pistache::Code>(response.status));
  text += "\r\nContent-Type: ";
  text += response.content_type;
  for (const auto& [name, value] : response.headers)
    text.append("\r\n").append(name).append(": ").append(value);
  if (!keep_alive) text += "\r\nConnection: close";
  text += "\r\nContent-Length: ";
  text += std::to_string(response.body.size());
  text += "\r\n\r\n";
  if (with_body) text += response.body;
  return text;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return false;
    pollfd writable{fd, POLLOUT, 0};
    if (::poll(&writable, 1, write_patience_ms) <= 0) return false;
  }
  return true;
}

// Pistache's own onInput answers with exception texts, closes keep-alive connections and queues responses by
// descriptor number, where a quick close can deliver one to the next client. This one writes here and now,
// while the descriptor is certainly ours.
class FrontHandler final : public pistache::Handler {
 public:
  HTTP_PROTOTYPE(FrontHandler)

  explicit FrontHandler(Gate& gate) : gate_(&gate) {}

  void onRequest(const pistache::Request&, pistache::ResponseWriter) override {}  // never called: see onInput

 private:
  void onInput(const char* buffer, std::size_t length,
               const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    if (peer->tryGetData(closing_mark)) return;  // what is left of a refused request
    const auto parser = getParser(peer);
    try {
      if (!parser->feed(buffer, length)) {
        refuse(*peer, make_error(ErrorCode::payload_too_large,
                                 "the request is over " + std::to_string(limits::message_bytes) + " octets"));
      } else if (parser->parse() == pistache::Private::State::Done) {
        serve(parser->request, *peer);
        parser->reset();
      }
      return;
    } catch (const pistache::HttpError&) {
    } catch (const std::exception&) {
    }
    refuse(*peer, make_error(ErrorCode::validation, "this is not a well-formed HTTP/1.1 request"));
    parser->reset();
  }

  void serve(const pistache::Request& from, Pistache::Tcp::Peer& peer) {
    const Gate::Ticket ticket(*gate_);
    Request request = request_of(from);
    const Response response = gate_->answer(request, ticket);
    const bool keep_alive = keeps_alive(from) && ticket.admitted();
    const bool with_body = request.method != Method::head;
    const bool written = write_all(peer.fd(), wire_format(response, with_body, keep_alive));
    if (!written || !keep_alive) close(peer);
    peer.setIdle(true);
  }

  void refuse(Pistache::Tcp::Peer& peer, const Error& error) {
    write_all(peer.fd(), wire_format(gate_->refuse(error), true, false));
    close(peer);
    peer.setIdle(true);
  }

  // Pistache itself closes the descriptor when it reads the end.
  static void close(Pistache::Tcp::Peer& peer) {
    peer.putData(closing_mark, std::make_shared<bool>(true));
    ::shutdown(peer.fd(), SHUT_RDWR);
  }

  Gate* gate_;
};

Error bind_error(const ServerOptions& options, const std::string& reason) {
  const std::string where = options.address + ":" + std::to_string(options.port);
  return make_error(ErrorCode::conflict, "cannot listen on " + where + ": " + reason +
                                             ". Stop what holds the port (`ss -ltnp` names it) or set " +
                                             "listen.port in the configuration to a free one");
}

Result<void> check(const ServerOptions& options) {
  if (!is_loopback(options.address)) {
    return make_error(ErrorCode::validation,
                      "listen.address is " + options.address +
                          "; only IPv4 loopback (127.0.0.1) is allowed: nginx faces the network");
  }
  if (options.proxy_secret.size() < 16) {
    return make_error(ErrorCode::validation,
                      "the proxy secret is shorter than 16 octets: put a longer random one into "
                      "proxy_secret_file and into nginx's configuration");
  }
  if (options.threads < 1 || options.threads > 1024) {
    return make_error(ErrorCode::validation, "listen.threads must be 1 to 1024");
  }
  return {};
}

}  // namespace

struct PistacheServer::State {
  State(const Pistache::Address& address, SecretBytes secret, Handler handler, RandomSource& random,
        const log::Logger& logger, bool access_log)
      : gate(std::move(secret), std::move(handler), random, logger, access_log), endpoint(address) {}

  Gate gate;  // outlives the endpoint's threads
  pistache::Endpoint endpoint;
  bool running = false;
};

PistacheServer::PistacheServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

PistacheServer::~PistacheServer() {
  if (state_->running) stop(std::chrono::milliseconds(0));
}

Result<std::unique_ptr<PistacheServer>> PistacheServer::start(ServerOptions options, Handler handler,
                                                              RandomSource& random,
                                                              const log::Logger& logger) {
  if (auto ok = check(options); !ok) return ok.error();
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // fails for numbers that are no signal only
  try {
    auto state = std::make_unique<State>(Pistache::Address(options.address, Pistache::Port(options.port)),
                                         std::move(options.proxy_secret), std::move(handler), random, logger,
                                         options.access_log);
    using Pistache::Tcp::Options;
    auto endpoint_options = pistache::Endpoint::options();
    endpoint_options.threads(options.threads)
        .threadsName("rest")
        .flags(Options::ReuseAddr | Options::NoDelay | Options::CloseOnExec)
        .backlog(1024)
        .maxRequestSize(limits::message_bytes)
        .headerTimeout(idle_patience)
        .bodyTimeout(idle_patience)
        .keepaliveTimeout(idle_patience);
    state->endpoint.init(endpoint_options);
    state->endpoint.setHandler(std::make_shared<FrontHandler>(state->gate));
    state->endpoint.serveThreaded();
    if (!state->endpoint.isBound()) return bind_error(options, "the address is in use or not available");
    state->running = true;
    return std::unique_ptr<PistacheServer>(new PistacheServer(std::move(state)));
  } catch (const std::exception& exception) {
    return bind_error(options, exception.what());
  }
}

std::uint16_t PistacheServer::port() const {
  return static_cast<std::uint16_t>(state_->endpoint.getPort());
}

bool PistacheServer::stop(std::chrono::milliseconds patience) {
  const bool finished = state_->gate.drain(patience);
  state_->endpoint.shutdown();
  state_->running = false;
  return finished;
}

bool is_loopback(const std::string& address) {
  in_addr parsed{};
  if (::inet_pton(AF_INET, address.c_str(), &parsed) != 1) return false;
  return (ntohl(parsed.s_addr) >> 24U) == 127;
}

}  // namespace chancery::http
