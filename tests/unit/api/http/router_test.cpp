#include "api/http/router.h"

#include <gtest/gtest.h>

#include "api/http/limits.h"

namespace chancery::http {
namespace {

const Router& router() {
  static const Router instance({{Method::get, "/health"},
                                {Method::get, "/v1/things/{id}"},
                                {Method::post, "/v1/things"},
                                {Method::get, "/v1/things"},
                                {Method::post, "/v1/things/explain"},
                                {Method::post, "/v1/things/{id}/renewal"}});
  return instance;
}

TEST(Router, FindsLiteralPaths) {
  EXPECT_EQ(router().match(Method::get, "/health").entry, 0U);
  EXPECT_EQ(router().match(Method::post, "/v1/things").entry, 2U);
  EXPECT_EQ(router().match(Method::get, "/v1/things").entry, 3U);
}

TEST(Router, HeadIsGet) {
  EXPECT_EQ(router().match(Method::head, "/health").entry, 0U);
}

TEST(Router, DecodesParameters) {
  const auto match = router().match(Method::post, "/v1/things/a%2Fb/renewal");
  EXPECT_EQ(match.entry, 5U);
  EXPECT_EQ(match.parameters, std::vector<std::string>{"a/b"});
}

TEST(Router, LiteralsWinOverParameters) {
  EXPECT_EQ(router().match(Method::post, "/v1/things/explain").entry, 4U);
  const auto get = router().match(Method::get, "/v1/things/explain");
  EXPECT_EQ(get.entry, 1U);
  EXPECT_EQ(get.parameters, std::vector<std::string>{"explain"});
}

TEST(Router, NamesTheMethodsOfAPath) {
  EXPECT_EQ(router().match(Method::delete_, "/v1/things").allow, "POST, GET, HEAD");
  EXPECT_EQ(router().match(Method::other, "/health").allow, "GET, HEAD");
  EXPECT_FALSE(router().match(Method::post, "/health").entry);
}

class NoSuchPath : public testing::TestWithParam<std::string> {};

TEST_P(NoSuchPath, MatchesNothing) {
  const auto match = router().match(Method::get, GetParam());
  EXPECT_FALSE(match.entry);
  EXPECT_EQ(match.allow, "");
}

INSTANTIATE_TEST_SUITE_P(Paths, NoSuchPath,
                         testing::Values("", "/", "health", "//health", "/health/", "/Health", "/v1/things/",
                                         "/v1//things", "/v1/things/x/y", "/v1/things/%", "/v1/things/%zz",
                                         "/v1/things/a%00", "/health?x=1", std::string(16000, '/')));

TEST(Router, LimitsPaths) {
  const std::string start = "/v1/things/";
  EXPECT_TRUE(router().match(Method::get, start + std::string(limits::path_bytes - start.size(), 'a')).entry);
  EXPECT_FALSE(
      router().match(Method::get, start + std::string(limits::path_bytes - start.size() + 1, 'a')).entry);
}

TEST(PercentDecode, DecodesAndRefuses) {
  std::string out;
  EXPECT_TRUE(percent_decode("a%20b%2B+%0A", out));
  EXPECT_EQ(out, "a b++\n");
  for (const char* text : {"%", "%4", "%4g", "%00", "%1b", "a\x01"})
    EXPECT_FALSE(percent_decode(text, out)) << text;
}

TEST(ReadQuery, KeepsOrderAndRepetitions) {
  Request request;
  read_query("b=1&a=%32&b=&&c&d=x=y", request);
  EXPECT_FALSE(request.malformed);
  EXPECT_EQ(request.query, (std::vector<std::pair<std::string, std::string>>{
                               {"b", "1"}, {"a", "2"}, {"b", ""}, {"c", ""}, {"d", "x=y"}}));
  read_query("", request);
  EXPECT_TRUE(request.query.empty());
  for (const char* text : {"a=%", "%zz=1", "a=%00"}) {
    Request broken;
    read_query(text, broken);
    EXPECT_TRUE(broken.malformed) << text;
  }
}

TEST(RequestIds, AreLimited) {
  EXPECT_TRUE(acceptable_request_id(std::string(limits::request_id_bytes, 'a')));
  EXPECT_TRUE(acceptable_request_id("0123-ABC-def"));
  for (const std::string& text :
       {std::string(), std::string(limits::request_id_bytes + 1, 'a'), std::string("a b"),
        std::string("a\"b"), std::string("a\n"), std::string("\xc3\xa4")}) {
    EXPECT_FALSE(acceptable_request_id(text)) << text;
  }
}

TEST(RouterTest, ALastParameterMayTakeSeveralSegments) {
  const Router router({{Method::get, "/t/{level}/{rest...}"}, {Method::get, "/t/entries/{rest...}"}});
  const auto match = router.match(Method::get, "/t/0/x001/x234/067.p/1");
  ASSERT_EQ(match.entry, 0U);
  EXPECT_EQ(match.parameters, (std::vector<std::string>{"0", "x001/x234/067.p/1"}));
  EXPECT_EQ(router.match(Method::get, "/t/0/a").parameters, (std::vector<std::string>{"0", "a"}));
  EXPECT_EQ(router.match(Method::get, "/t/entries/a/b").entry, 1U);
  EXPECT_FALSE(router.match(Method::get, "/t/0").entry);
  EXPECT_FALSE(router.match(Method::get, "/t/0/").entry);
  EXPECT_FALSE(router.match(Method::get, "/t/0/a//b").entry);
  EXPECT_FALSE(router.match(Method::get, "/t/1/2/3/4/5/6/7/8/9").entry);  // too many segments
}

}  // namespace
}  // namespace chancery::http
