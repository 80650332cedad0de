#include "api/http/problem.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "ca/base/retry_after.h"

namespace chancery::http {
namespace {

using nlohmann::json;

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

struct Expected {
  ErrorCode code;
  int status;
  const char* type;
};

class Problem : public testing::TestWithParam<Expected> {};

TEST_P(Problem, MapsEachCode) {
  const Response response = problem(make_error(GetParam().code, "what happened", "SECRET"), RequestId("r-1"));
  EXPECT_EQ(response.status, GetParam().status);
  EXPECT_EQ(response.content_type, "application/json");
  const json body = json::parse(response.body);
  EXPECT_EQ(body, (json{{"version", "v1"},
                        {"success", false},
                        {"code", GetParam().status},
                        {"message", "what happened"},
                        {"request_id", "r-1"},
                        {"data", nullptr},
                        {"error", {{"type", GetParam().type}, {"details", json::array()}}},
                        {"meta", nullptr}}));
  EXPECT_EQ(response.body.find("SECRET"), std::string::npos);
  const bool retry = GetParam().code == ErrorCode::rate_limited || GetParam().code == ErrorCode::unavailable;
  EXPECT_EQ(header(response, "Retry-After"), retry ? "1" : "");
}

INSTANTIATE_TEST_SUITE_P(AllCodes, Problem,
                         testing::Values(Expected{ErrorCode::validation, 400, "ValidationError"},
                                         Expected{ErrorCode::unauthorized, 401, "UnauthorizedError"},
                                         Expected{ErrorCode::forbidden, 403, "ForbiddenError"},
                                         Expected{ErrorCode::not_found, 404, "NotFoundError"},
                                         Expected{ErrorCode::conflict, 409, "ConflictError"},
                                         Expected{ErrorCode::payload_too_large, 413, "PayloadTooLargeError"},
                                         Expected{ErrorCode::rate_limited, 429, "RateLimited"},
                                         Expected{ErrorCode::unavailable, 503, "UnavailableError"},
                                         Expected{ErrorCode::internal, 500, "InternalError"}));

TEST(RetryAfter, SaysWhatTheErrorKnows) {
  Error error = make_error(ErrorCode::rate_limited, "no");
  error.details.push_back({"quota.per_name", "service.yaml:8:32", "dns:a.test", "1 of 1 are used"});
  EXPECT_EQ(header(problem(error, RequestId("r")), "Retry-After"), "1");
  error.details.push_back({std::string(retry_after_rule), "", "3600", "in an hour"});
  EXPECT_EQ(header(problem(error, RequestId("r")), "Retry-After"), "3600");
  error.code = ErrorCode::forbidden;
  EXPECT_EQ(header(problem(error, RequestId("r")), "Retry-After"), "");
}

TEST(Envelope, CarriesDetails) {
  Error error = make_error(ErrorCode::forbidden, "no");
  error.details.push_back({"dns.allowed", "service.yaml:12:9", "evil.example", "not allowed"});
  const json body = json::parse(problem(error, RequestId("r")).body);
  EXPECT_EQ(body["error"]["details"], json::parse(R"([{"rule":"dns.allowed","location":"service.yaml:12:9",
                                                       "value":"evil.example","message":"not allowed"}])"));
}

TEST(Envelope, SuccessCarriesDataAndMeta) {
  const Response response = success(201, "made", RequestId("r-2"), R"({"a":1})", R"({"next_cursor":null})");
  EXPECT_EQ(response.status, 201);
  const json body = json::parse(response.body);
  EXPECT_EQ(body["success"], true);
  EXPECT_EQ(body["code"], 201);
  EXPECT_EQ(body["data"], (json{{"a", 1}}));
  EXPECT_EQ(body["error"], nullptr);
  EXPECT_EQ(body["meta"], (json{{"next_cursor", nullptr}}));
}

TEST(Envelope, StaysJsonWhateverTheMessageHolds) {
  const std::string message = "quote \" slash \\ newline \n control \x01 not UTF-8 \xff\xfe";
  const json body = json::parse(problem(make_error(ErrorCode::validation, message), RequestId("r")).body);
  EXPECT_TRUE(
      body["message"].get<std::string>().starts_with("quote \" slash \\ newline \n control \x01 not UTF-8 "));
}

TEST(Envelope, MethodNotAllowedNamesWhatIs) {
  const Response response = method_not_allowed("GET, HEAD", RequestId("r"));
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(header(response, "Allow"), "GET, HEAD");
  EXPECT_EQ(json::parse(response.body)["error"]["type"], "ValidationError");
}

}  // namespace
}  // namespace chancery::http
