#include "api/http/json_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "api/http/limits.h"

namespace chancery::http {
namespace {

std::string nested(std::size_t depth) {
  // The body's own object is level 1.
  std::string text = "{\"a\":";
  for (std::size_t i = 1; i < depth; ++i) text += '[';
  text += '1';
  for (std::size_t i = 1; i < depth; ++i) text += ']';
  return text + "}";
}

std::string rule_of(const Error& error) {
  return error.details.empty() ? "" : error.details.front().rule;
}

TEST(JsonReader, ReadsMembersOfTheirTypes) {
  auto reader = JsonReader::parse(R"({"s":"x","n":7,"l":["a","b"]})");
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->required_string("s", 1), "x");
  EXPECT_EQ(reader->optional_integer("n", 1, 1, 7), 7);
  EXPECT_EQ(reader->optional_integer("absent", 3, 1, 7), 3);
  EXPECT_EQ(reader->required_strings("l", 1, 2, 1), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(reader->optional_string("absent", 5), std::nullopt);
  EXPECT_TRUE(reader->finish());
}

class MalformedJson : public testing::TestWithParam<std::string> {};

TEST_P(MalformedJson, IsRefusedAsSyntax) {
  const auto reader = JsonReader::parse(GetParam());
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::validation);
  EXPECT_EQ(rule_of(reader.error()), "json.syntax");
}

INSTANTIATE_TEST_SUITE_P(Texts, MalformedJson,
                         testing::Values("", " ", "{", "}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}",
                                         "{\"a\":01}", "{\"a\":NaN}", "{} {}", "{\"a\":\"\xff\"}",
                                         "{\"a\":\"\\ud800\"}", "/**/{}", std::string("{\"a\":\"\0\"}", 9),
                                         "{\"a\":\"line\nend\"}"));

TEST(JsonReader, TakesSixteenLevelsAndRefusesSeventeen) {
  EXPECT_TRUE(JsonReader::parse(nested(limits::json_depth)));
  const auto deeper = JsonReader::parse(nested(limits::json_depth + 1));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(rule_of(deeper.error()), "json.depth");
}

TEST(JsonReader, StopsAtDepthHoweverDeepTheTextIs) {
  const auto reader = JsonReader::parse("{\"a\":" + std::string(60000, '[') + "}");
  ASSERT_FALSE(reader);
  EXPECT_EQ(rule_of(reader.error()), "json.depth");
}

TEST(JsonReader, TakesSixtyFourKibibytesAndRefusesOneMore) {
  const auto body = [](std::size_t size) { return "{}" + std::string(size - 2, ' '); };
  EXPECT_TRUE(JsonReader::parse(body(limits::body_bytes)));
  const auto larger = JsonReader::parse(body(limits::body_bytes + 1));
  ASSERT_FALSE(larger);
  EXPECT_EQ(larger.error().code, ErrorCode::payload_too_large);
}

TEST(JsonReader, LimitsTheNumberOfMembers) {
  const auto body = [](std::size_t members) {
    std::string text = "{";
    for (std::size_t i = 0; i < members; ++i) text += (i ? ",\"m" : "\"m") + std::to_string(i) + "\":1";
    return text + "}";
  };
  EXPECT_TRUE(JsonReader::parse(body(limits::json_members)));
  const auto more = JsonReader::parse(body(limits::json_members + 1));
  ASSERT_FALSE(more);
  EXPECT_EQ(rule_of(more.error()), "json.members");
}

TEST(JsonReader, RefusesDuplicateMembersAtAnyLevel) {
  for (const char* text : {R"({"a":1,"a":2})", R"({"o":{"b":1,"b":1}})", R"({"\u0061":1,"a":2})"}) {
    const auto reader = JsonReader::parse(text);
    ASSERT_FALSE(reader) << text;
    EXPECT_EQ(rule_of(reader.error()), "json.duplicate") << text;
  }
}

TEST(JsonReader, TheSameNameInTwoObjectsIsNoDuplicate) {
  EXPECT_TRUE(JsonReader::parse(R"({"l":[{"a":1},{"a":2}],"a":3})"));
}

TEST(JsonReader, RefusesAnythingButAnObject) {
  for (const char* text : {"[]", "1", "\"x\"", "null", "true"}) {
    const auto reader = JsonReader::parse(text);
    ASSERT_FALSE(reader) << text;
    EXPECT_EQ(rule_of(reader.error()), "json.type") << text;
  }
}

TEST(JsonReader, NamesUnknownMembers) {
  auto reader = JsonReader::parse(R"({"known":"x","un/kn~own":1})");
  ASSERT_TRUE(reader);
  reader->required_string("known", 10);
  const auto end = reader->finish();
  ASSERT_FALSE(end);
  EXPECT_EQ(rule_of(end.error()), "json.unknown");
  EXPECT_EQ(end.error().details.front().location, "/un~1kn~0own");
}

TEST(JsonReader, NamesWrongTypesByPointerAndReportsAllFaultsAtOnce) {
  auto reader = JsonReader::parse(R"({"s":1,"n":"7","f":1.5,"l":["a",2]})");
  ASSERT_TRUE(reader);
  reader->required_string("s", 10);
  reader->optional_integer("n", 1, 1, 9);
  reader->optional_integer("f", 1, 1, 9);
  reader->required_strings("l", 1, 5, 10);
  reader->required_string("missing", 10);
  const auto end = reader->finish();
  ASSERT_FALSE(end);
  std::vector<std::string> places;
  for (const ErrorDetail& detail : end.error().details) places.push_back(detail.rule + " " + detail.location);
  EXPECT_EQ(places, (std::vector<std::string>{"json.type /s", "json.type /n", "json.type /f",
                                              "json.type /l/1", "json.missing /missing"}));
}

TEST(JsonReader, ChecksStringLengthAtTheLimitAndOnePast) {
  auto reader = JsonReader::parse(R"({"at":"1234","past":"12345","empty":""})");
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->required_string("at", 4), "1234");
  reader->required_string("past", 4);
  reader->required_string("empty", 4);
  const auto end = reader->finish();
  ASSERT_FALSE(end);
  ASSERT_EQ(end.error().details.size(), 2U);
  EXPECT_EQ(end.error().details[0].location, "/past");
  EXPECT_EQ(end.error().details[1].location, "/empty");
}

