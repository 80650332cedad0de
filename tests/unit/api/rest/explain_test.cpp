// explain: the decision that the request itself would get, whoever asks and for what reason it is refused.
#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <ostream>

#include "ca/policy/load_yaml.h"
#include "tests/support/profiles.h"
#include "tests/support/voucher.h"
#include "tests/unit/api/rest/rest_fixture.h"

namespace chancery::rest {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

// What is asked, by whom, and how it would really be asked.
struct Question {
  Credentials credentials;
  json body;
  Headers headers = {};
  std::string path = "/v1/certificates";
};

struct Case {
  std::string name;
  // What the error says; "" = it is granted, or kept for approval.
  std::string error_type;

  friend void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }
};

class ExplainTest : public RestTest {
 protected:
  using Ask = std::function<Question()>;

  Question by_token(const std::string& profile, const std::string& dns, const std::string& bound) {
    return {.credentials = {.token = token("web-01", profile, {bound}), .certificate = ""},
            .body = {{"csr", csr(dns)}}};
  }
  static Question renewal(const std::string& pem, const std::string& csr_pem) {
    return {.credentials = {.token = "", .certificate = pem},
            .body = {{"csr", csr_pem}},
            .path = "/v1/certificates/" + serial_of(pem) + "/renewal"};
  }
  Answer really(const Question& question) {
    return post(question.path, question.body, question.credentials, question.headers);
  }
  Answer explained(const Question& question) {
    return post("/v1/certificates/explain", question.body, question.credentials, question.headers);
  }
  std::string two_names(const crypto::PrivateKey& key) {
    return to_pem(
        "CERTIFICATE",
        test::must(authority->issue(test::Voucher::for_other(
                       "web-01", "service", test::make_request(key, {"web.svc.test", "api.svc.test"}))))
            .record()
            .der);
  }
  // At most one certificate a day for an identity, and with approval.
  void give_quota(const std::string& profile_yaml, const std::string& file) {
    authority->replace_profiles(std::make_shared<const policy::ProfileSet>(
        std::vector{test::must(policy::parse_profile(
                        profile_yaml + "quotas: {per_identity: {count: 1, window: 1d}}\n", file)),
                    test::must(policy::parse_profile(test::operator_yaml, "operator.yaml"))}));
  }

