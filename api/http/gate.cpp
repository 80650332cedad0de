#include "api/http/gate.h"

#include <array>

#include "api/http/problem.h"

namespace chancery::http {
namespace {

Response unexpected(const log::Logger& logger, const Request& request, const char* what) {
  // The text of an exception may hold anything: it goes to the log, never to the caller.
  const Error error = make_error(
      ErrorCode::internal, "an internal fault; the operator finds it in the log under this request id", what);
  logger.failure("http.exception", "a handler failed", error, {{"request_id", request.id.text()}});
  return problem(error, request.id);
}

}  // namespace

Gate::Ticket::Ticket(Gate& gate) : gate_(gate), admitted_(false) {
  const std::scoped_lock lock(gate_.mutex_);
  if (gate_.draining_) return;
  admitted_ = true;
  ++gate_.in_flight_;
}

Gate::Ticket::~Ticket() {
  if (!admitted_) return;
  const std::scoped_lock lock(gate_.mutex_);
  if (--gate_.in_flight_ == 0) gate_.idle_.notify_all();
}

Gate::Gate(SecretBytes proxy_secret, std::function<Response(const Request&)> handler, RandomSource& random,
           const log::Logger& logger, bool access_log)
    : proxy_secret_(std::move(proxy_secret)),
      handler_(std::move(handler)),
      random_(random),
      logger_(logger),
      access_log_(access_log) {}

Response Gate::answer(Request& request, const Ticket& ticket) {
  const auto started = std::chrono::steady_clock::now();
  const bool trusted =
      equal_constant_time(as_bytes(request.header(proxy_secret_header)), proxy_secret_.reveal());
  const std::string_view given_id = request.header("x-request-id");
  request.id =
      trusted && acceptable_request_id(given_id) ? RequestId(std::string(given_id)) : new_request_id();
  Response response;
  if (trusted) {
    response = guarded(request, ticket);
  } else {
    response =
        problem(make_error(ErrorCode::unauthorized,
                           "this port serves the front only: send the request to the front's HTTPS address"),
                request.id);
  }
  response.headers.emplace_back("X-Request-Id", request.id.text());
  if (access_log_) log_access(request, response, started);
  return response;
}

Response Gate::guarded(const Request& request, const Ticket& ticket) noexcept {
  try {
    if (!ticket.admitted()) {
      return problem(make_error(ErrorCode::unavailable, "the service is stopping: try again in a moment"),
                     request.id);
    }
    return handler_(request);
  } catch (const std::exception& exception) {
    return unexpected(logger_, request, exception.what());
  } catch (...) {
    return unexpected(logger_, request, "not a std::exception");
  }
}

Response Gate::refuse(const Error& error) {
  const RequestId id = new_request_id();
  Response response = problem(error, id);
  response.headers.emplace_back("X-Request-Id", id.text());
  logger_.warning("http.refused", error.message,
                  {{"request_id", id.text()}, {"status", std::int64_t{response.status}}});
  return response;
}

bool Gate::drain(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  draining_ = true;
  return idle_.wait_for(lock, patience, [this] { return in_flight_ == 0; });
}

RequestId Gate::new_request_id() {
  std::array<std::uint8_t, 16> bytes{};
  random_.fill(bytes);
  return RequestId(to_hex(bytes));
}

void Gate::log_access(const Request& request, const Response& response,
                      std::chrono::steady_clock::time_point started) const {
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started);
  logger_.info("http.request", "request answered",
               {{"request_id", request.id.text()},
                {"method", std::string(to_string(request.method))},
                {"path", request.path.substr(0, 256)},
                {"status", std::int64_t{response.status}},
                {"duration_us", std::int64_t{took.count()}},
                {"identity", response.caller}});
}

}  // namespace chancery::http
