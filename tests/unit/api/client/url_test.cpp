#include "api/client/url.h"

#include <gtest/gtest.h>

namespace chancery::client {
namespace {

struct GoodUrl {
  const char* text;
  bool tls;
  const char* host;
  int port;
};

class GoodUrls : public ::testing::TestWithParam<GoodUrl> {};

TEST_P(GoodUrls, AreTakenApart) {
  const Result<Url> url = parse_url(GetParam().text);
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->tls, GetParam().tls);
  EXPECT_EQ(url->host, GetParam().host);
  EXPECT_EQ(url->port, GetParam().port);
}

INSTANTIATE_TEST_SUITE_P(Url, GoodUrls,
                         ::testing::Values(GoodUrl{"https://ca.example", true, "ca.example", 443},
                                           GoodUrl{"https://ca.example:8443/", true, "ca.example", 8443},
                                           GoodUrl{"http://127.0.0.1:9091", false, "127.0.0.1", 9091},
                                           GoodUrl{"http://localhost", false, "localhost", 80},
                                           GoodUrl{"https://[::1]:65535", true, "::1", 65535},
                                           GoodUrl{"https://x:1", true, "x", 1}));

class BadUrls : public ::testing::TestWithParam<const char*> {};

TEST_P(BadUrls, AreRefusedWithAdvice) {
  const Result<Url> url = parse_url(GetParam());
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().code, ErrorCode::validation);
  EXPECT_NE(url.error().message.find("https://HOST:PORT"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Url, BadUrls,
                         ::testing::Values("", "ca.example", "ftp://ca.example", "https://", "https://:443",
                                           "https://ca.example:0", "https://ca.example:65536",
                                           "https://ca.example:", "https://ca.example:44x",
                                           "https://user@ca.example", "https://ca.example/v1",
                                           "https://ca.example?x", "https://[::1", "https://[]",
                                           "https://a b", "https://[zz]"));

TEST(Url, AHostMayHave253CharactersAndNoMore) {
  EXPECT_TRUE(parse_url("https://" + std::string(253, 'a')));
  EXPECT_FALSE(parse_url("https://" + std::string(254, 'a')));
}

TEST(Url, OnlyThisMachineIsLoopback) {
  for (const char* text : {"http://localhost", "http://127.0.0.1", "http://127.9.9.9", "http://[::1]"}) {
    EXPECT_TRUE(is_loopback(*parse_url(text))) << text;
  }
  for (const char* text :
       {"http://ca.example", "http://127.0.0.1.example", "http://128.0.0.1", "http://[::2]"}) {
    EXPECT_FALSE(is_loopback(*parse_url(text))) << text;
  }
}

}  // namespace
}  // namespace chancery::client