  // Before the question is explained and asked, the same world is made for both.
  std::map<std::string, Ask> asks() {
    const auto key = std::make_shared<const crypto::PrivateKey>(test::make_key());
    return {
        {"granted", [this] { return by_token("service", "web.svc.test", "web.svc.test"); }},
        {"another name than the token's",
         [this] { return by_token("service", "api.svc.test", "web.svc.test"); }},
        {"no such profile",
         [this] {
           return Question{.credentials = as_operator(),
                           .body = {{"csr", csr("x.svc.test")}, {"profile", "nope"}, {"identity", "db-01"}}};
         }},
        {"a bad identity",
         [this] {
           return Question{.credentials = as_operator(),
                           .body = {{"csr", csr("x.svc.test")}, {"profile", "service"}, {"identity", "a b"}}};
         }},
        {"a bad key for repeats",
         [this] {
           Question question = by_token("service", "web.svc.test", "web.svc.test");
           question.headers = {{"idempotency-key", std::string(129, 'k')}};
           return question;
         }},
        {"a key for repeats that another request has",
         [this] {
           Question first{
               .credentials = {.token = token("web-01", "service", {"web.svc.test"}, 2), .certificate = ""},
               .body = {{"csr", csr("web.svc.test")}},
               .headers = {{"idempotency-key", "k"}}};
           EXPECT_EQ(really(first).status, 201);
           first.body = {{"csr", csr("web.svc.test")}};
           return first;
         }},
        {"the same again",
         [this] {
           Question question = by_token("service", "web.svc.test", "web.svc.test");
           EXPECT_EQ(really(question).status, 201);
           return question;
         }},
        {"the same again, but revoked",
         [this] {
           Question question = by_token("service", "web.svc.test", "web.svc.test");
           question.headers = {{"idempotency-key", "k"}};
           const Answer issued = really(question);
           EXPECT_EQ(
               post("/v1/certificates/" + issued.body["data"]["serial"].get<std::string>() + "/revocation",
                    {{"reason", "superseded"}}, as_operator())
                   .status,
               200);
           return question;
         }},
        {"a token that is spent",
         [this] {
           Question question = by_token("service", "web.svc.test", "web.svc.test");
           EXPECT_EQ(really(question).status, 201);
           question.body = {{"csr", csr("web.svc.test")}};
           return question;
         }},
        {"a key of another",
         [this, key] {
           certificate("db-01", "service", "db.svc.test", *key);
           Question question = by_token("service", "web.svc.test", "web.svc.test");
           question.body = {{"csr", csr(*key, "web.svc.test")}};
           return question;
         }},
        {"a key of another and a name too many: policy speaks first",
         [this, key] {
           certificate("db-01", "service", "db.svc.test", *key);
           Question question = by_token("service", "web.svc.test", "web.svc.test");
           question.body = {{"csr", csr(*key, "outside.example")}};
           return question;
         }},
        {"a quota that is spent",
         [this] {
           give_quota(test::service_yaml, "service.yaml");
           certificate("web-01", "service", "web.svc.test");
           return by_token("service", "web.svc.test", "web.svc.test");
         }},
        {"a renewal", [this, key] { return renewal(two_names(*key), csr("web.svc.test")); }},
        {"a renewal with the same names",
         [this, key] {
           return renewal(two_names(*key),
                          test::make_request_pem(test::make_key(), {"api.svc.test", "web.svc.test"}));
         }},
        {"a renewal with the old key",
         [this, key] {
           return renewal(two_names(*key), test::make_request_pem(*key, {"web.svc.test", "api.svc.test"}));
         }},
        {"a request that has to be approved",
         [this] { return by_token("guarded", "web.svc.test", "web.svc.test"); }},
        {"one that waits already",
         [this] {
           Question question = by_token("guarded", "web.svc.test", "web.svc.test");
           EXPECT_EQ(really(question).status, 202);
           return question;
         }},
        {"one that was rejected",
         [this] {
           Question question = by_token("guarded", "web.svc.test", "web.svc.test");
           question.headers = {{"idempotency-key", "k"}};
           const Answer taken = really(question);
           EXPECT_EQ(post("/v1/requests/" + taken.body["data"]["id"].get<std::string>() + "/rejection",
                          {{"reason", "no"}}, as_operator("bob"))
                         .status,
                     200);
           return question;
         }},
        {"one too many to wait",
         [this] {
           Question question{.credentials = as_operator("bob"), .body = {}};
           const auto fresh = [this] {
             return json{{"csr", csr("web.svc.test")}, {"profile", "guarded"}, {"identity", "web-09"}};
           };
           for (int i = 0; i < 10; ++i) {
             question.body = fresh();
             EXPECT_EQ(really(question).status, 202);
           }
           question.body = fresh();
           return question;
         }},
        {"a quota that a waiting request holds",
         [this] {
           give_quota(test::guarded_yaml, "guarded.yaml");
           EXPECT_EQ(really(by_token("guarded", "web.svc.test", "web.svc.test")).status, 202);
           return by_token("guarded", "web.svc.test", "web.svc.test");
         }},
    };
  }
};

class ExplainCase : public ExplainTest, public testing::WithParamInterface<Case> {};

