#include "api/http/pistache_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "api/http/limits.h"

namespace chancery::http {
namespace {

using nlohmann::json;

constexpr const char* secret = "0123456789abcdef0123456789abcdef";
constexpr const char* secret_line = "X-Chancery-Proxy-Secret: 0123456789abcdef0123456789abcdef\r\n";

// A raw client: what goes over the wire is what the test says.
class Connection {
 public:
  explicit Connection(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  void send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // Head, and as much body as Content-Length says unless the request was HEAD.
  std::string receive(bool with_body = true) {
    std::string text;
    while (text.find("\r\n\r\n") == std::string::npos && more(text)) {
    }
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos || !with_body) return text;
    const std::size_t at = text.find("Content-Length: ");
    const std::size_t length = std::stoul(text.substr(at + 16));
    while (text.size() < head + 4 + length && more(text)) {
    }
    return text;
  }
  [[nodiscard]] bool at_end() const {
    char c = 0;
    return ::recv(fd_, &c, 1, 0) <= 0;
  }

 private:
  bool more(std::string& text) const {
    char buffer[4096];
    const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
    if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  }
  int fd_;
  bool connected_ = false;
};

json body_of(const std::string& response) {
  return json::parse(response.substr(response.find("\r\n\r\n") + 4));
}

class ServerTest : public testing::Test {
 protected:
  Result<std::unique_ptr<PistacheServer>> start(std::uint16_t port = 0, std::string address = "127.0.0.1") {
    ServerOptions options;
    options.address = std::move(address);
    options.port = port;
    options.threads =
        64;  // Pistache picks the thread by descriptor; few threads would let a slow request block another
    options.proxy_secret = SecretBytes::copy_of(as_bytes(secret));
    return PistacheServer::start(
        std::move(options), [this](const Request& request) { return handler(request); }, random, *logger);
  }
  void SetUp() override {
    auto started = start();
    ASSERT_TRUE(started) << started.error().message;
    server = std::move(*started);
  }
  std::string ask(const std::string& text, bool with_body = true) {
    Connection connection(server->port());
    connection.send(text);
    return connection.receive(with_body);
  }
  static std::string get(const std::string& path, const std::string& headers = secret_line) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
  }

