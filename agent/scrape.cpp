#include <httplib.h>
#include <pthread.h>

#include <thread>

#include "agent/report.h"

namespace chancery::agent {

struct ScrapeEndpoint::State {
  httplib::Server server;
  int port = 0;
  std::thread thread;
};

ScrapeEndpoint::ScrapeEndpoint(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<ScrapeEndpoint>> ScrapeEndpoint::start(const std::string& address, int port,
                                                              const Metrics& metrics) {
  auto state = std::make_unique<State>();
  httplib::Server& server = state->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(1); };  // the server deletes it
  server.set_payload_max_length(4096);
  server.set_read_timeout(2);
  server.set_write_timeout(5);
  server.set_keep_alive_max_count(1);  // one worker: nobody may hold it
  server.set_socket_options([](int fd) {
    const int yes = 1;  // httplib's own choice, SO_REUSEPORT, would let two agents share the port unseen
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  server.Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& response) {
    response.set_content(metrics.text(), "text/plain; version=0.0.4; charset=utf-8");
  });
  server.Get("/health", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("ok\n", "text/plain");
  });
  state->port =
      port == 0 ? server.bind_to_any_port(address) : (server.bind_to_port(address, port) ? port : -1);
  if (state->port <= 0) {
    return make_error(ErrorCode::conflict,
                      "cannot listen on " + address + ":" + std::to_string(port) +
                          " for metrics; choose a free port and an address of this machine");
  }
  state->thread = std::thread([&server] {
    pthread_setname_np(pthread_self(), "scrape");
    server.listen_after_bind();
  });
  return std::unique_ptr<ScrapeEndpoint>(new ScrapeEndpoint(std::move(state)));
}

ScrapeEndpoint::~ScrapeEndpoint() {
  while (!state_->server.is_running()) std::this_thread::yield();  // stop() before it runs would be lost
  state_->server.stop();
  state_->thread.join();
}

int ScrapeEndpoint::port() const {
  return state_->port;
}

}  // namespace chancery::agent