TEST_P(ExplainCase, SaysWhatTheRequestIsThenAnswered) {
  const Question question = asks().at(GetParam().name)();
  const std::size_t before = audit_entries();
  const Answer said = explained(question);
  ASSERT_EQ(said.status, 200) << said.body;
  EXPECT_EQ(audit_entries(), before);
  const Answer answer = really(question);
  const json& data = said.body["data"];
  if (GetParam().error_type.empty()) {
    EXPECT_LT(answer.status, 300) << answer.body;
    EXPECT_EQ(data["allowed"], true) << said.body;
    EXPECT_EQ(data["error"], nullptr);
    EXPECT_EQ(data["approvals"], answer.status == 202 ? 1 : 0);
    return;
  }
  EXPECT_EQ(answer.error_type(), GetParam().error_type) << answer.body;
  EXPECT_EQ(data["allowed"], false) << said.body;
  EXPECT_EQ(data["error"]["type"], answer.error_type());
  EXPECT_EQ(data["error"]["message"], answer.message());
  EXPECT_EQ(data["error"]["details"], answer.body["error"]["details"]);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ExplainCase,
    testing::Values(Case{"granted", ""}, Case{"another name than the token's", "ForbiddenError"},
                    Case{"no such profile", "NotFoundError"}, Case{"a bad identity", "ValidationError"},
                    Case{"a bad key for repeats", "ValidationError"},
                    Case{"a key for repeats that another request has", "ConflictError"},
                    Case{"the same again", ""}, Case{"the same again, but revoked", "ConflictError"},
                    Case{"a token that is spent", "ConflictError"}, Case{"a key of another", "ConflictError"},
                    Case{"a key of another and a name too many: policy speaks first", "ForbiddenError"},
                    Case{"a quota that is spent", "RateLimited"}, Case{"a renewal", "ForbiddenError"},
                    Case{"a renewal with the same names", ""},
                    Case{"a renewal with the old key", "ConflictError"},
                    Case{"a request that has to be approved", ""}, Case{"one that waits already", ""},
                    Case{"one that was rejected", "ForbiddenError"},
                    Case{"one too many to wait", "RateLimited"},
                    Case{"a quota that a waiting request holds", "RateLimited"}),
    [](const auto& test) {
      std::string name = test.param.name;
      std::replace_if(
          name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
      return name;
    });

TEST_F(ExplainTest, NamesWhatTheSameRequestGotBefore) {
  const Question question = by_token("service", "web.svc.test", "web.svc.test");
  EXPECT_EQ(explained(question).body["data"]["earlier"], nullptr);
  const Answer issued = really(question);
  EXPECT_EQ(explained(question).body["data"]["earlier"],
            (json{{"kind", "certificate"}, {"serial", issued.body["data"]["serial"]}}));
  const Question guarded = by_token("guarded", "api.svc.test", "api.svc.test");
  const Answer taken = really(guarded);
  EXPECT_EQ(explained(guarded).body["data"]["earlier"],
            (json{{"kind", "request"}, {"id", taken.body["data"]["id"]}}));
}

TEST_F(ExplainTest, ShowsTheRulesOfARenewalThatItRefuses) {
  const std::string pem = two_names(test::make_key());
  const Answer fewer = explained(renewal(pem, csr("web.svc.test")));
  EXPECT_EQ(fewer.body["data"]["allowed"], false) << fewer.body;
  EXPECT_FALSE(fewer.body["data"]["reasons"].empty());
  EXPECT_NE(fewer.body["data"]["error"]["message"].get<std::string>().find("keeps the names"),
            std::string::npos);
}

TEST_F(ExplainTest, GivesDecisionAndReasonsAndConsumesNothing) {
  const Credentials with_token{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
  const Answer denied = post("/v1/certificates/explain", {{"csr", csr("other.svc.test")}}, with_token);
  EXPECT_FALSE(denied.body["data"]["reasons"].empty());
  const Answer allowed = post("/v1/certificates/explain", {{"csr", csr("web.svc.test")}}, with_token);
  EXPECT_EQ(allowed.body["data"]["subject"], "CN=web.svc.test");
  EXPECT_EQ(allowed.body["data"]["names"], json::array({"dns:web.svc.test"}));
}

}  // namespace
}  // namespace chancery::rest
