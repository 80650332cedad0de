#include "api/client/client.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <filesystem>
#include <thread>

#include "tests/unit/api/client/openssl_ca.h"

namespace chancery::client {
namespace {

using testing::LeafOptions;
using testing::OpensslCa;

class ClientTest : public ::testing::Test {
 protected:
  ClientTest() : now_(SystemClock().now()), ca_(now_ - Seconds(86400), now_ + Seconds(86400)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "chancery-client-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    testing::write_text(folder_ + "/root.pem", ca_.root_pem());
  }
  ~ClientTest() override {
    stop();
    std::filesystem::remove_all(folder_);
  }
  ClientTest(const ClientTest&) = delete;
  ClientTest& operator=(const ClientTest&) = delete;

  void write_pair(const std::string& name, const LeafOptions& options, const OpensslCa& ca) const {
    const testing::Key key = OpensslCa::new_key();
    testing::write_text(folder_ + "/" + name + ".pem", ca.leaf_pem(key.get(), options) + ca.chain_pem());
    testing::write_text(folder_ + "/" + name + ".key.pem", testing::pem_of(key.get()));
  }

  // A server with a certificate of `ca`.
  void serve(const LeafOptions& options, const OpensslCa& ca, bool ask_for_certificate = false) {
    write_pair("server", options, ca);
    const std::string certificate = folder_ + "/server.pem", key = folder_ + "/server.key.pem",
                      roots = folder_ + "/root.pem";
    server_ = std::make_unique<httplib::SSLServer>(certificate.c_str(), key.c_str(),
                                                   ask_for_certificate ? roots.c_str() : nullptr);
    server_->new_task_queue = [] { return new httplib::ThreadPool(2); };
    add_routes();
    port_ = server_->bind_to_any_port("127.0.0.1");
    ASSERT_GT(port_, 0);
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::yield();
  }
  void serve() { serve(good_leaf(), ca_); }

  void stop() {
    if (!thread_.joinable()) return;
    server_->stop();
    thread_.join();
  }

  void add_routes() {
    server_->Post("/echo", [](const httplib::Request& request, httplib::Response& response) {
      response.set_header("X-Method", request.method);
      response.set_header("Retry-After", "7");
      response.set_header("Date", "Sun, 06 Nov 1994 08:49:37 GMT");
      response.status = 201;
      response.set_content(request.get_header_value("Authorization") + "|" +
                               request.get_header_value("Idempotency-Key") + "|" +
                               request.get_header_value("Content-Type") + "|" + request.body,
                           "text/plain");
    });
    server_->Get("/port", [](const httplib::Request& request, httplib::Response& response) {
      response.set_content(std::to_string(request.remote_port), "text/plain");
    });
    server_->Get("/large", [](const httplib::Request& request, httplib::Response& response) {
      response.set_content(std::string(std::stoul(request.get_param_value("size")), 'x'), "text/plain");
    });
    server_->Get("/late", [](const httplib::Request&, httplib::Response& response) {
      response.set_header("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT");
      response.status = 503;
    });
  }

  [[nodiscard]] LeafOptions good_leaf() const {
    LeafOptions options;
    options.not_before = now_ - Seconds(60);
    options.not_after = now_ + Seconds(3600);
    return options;
  }
  [[nodiscard]] Options options(const std::string& host = "127.0.0.1") const {
    Options options;
    options.url = "https://" + host + ":" + std::to_string(port_);
    options.ca_file = folder_ + "/root.pem";
    return options;
  }
  static Request get(std::string path) {
    Request request;
    request.path = std::move(path);
    return request;
  }
  std::string refusal(const Options& options) {
    Result<Client> client = Client::create(options);
    EXPECT_TRUE(client) << client.error().message;
    Result<Response> response = client->send(get("/port"));
    EXPECT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::unavailable);
    return response.error().message;
  }

  TimePoint now_;
  OpensslCa ca_;
  std::string folder_;
  std::unique_ptr<httplib::SSLServer> server_;
  std::thread thread_;
  int port_ = 0;
};

TEST_F(ClientTest, SendsWhatItIsGivenAndReadsTheAnswer) {
  serve();
  Result<Client> client = Client::create(options());
  ASSERT_TRUE(client) << client.error().message;
  Request request;
  request.method = "POST";
  request.path = "/echo";
  request.body = "{}";
  request.bearer_token = "token";
  request.idempotency_key = "once";
  const Result<Response> response = client->send(request);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "Bearer token|once|application/json|{}");
  EXPECT_EQ(response->retry_after, Seconds(7));
  ASSERT_TRUE(response->date);
  EXPECT_EQ(to_rfc3339(*response->date), "1994-11-06T08:49:37Z");
}

