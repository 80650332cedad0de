#include "api/http/gate.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

namespace chancery::http {
namespace {

using nlohmann::json;

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";

class RecordingLogger final : public log::Logger {
 public:
  void write(log::Level, std::string_view event_type, std::string_view,
             const log::Fields& fields) const override {
    events.emplace_back(event_type, fields);
  }
  mutable std::vector<std::pair<std::string, log::Fields>> events;
};

class GateTest : public testing::Test {
 protected:
  Response send(Request request) {
    const Gate::Ticket ticket(gate);
    return gate.answer(request, ticket);
  }

  static Request with_secret(std::string_view value) {
    Request request;
    request.path = "/x";
    request.headers.emplace_back(proxy_secret_header, value);
    return request;
  }

  RecordingLogger logger;
  FixedRandom random{1};
  int handled = 0;
  std::function<Response(const Request&)> handler = [](const Request&) { return Response{}; };
  Gate gate{SecretBytes::copy_of(as_bytes(secret)),
            [this](const Request& request) {
              ++handled;
              return handler(request);
            },
            random, logger, true};
};

TEST_F(GateTest, LetsRequestsWithTheSecretThrough) {
  EXPECT_EQ(send(with_secret(secret)).status, 200);
  EXPECT_EQ(handled, 1);
}

TEST_F(GateTest, RefusesEveryOtherSecretBeforeTheHandler) {
  for (const std::string& wrong :
       {std::string(), std::string(secret.substr(0, 31)), std::string(secret) + "0",
        std::string("1123456789abcdef0123456789abcdef"), std::string("0123456789ABCDEF0123456789ABCDEF"),
        std::string(secret) + std::string(1, '\0')}) {
    const Response response = send(with_secret(wrong));
    EXPECT_EQ(response.status, 401) << wrong;
    EXPECT_EQ(json::parse(response.body)["error"]["type"], "UnauthorizedError");
  }
  EXPECT_EQ(send(Request{}).status, 401);
  EXPECT_EQ(handled, 0);
}

TEST_F(GateTest, NeverEchoesOrLogsTheSecret) {
  const Response response = send(with_secret(secret));
  for (const auto& [name, value] : response.headers) EXPECT_EQ(value.find(secret), std::string::npos);
  for (const auto& [event, fields] : logger.events) {
    for (const auto& [name, value] : fields) {
      if (const auto* text = std::get_if<std::string>(&value)) {
        EXPECT_EQ(text->find(secret), std::string::npos);
      }
    }
  }
}

TEST_F(GateTest, AnExceptionBecomesAnEnvelopeWithoutItsText) {
  handler = [](const Request&) -> Response { throw std::runtime_error("SECRET DETAIL"); };
  const Response response = send(with_secret(secret));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("SECRET DETAIL"), std::string::npos);
  EXPECT_EQ(json::parse(response.body)["error"]["type"], "InternalError");
  ASSERT_FALSE(logger.events.empty());
  EXPECT_EQ(logger.events.front().first, "http.exception");
}

TEST_F(GateTest, SomethingThrownThatIsNoExceptionIsCaughtToo) {
  handler = [](const Request&) -> Response { throw 42; };
  EXPECT_EQ(send(with_secret(secret)).status, 500);
}

TEST_F(GateTest, TakesTheFrontsRequestIdOrMakesOne) {
  Request request = with_secret(secret);
  request.headers.emplace_back("x-request-id", "front-1");
  EXPECT_EQ(send(request).headers.back(), (std::pair<std::string, std::string>{"X-Request-Id", "front-1"}));
  request.headers.back().second = "evil\r\nSet-Cookie: x";
  const std::string made = send(request).headers.back().second;
  EXPECT_EQ(made.size(), 32U);
  EXPECT_TRUE(acceptable_request_id(made));
}

TEST_F(GateTest, WritesOneAccessLineARequest) {
  handler = [](const Request&) {
    Response response;
    response.status = 201;
    response.caller = "web-01";
    return response;
  };
  Request request = with_secret(secret);
  request.method = Method::post;
  send(request);
  ASSERT_EQ(logger.events.size(), 1U);
  EXPECT_EQ(logger.events[0].first, "http.request");
  std::map<std::string, log::FieldValue> fields(logger.events[0].second.begin(),
                                                logger.events[0].second.end());
  EXPECT_EQ(fields["method"], log::FieldValue("POST"));
  EXPECT_EQ(fields["path"], log::FieldValue("/x"));
  EXPECT_EQ(fields["status"], log::FieldValue(std::int64_t{201}));
  EXPECT_EQ(fields["identity"], log::FieldValue("web-01"));
  EXPECT_TRUE(fields.contains("duration_us"));
  EXPECT_TRUE(fields.contains("request_id"));
}

TEST_F(GateTest, WhenDrainingNewRequestsAreToldToComeBack) {
  EXPECT_TRUE(gate.drain(std::chrono::milliseconds(0)));
  const Response response = send(with_secret(secret));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(handled, 0);
}

TEST_F(GateTest, DrainingWaitsForTheLastTicket) {
  auto ticket = std::make_unique<Gate::Ticket>(gate);
  EXPECT_FALSE(gate.drain(std::chrono::milliseconds(1)));
  std::jthread finisher([&] { ticket.reset(); });
  EXPECT_TRUE(gate.drain(std::chrono::seconds(30)));
}

}  // namespace
}  // namespace chancery::http