TEST(JsonReader, ChecksIntegersAtTheLimitAndOnePast) {
  auto reader = JsonReader::parse(
      R"({"low":1,"high":9,"under":0,"over":10,"huge":18446744073709551615,"negative":-9223372036854775808})");
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->optional_integer("low", 5, 1, 9), 1);
  EXPECT_EQ(reader->optional_integer("high", 5, 1, 9), 9);
  for (const char* key : {"under", "over", "huge", "negative"})
    EXPECT_EQ(reader->optional_integer(key, 5, 1, 9), 5);
  const auto end = reader->finish();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().details.size(), 4U);
}

TEST(JsonReader, ChecksListLengthAtTheLimitAndOnePast) {
  auto reader = JsonReader::parse(R"({"at":["a","b"],"past":["a","b","c"],"few":[]})");
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->required_strings("at", 1, 2, 9).size(), 2U);
  reader->required_strings("past", 1, 2, 9);
  reader->required_strings("few", 1, 2, 9);
  const auto end = reader->finish();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().details.size(), 2U);
}

TEST(JsonReader, RefusesNulInStrings) {
  auto reader = JsonReader::parse(R"({"a":"x\u0000y"})");
  ASSERT_TRUE(reader);
  reader->required_string("a", 10);
  const auto end = reader->finish();
  ASSERT_FALSE(end);
  EXPECT_EQ(rule_of(end.error()), "json.nul");
}

}  // namespace
}  // namespace chancery::http