  std::unique_ptr<log::Logger> logger = log::make_null_logger();
  SystemRandom random;
  Handler handler = [](const Request& request) {
    Response response;
    response.body = json{{"path", request.path},
                         {"body", request.body},
                         {"type", request.header("content-type")},
                         {"authorization", request.header("authorization")},
                         {"custom", request.header("x-custom")}}
                        .dump();
    for (const auto& [name, value] : request.query) response.headers.emplace_back("Q-" + name, value);
    return response;
  };
  std::unique_ptr<PistacheServer> server;
};

TEST_F(ServerTest, WithoutTheSecretEverythingIs401) {
  for (const char* path : {"/health", "/metrics", "/nothing"}) {
    const std::string response = ask(get(path, ""));
    EXPECT_TRUE(response.starts_with("HTTP/1.1 401 ")) << response;
    EXPECT_EQ(body_of(response)["success"], false);
  }
}

TEST_F(ServerTest, PassesMethodPathQueryHeadersAndBody) {
  const std::string response =
      ask(std::string("POST /v1/x%20y?a=1%2B2&b=z HTTP/1.1\r\nHost: x\r\n") + secret_line +
          "Content-Type: application/json\r\nAuthorization: Bearer t\r\nX-Custom: c\r\n"
          "Content-Length: 5\r\n\r\nhello");
  EXPECT_TRUE(response.starts_with("HTTP/1.1 200 ")) << response;
  EXPECT_NE(response.find("Q-a: 1+2\r\n"), std::string::npos) << response;
  EXPECT_EQ(body_of(response), (json{{"path", "/v1/x%20y"},
                                     {"body", "hello"},
                                     {"type", "application/json"},
                                     {"authorization", "Bearer t"},
                                     {"custom", "c"}}));
}

TEST_F(ServerTest, TheQueryIsAsTheFrontSaysIt) {
  const std::string response =
      ask(get("/v1/x?a=1&a=2", secret_line + std::string("X-Chancery-Query: a=1&a=2\r\n")));
  EXPECT_NE(response.find("Q-a: 1\r\nQ-a: 2\r\n"), std::string::npos) << response;
}

TEST_F(ServerTest, KeepsTheConnectionForTheNextRequest) {
  Connection connection(server->port());
  for (int i = 0; i < 3; ++i) {
    connection.send(get("/" + std::to_string(i)));
    const std::string response = connection.receive();
    EXPECT_EQ(body_of(response)["path"], "/" + std::to_string(i));
    EXPECT_EQ(response.find("Connection:"), std::string::npos);
  }
}

TEST_F(ServerTest, ClosesWhenAskedTo) {
  Connection connection(server->port());
  connection.send(get("/", std::string(secret_line) + "Connection: close\r\n"));
  EXPECT_NE(connection.receive().find("Connection: close"), std::string::npos);
  EXPECT_TRUE(connection.at_end());
}

TEST_F(ServerTest, HeadHasTheLengthButNoBody) {
  Connection connection(server->port());
  connection.send("HEAD /h HTTP/1.1\r\nHost: x\r\n" + std::string(secret_line) + "\r\n");
  const std::string head = connection.receive(false);
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
  EXPECT_EQ(head.find("Content-Length: 0\r\n"), std::string::npos);
  connection.send(get("/next"));
  EXPECT_TRUE(connection.receive().starts_with("HTTP/1.1 200 "));
}

TEST_F(ServerTest, AnExceptionIsA500EnvelopeWithoutItsText) {
  handler = [](const Request&) -> Response { throw std::runtime_error("SECRET DETAIL"); };
  const std::string response = ask(get("/"));
  EXPECT_TRUE(response.starts_with("HTTP/1.1 500 ")) << response;
  EXPECT_EQ(response.find("SECRET DETAIL"), std::string::npos);
  EXPECT_EQ(body_of(response)["error"]["type"], "InternalError");
}

TEST_F(ServerTest, MalformedRequestsGetAnEnvelopeAndTheEnd) {
  for (const char* text : {"BREW / HTTP/1.1\r\n\r\n", "GET / HTTP/7.0\r\n\r\n"}) {
    Connection connection(server->port());
    connection.send(text);
    const std::string response = connection.receive();
    ASSERT_TRUE(response.starts_with("HTTP/1.1 400 ")) << text << response;
    EXPECT_EQ(body_of(response)["error"]["type"], "ValidationError");
    EXPECT_TRUE(connection.at_end());
  }
}

TEST_F(ServerTest, LimitsTheWholeMessage) {
  const auto post = [](std::size_t body) {
    return "POST / HTTP/1.1\r\nHost: x\r\n" + std::string(secret_line) +
           "Content-Length: " + std::to_string(body) + "\r\n\r\n" + std::string(body, 'b');
  };
  const std::size_t head = post(100000).size() - 100000;
  EXPECT_TRUE(ask(post(limits::message_bytes - head)).starts_with("HTTP/1.1 200 "));
  const std::string refused = ask(post(limits::message_bytes - head + 1));
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 413 ")) << refused.substr(0, 100);
  EXPECT_EQ(body_of(refused)["error"]["type"], "PayloadTooLargeError");
  EXPECT_TRUE(ask(get("/after")).starts_with("HTTP/1.1 200 "));
}

TEST_F(ServerTest, ManySlashesDoNoHarm) {
  EXPECT_TRUE(ask(get(std::string(20000, '/'))).starts_with("HTTP/1.1 "));
  EXPECT_TRUE(ask(get("/after")).starts_with("HTTP/1.1 200 "));
}

TEST_F(ServerTest, LargeAnswersArriveWhole) {
  handler = [](const Request&) {
    Response response;
    response.body = std::string(4 * 1024 * 1024, 'x');
    return response;
  };
  const std::string response = ask(get("/"));
  EXPECT_EQ(response.size() - response.find("\r\n\r\n") - 4, 4U * 1024 * 1024);
}

TEST_F(ServerTest, StopFinishesWhatWasAcceptedAndRefusesWhatComesLater) {
  std::promise<void> entered;
  std::promise<void> may_finish;
  handler = [&](const Request& request) {
    if (request.path == "/slow") {
      entered.set_value();
      may_finish.get_future().wait();
    }
    Response response;
    response.body = "\"finished\"";
    return response;
  };
  Connection other(server->port());
  const auto ask_other = [&] {
    other.send(get("/later"));
    return other.receive();
  };
  ASSERT_TRUE(ask_other().starts_with("HTTP/1.1 200 "));
  Connection slow(server->port());
  slow.send(get("/slow"));
  entered.get_future().wait();
  // Whether the server is draining yet shows in its answers, so no clock is needed.
  auto stopped = std::async(std::launch::async, [&] { return server->stop(std::chrono::seconds(30)); });
  std::string later;
  do {
    later = ask_other();
  } while (later.starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(later.starts_with("HTTP/1.1 503 ")) << later;
  EXPECT_NE(later.find("Retry-After: 1"), std::string::npos);
  may_finish.set_value();
  EXPECT_EQ(body_of(slow.receive()), "finished");
  EXPECT_TRUE(stopped.get());
}

TEST_F(ServerTest, AfterStopThePortIsClosed) {
  const std::uint16_t port = server->port();
  EXPECT_TRUE(server->stop(std::chrono::seconds(30)));
  server.reset();
  EXPECT_FALSE(Connection(port).connected());
  auto again = start(port);
  EXPECT_TRUE(again) << again.error().message;
}

TEST_F(ServerTest, ATakenPortIsNamedWithWhatToDo) {
  const auto second = start(server->port());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_NE(second.error().message.find(std::to_string(server->port())), std::string::npos);
  EXPECT_NE(second.error().message.find("listen.port"), std::string::npos);
}

TEST_F(ServerTest, ListensOnLoopbackOnly) {
  for (const char* address : {"0.0.0.0", "192.0.2.1", "localhost", "::", "", "127.0.0.1.example"}) {
    const auto other = start(0, address);
    ASSERT_FALSE(other) << address;
    EXPECT_EQ(other.error().code, ErrorCode::validation);
  }
}

TEST(ServerOptionsCheck, RefusesAShortSecret) {
  SystemRandom random;
  const auto logger = log::make_null_logger();
  for (const std::size_t size : {std::size_t{0}, std::size_t{15}}) {
    ServerOptions options;
    options.proxy_secret = SecretBytes(size);
    EXPECT_FALSE(PistacheServer::start(
        std::move(options), [](const Request&) { return Response{}; }, random, *logger));
  }
}

}  // namespace
}  // namespace chancery::http