TEST_F(ClientTest, KeepsItsConnection) {
  serve();
  Result<Client> client = Client::create(options());
  ASSERT_TRUE(client);
  const Result<Response> first = client->send(get("/port"));
  const Result<Response> second = client->send(get("/port"));
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_EQ(first->body, second->body);
}

TEST_F(ClientTest, ARetryAfterDateIsNoSeconds) {
  serve();
  const Result<Response> response = Client::create(options())->send(get("/late"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_FALSE(response->retry_after);
}

TEST_F(ClientTest, AnAnswerMayHaveTheLimitAndNoByteMore) {
  serve();
  Result<Client> client = Client::create(options());
  ASSERT_TRUE(client);
  const Result<Response> whole = client->send(get("/large?size=" + std::to_string(response_limit)));
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->body.size(), response_limit);
  const Result<Response> beyond = client->send(get("/large?size=" + std::to_string(response_limit + 1)));
  ASSERT_FALSE(beyond);
  EXPECT_NE(beyond.error().message.find("bytes; ask for less"), std::string::npos);
}

TEST_F(ClientTest, NobodyThereIsSaidPlainly) {
  serve();
  stop();
  EXPECT_NE(refusal(options()).find("check that it is running and that the address is right"),
            std::string::npos);
}

TEST_F(ClientTest, AnExpiredServerCertificateIsNamedAsExpired) {
  LeafOptions leaf = good_leaf();
  leaf.not_after = now_ - Seconds(1);
  serve(leaf, ca_);
  EXPECT_NE(refusal(options()).find("expired"), std::string::npos);
}

TEST_F(ClientTest, ACertificateNotYetValidBlamesTheClock) {
  LeafOptions leaf = good_leaf();
  leaf.not_before = now_ + Seconds(600);
  serve(leaf, ca_);
  EXPECT_NE(refusal(options()).find("not valid yet"), std::string::npos);
}

TEST_F(ClientTest, ACertificateOfAnotherCaIsRefused) {
  const OpensslCa other(now_ - Seconds(60), now_ + Seconds(3600), "Other");
  serve(good_leaf(), other);
  const std::string message = refusal(options());
  EXPECT_NE(message.find("not issued under any root"), std::string::npos) << message;
  EXPECT_NE(message.find("root.pem"), std::string::npos);
}

TEST_F(ClientTest, AnotherNameIsRefused) {
  LeafOptions leaf = good_leaf();
  leaf.names = "DNS:other.example";
  serve(leaf, ca_);
  EXPECT_NE(refusal(options()).find("does not name 127.0.0.1"), std::string::npos);
  EXPECT_NE(refusal(options("localhost")).find("does not name localhost"), std::string::npos);
}

TEST_F(ClientTest, AClientCertificateIsShown) {
  serve(good_leaf(), ca_, true);
  EXPECT_NE(refusal(options()).find("broke before the answer came"), std::string::npos);
  write_pair("client", good_leaf(), ca_);
  Options with = options();
  with.certificate_file = folder_ + "/client.pem";
  with.key_file = folder_ + "/client.key.pem";
  Result<Client> client = Client::create(with);
  ASSERT_TRUE(client) << client.error().message;
  EXPECT_TRUE(client->send(get("/port")));
}

TEST_F(ClientTest, WrongFilesAreRefusedBeforeAnyConnection) {
  port_ = 1;
  write_pair("a", good_leaf(), ca_);
  write_pair("b", good_leaf(), ca_);
  testing::write_text(folder_ + "/empty.pem", "");
  const auto code = [&](const std::string& roots, const std::string& certificate, const std::string& key) {
    Options bad = options();
    bad.ca_file = roots.empty() ? "" : folder_ + "/" + roots;
    bad.certificate_file = certificate.empty() ? "" : folder_ + "/" + certificate;
    bad.key_file = key.empty() ? "" : folder_ + "/" + key;
    Result<Client> client = Client::create(bad);
    EXPECT_FALSE(client);
    return client ? ErrorCode::internal : client.error().code;
  };
  EXPECT_EQ(code("", "", ""), ErrorCode::validation);
  EXPECT_EQ(code("absent.pem", "", ""), ErrorCode::not_found);
  EXPECT_EQ(code("empty.pem", "", ""), ErrorCode::unavailable);
  EXPECT_EQ(code("root.pem", "a.pem", ""), ErrorCode::validation);
  EXPECT_EQ(code("root.pem", "", "a.key.pem"), ErrorCode::validation);
  EXPECT_EQ(code("root.pem", "absent.pem", "a.key.pem"), ErrorCode::not_found);
  EXPECT_EQ(code("root.pem", "empty.pem", "a.key.pem"), ErrorCode::unavailable);
  EXPECT_EQ(code("root.pem", "a.pem", "b.key.pem"), ErrorCode::unavailable);
}

}  // namespace
}  // namespace chancery::client
