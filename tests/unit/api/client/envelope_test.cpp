#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/client/client.h"

namespace chancery::client {
namespace {

Response answer(int status, std::string body) {
  return {status, std::move(body), std::nullopt, std::nullopt};
}

TEST(Envelope, SuccessGivesItsData) {
  const auto data = envelope_data(answer(201, R"({"version":"v1","success":true,"data":{"serial":"01"}})"));
  ASSERT_TRUE(data);
  EXPECT_EQ(data->at("serial"), "01");
}

TEST(Envelope, SuccessWithoutDataIsNull) {
  const auto data = envelope_data(answer(200, R"({"success":true})"));
  ASSERT_TRUE(data);
  EXPECT_TRUE(data->is_null());
}

TEST(Envelope, ARefusalKeepsMessageAndDetails) {
  const auto data =
      envelope_data(answer(403, R"({"success":false,"message":"not allowed","request_id":"r1","error":
    {"type":"ForbiddenError","details":[{"rule":"dns.allowed","location":"policies/service.yaml:12:9",
    "value":"evil.example","message":"no pattern matches"}]}})"));
  ASSERT_FALSE(data);
  EXPECT_EQ(data.error().code, ErrorCode::forbidden);
  EXPECT_EQ(data.error().message, "not allowed");
  ASSERT_EQ(data.error().details.size(), 1U);
  EXPECT_EQ(data.error().details[0].location, "policies/service.yaml:12:9");
  EXPECT_EQ(data.error().details[0].value, "evil.example");
  EXPECT_NE(data.error().internal.find("r1"), std::string::npos);
}

TEST(Envelope, EveryStatusHasItsCode) {
  const std::vector<std::pair<int, ErrorCode>> table{
      {400, ErrorCode::validation},        {405, ErrorCode::validation},   {401, ErrorCode::unauthorized},
      {403, ErrorCode::forbidden},         {404, ErrorCode::not_found},    {409, ErrorCode::conflict},
      {413, ErrorCode::payload_too_large}, {429, ErrorCode::rate_limited}, {500, ErrorCode::internal},
      {503, ErrorCode::unavailable},       {418, ErrorCode::unavailable}};
  for (const auto& [status, code] : table) {
    const auto data = envelope_data(answer(status, R"({"success":false,"message":"m"})"));
    ASSERT_FALSE(data);
    EXPECT_EQ(data.error().code, code) << status;
  }
}

TEST(Envelope, SuccessInABodyDoesNotOutweighTheStatus) {
  EXPECT_FALSE(envelope_data(answer(500, R"({"success":true,"data":{}})")));
}

TEST(Envelope, AnythingElseIsUnavailable) {
  for (const char* body : {"", "<html>502 Bad Gateway</html>", "[]", "null", R"({"data":{}})",
                           R"({"success":"yes"})", "{\"success\":true", "\xff\xfe"}) {
    const auto data = envelope_data(answer(502, body));
    ASSERT_FALSE(data) << body;
    EXPECT_EQ(data.error().code, ErrorCode::unavailable) << body;
    EXPECT_NE(data.error().message.find("check that the address is the issuing service's"),
              std::string::npos);
  }
}

TEST(Envelope, WrongTypesInsideAnErrorAreSkipped) {
  const auto data = envelope_data(
      answer(400, R"({"success":false,"message":7,"error":{"details":[3,{"rule":1,"message":"kept"}]}})"));
  ASSERT_FALSE(data);
  ASSERT_EQ(data.error().details.size(), 1U);
  EXPECT_EQ(data.error().details[0].message, "kept");
  EXPECT_NE(data.error().message.find("HTTP 400 and no words; read its log"), std::string::npos);
}

TEST(Envelope, ADeepDocumentDoesNoHarm) {
  const std::string deep = std::string(200000, '[') + std::string(200000, ']');
  EXPECT_FALSE(envelope_data(answer(200, deep)));
}

}  // namespace
}  // namespace chancery::client
