#include "api/cli/session.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "api/cli/table.h"
#include "api/client/url.h"

namespace chancery::cli {
namespace {

using nlohmann::json;

// Says after a second what is waited for; wipes its line when done.
class Progress {
 public:
  Progress(const Terminal& terminal, std::string what) : terminal_(terminal) {
    if (terminal.progress) thread_ = std::jthread([this, text = std::move(what)] { work(text); });
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  Progress(Progress&&) = delete;
  Progress& operator=(Progress&&) = delete;
  ~Progress() {
    {
      const std::scoped_lock lock(mutex_);
      done_ = true;
    }
    changed_.notify_one();
  }

 private:
  void work(const std::string& what) {
    std::unique_lock lock(mutex_);
    int seconds = 0;
    while (!changed_.wait_for(lock, std::chrono::seconds(1), [this] { return done_; })) {
      terminal_.error << "\rwaiting for " << what << " ... " << ++seconds << " s" << std::flush;
    }
    if (seconds > 0) terminal_.error << "\r\033[K" << std::flush;
  }

  const Terminal& terminal_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::jthread thread_;  // last, so that it is joined first
};

Result<client::Client> connect(const ServerOptions& options) {
  Result<client::Url> url = client::parse_url(options.server);
  if (!url) return url.error();
  if (!url->tls && !client::is_loopback(*url)) {
    return make_error(ErrorCode::validation,
                      options.server +
                          " is plain HTTP to another machine, where tokens could be read; use "
                          "https://");
  }
  client::Options connection;
  connection.url = options.server;
  connection.ca_file = options.roots;
  connection.certificate_file = options.certificate;
  connection.key_file = options.key;
  return client::Client::create(std::move(connection));
}

Result<client::Response> send(const ServerOptions& options, const client::Request& request,
                              const Terminal& terminal) {
  Result<client::Client> client = connect(options);
  if (!client) return client.error();
  const Progress progress(terminal, options.server);
  return client->send(request);
}

std::string advice(const Error& error, const ServerOptions& options) {
  if (error.code == ErrorCode::unauthorized && options.certificate.empty()) {
    return "give an operator's certificate with --certificate and --key, or a token with --token-file";
  }
  if (error.code == ErrorCode::rate_limited) return "wait a little and try again";
  return {};
}

std::string_view colour(const Terminal& terminal, std::string_view code) {
  return terminal.colour ? code : "";
}

}  // namespace

Result<Reply> exchange(const ServerOptions& options, const client::Request& request,
                       const Terminal& terminal) {
  constexpr int accepted = 202;
  Result<client::Response> response = send(options, request, terminal);
  if (!response) return response.error();
  Result<json> data = client::envelope_data(*response);
  if (!data) return data.error();
  const json envelope = json::parse(response->body, nullptr, false);
  return Reply{std::move(*data), envelope.value("meta", json(nullptr)), response->status == accepted,
               response->retry_after};
}

Result<json> call(const ServerOptions& options, const client::Request& request, const Terminal& terminal) {
  Result<Reply> reply = exchange(options, request, terminal);
  if (!reply) return reply.error();
  return std::move(reply->data);
}

Result<Connection> Connection::open(const ServerOptions& options) {
  Result<client::Client> client = connect(options);
  if (!client) return client.error();
  return Connection(std::move(*client));
}

Result<std::string> Connection::get(const std::string& path) {
  client::Request request;
  request.path = path;
  Result<client::Response> response = client_.send(request);
  constexpr int too_many_requests = 429;
  constexpr Seconds longest_wait{60};
  for (int tries = 0; tries < 20 && response && response->status == too_many_requests; ++tries) {
    std::this_thread::sleep_for(
        std::clamp(response->retry_after.value_or(Seconds(1)), Seconds(1), longest_wait));
    response = client_.send(request);
  }
  if (!response) return response.error();
  if (response->status == 200) return std::move(response->body);
  const Result<json> data = client::envelope_data(*response);
  return data ? make_error(ErrorCode::unavailable, path + " was answered with an envelope") : data.error();
}

int complain(const Error& error, const ServerOptions& options, const Terminal& terminal) {
  terminal.error << colour(terminal, "\033[31m") << "chancery: " << colour(terminal, "\033[0m")
                 << printable(error.message) << "\n";
  for (const ErrorDetail& detail : error.details) {
    std::string line = (detail.location.empty() ? "" : detail.location + ": ") +
                       (detail.rule.empty() ? "" : detail.rule + ": ") + detail.message;
    if (!detail.value.empty()) line += " ('" + detail.value + "')";
    terminal.error << "  " << printable(std::move(line)) << "\n";
  }
  const std::string next = advice(error, options);
  if (!next.empty()) terminal.error << "  " << next << "\n";
  if (options.json) {
    json details = json::array();
    for (const ErrorDetail& detail : error.details) {
      details.push_back({{"rule", detail.rule},
                         {"location", detail.location},
                         {"value", detail.value},
                         {"message", detail.message}});
    }
    const json object{
        {"error", {{"code", to_string(error.code)}, {"message", error.message}, {"details", details}}}};
    terminal.out << object.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
  }
  return error.code == ErrorCode::unavailable ? exit_unreachable : exit_refused;
}

}  // namespace chancery::cli
