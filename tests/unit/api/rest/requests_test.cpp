// Approvals, lineages and withdrawn tokens at the REST boundary.
#include "api/rest/answered.h"
#include "tests/unit/api/rest/rest_fixture.h"

namespace chancery::rest {
namespace {

class RequestsTest : public RestTest {
 protected:
  static std::string header(const Answer& answer, const std::string& name) {
    for (const auto& [key, value] : answer.response.headers) {
      if (key == name) return value;
    }
    return {};
  }
  Answer ask() { return post("/v1/certificates", body, with_token); }
  std::string path_of(const Answer& answer) {
    return "/v1/requests/" + answer.body["data"]["id"].get<std::string>();
  }

  Credentials with_token{.token = token("web-01", "guarded", {"web.svc.test"}), .certificate = ""};
  json body = {{"csr", csr("web.svc.test")}};
  Credentials bob = as_operator("bob");
};

TEST_F(RequestsTest, ARequestIsTakenAndIssuedOnceApproved) {
  const Answer taken = ask();
  ASSERT_EQ(taken.status, 202) << taken.body;
  EXPECT_EQ(taken.body["success"], true);
  EXPECT_EQ(header(taken, "Location"), path_of(taken));
  EXPECT_EQ(header(taken, "Retry-After"), approval_retry_after);
  const json& request = taken.body["data"];
  EXPECT_EQ(request["state"], "pending");
  EXPECT_EQ(request["names"], json::array({"dns:web.svc.test"}));
  EXPECT_EQ(request["requested_with"], "token");
  EXPECT_EQ(request["expires_at"], "2026-11-22T01:00:00Z");
  EXPECT_EQ(request["certificate"], nullptr);
  EXPECT_EQ(ask().body["data"]["id"], request["id"]);

  const Answer approved = post(path_of(taken) + "/approval", json::object(), bob);
  ASSERT_EQ(approved.status, 200) << approved.body;
  EXPECT_EQ(approved.body["data"]["state"], "issued");
  EXPECT_EQ(approved.message(), "approved; the certificate is issued");
  EXPECT_EQ(approved.body["data"]["approvals"][0]["approver"], "bob");
  EXPECT_EQ(approved.body["data"]["certificate"]["approvers"], json::array({"bob"}));

  const Answer seen = get(path_of(taken), with_token);
  ASSERT_EQ(seen.status, 200) << seen.body;
  EXPECT_EQ(seen.body["data"]["certificate"]["serial"], approved.body["data"]["serial"]);
  const Answer again = ask();
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body["data"]["serial"], approved.body["data"]["serial"]);
}

TEST_F(RequestsTest, AQuotaThatWaitingRequestsHoldIsAskedForAgainInAMinuteAndNotInASecond) {
  const std::string yaml =
      std::string(test::guarded_yaml) + "quotas: {per_identity: {count: 1, window: 1d}}\n";
  authority->replace_profiles(std::make_shared<const policy::ProfileSet>(
      std::vector{test::must(policy::parse_profile(yaml, "guarded.yaml")),
                  test::must(policy::parse_profile(test::operator_yaml, "operator.yaml"))}));
  const Answer taken = ask();
  ASSERT_EQ(taken.status, 202) << taken.body;
  const auto ask_for_another = [&] {
    return post("/v1/certificates", {{"csr", csr("api.svc.test")}},
                {.token = token("web-01", "guarded", {"api.svc.test"}), .certificate = ""});
  };
  const Answer held = ask_for_another();
  ASSERT_EQ(held.status, 429) << held.body;
  EXPECT_EQ(header(held, "Retry-After"), "60");
  EXPECT_NE(held.body.dump().find("held by requests that wait for approval"), std::string::npos);

  ASSERT_EQ(post(path_of(taken) + "/approval", json::object(), bob).status, 200);
  const Answer used = ask_for_another();
  ASSERT_EQ(used.status, 429) << used.body;
  EXPECT_EQ(header(used, "Retry-After"), "86400");
}

TEST_F(RequestsTest, TheTokenMayExpireWhileItsRequestWaits) {
  const Answer taken = ask();
  clock.advance(Seconds(3599));
  EXPECT_EQ(get(path_of(taken), with_token).status, 200);
  clock.advance(Seconds(1));  // the token's end, and the request's
  EXPECT_EQ(get(path_of(taken), with_token).body["data"]["state"], "expired");
  const Answer fresh = post("/v1/certificates", {{"csr", csr("web.svc.test")}}, with_token);
  EXPECT_EQ(fresh.status, 401) << fresh.body;
}

TEST_F(RequestsTest, OthersDecide) {
  const Answer taken = ask();
  const std::string path = path_of(taken);
  EXPECT_EQ(post(path + "/approval", json::object(), with_token).status, 403);
  EXPECT_EQ(post(path + "/approval", json::object(), as_service()).status, 403);
  EXPECT_EQ(post(path + "/approval", json::object(), as_operator()).status, 403) << "alice made the token";
  EXPECT_EQ(post(path + "/approval", json::object()).status, 401);
  EXPECT_EQ(post(path + "/cancellation", json::object()).status, 401);
  EXPECT_EQ(get(path, as_service()).status, 404);
  EXPECT_EQ(get("/v1/requests/" + std::string(32, '0'), bob).status, 404);
  for (const std::string& id : {std::string("1"), std::string(32, 'G'), std::string(33, '0')})
    EXPECT_EQ(get("/v1/requests/" + id, bob).status, 404);
}

TEST_F(RequestsTest, ARejectionHasAReasonWithinItsLimit) {
  const std::string path = path_of(ask());
  EXPECT_EQ(post(path + "/rejection", json::object(), bob).status, 400);
  EXPECT_EQ(post(path + "/rejection", {{"reason", std::string(257, 'x')}}, bob).status, 400);
  EXPECT_EQ(post(path + "/rejection", {{"reason", "a\nb"}}, bob).status, 400);
  EXPECT_EQ(post(path + "/approval", {{"x", 1}}, bob).status, 400);
  const Answer rejected = post(path + "/rejection", {{"reason", std::string(256, 'x')}}, bob);
  ASSERT_EQ(rejected.status, 200) << rejected.body;
  EXPECT_EQ(rejected.body["data"]["state"], "rejected");
  EXPECT_EQ(rejected.body["data"]["ended_by"], "bob");
  EXPECT_EQ(post(path + "/approval", json::object(), as_operator("carol")).status, 409);
  EXPECT_EQ(get(path, with_token).body["data"]["reason"], std::string(256, 'x'));
}

TEST_F(RequestsTest, WhoeverAskedTakesItBack) {
  const std::string path = path_of(ask());
  EXPECT_EQ(post(path + "/cancellation", json::object(), bob).status, 403);
  EXPECT_EQ(post(path + "/cancellation", json::object(), with_token).body["data"]["state"], "cancelled");
  EXPECT_EQ(ask().status, 202) << "the token is free again";
}

TEST_F(RequestsTest, AreListedForOperators) {
  const Answer taken = ask();
  const Answer list = get("/v1/requests?state=pending&identity=web-01&limit=1", bob);
  ASSERT_EQ(list.status, 200) << list.body;
  ASSERT_EQ(list.body["data"]["requests"].size(), 1U);
  EXPECT_EQ(list.body["data"]["requests"][0]["id"], taken.body["data"]["id"]);
  EXPECT_EQ(list.body["meta"]["next_cursor"], nullptr);
  EXPECT_EQ(get("/v1/requests?state=issued", bob).body["data"]["requests"].size(), 0U);
  EXPECT_EQ(get("/v1/requests?state=open", bob).status, 400);
  EXPECT_EQ(get("/v1/requests?limit=1001", bob).status, 400);
  EXPECT_EQ(get("/v1/requests", as_service()).status, 403);
}

TEST_F(RequestsTest, TheCountOfWhatWaitsIsLimited) {
  const auto asked = [&] {
    return post("/v1/certificates",
                {{"csr", csr("web.svc.test")}, {"profile", "guarded"}, {"identity", "web-09"}}, bob);
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(asked().status, 202);
  const Answer over = asked();
  EXPECT_EQ(over.status, 429);
  EXPECT_EQ(over.error_type(), "RateLimited");
  EXPECT_NE(header(over, "Retry-After"), "");
}

TEST_F(RequestsTest, CountsAsPendingInTheMetrics) {
  ask();
  EXPECT_NE(
      get("/metrics")
          .response.body.find(R"(chancery_certificates_issued_total{profile="guarded",result="pending"} 1)"),
      std::string::npos);
}

TEST_F(RequestsTest, WhatWaitsIsAGaugeAndWhatHasExpiredWaitsNoMore) {
  const auto shows = [&](const std::string& line) {
    return get("/metrics").response.body.find(line + "\n") != std::string::npos;
  };
  ask();
  clock.advance(Seconds(60));
  EXPECT_TRUE(shows(R"(chancery_requests_open{state="pending"} 1)"));
  EXPECT_TRUE(shows("chancery_requests_oldest_age_seconds 60"));
  clock.advance(Seconds(3540));
  EXPECT_TRUE(shows(R"(chancery_requests_open{state="pending"} 0)"));
  EXPECT_TRUE(shows("chancery_requests_oldest_age_seconds 0"));
}

TEST_F(RequestsTest, AnIssuanceThatFailsAtItsApprovalIsCounted) {
  const std::string path = path_of(ask());
  const auto counted = [&](const std::string& result) {
    return get("/metrics")
               .response.body.find("chancery_certificates_issued_total{profile=\"guarded\",result=\"" +
                                   result + "\"} 1\n") != std::string::npos;
  };
  EXPECT_EQ(post(path + "/approval", json::object(), as_operator()).status, 403) << "alice made the token";
  EXPECT_FALSE(counted("refused"));  // that was no issuance
  std::string stricter = test::guarded_yaml;
  stricter.replace(stricter.find("*.svc.test"), 10, "*.new.test");
  authority->replace_profiles(std::make_shared<const policy::ProfileSet>(
      std::vector{test::must(policy::parse_profile(stricter, "guarded.yaml")),
                  test::must(policy::parse_profile(test::operator_yaml, "operator.yaml"))}));
  EXPECT_EQ(post(path + "/approval", json::object(), bob).status, 403);
  EXPECT_EQ(get(path, bob).body["data"]["state"], "refused");
  EXPECT_TRUE(counted("refused")) << get("/metrics").response.body;
  EXPECT_EQ(post(path + "/approval", json::object(), as_operator("carol")).status, 409);
  EXPECT_TRUE(counted("refused"));  // once
}

TEST_F(RequestsTest, WhoeverHasAnApprovedRequestIssuedIsNotToldThatItWasTheirApproval) {
  const std::string path = path_of(ask());
  for (int call = 1; get(path, bob).body["data"]["state"] == "pending"; ++call) {
    ASSERT_LT(call, 50);
    store->fail_calls(call, 100);  // all from this one on, until the approval is before it
    (void)post(path + "/approval", json::object(), bob);
    store->fail_calls(0, 0);
  }
  ASSERT_EQ(get(path, bob).body["data"]["state"], "approved");
  const Answer issued = post(path + "/approval", json::object(), as_operator("carol"));
  EXPECT_EQ(issued.body["data"]["state"], "issued") << issued.body;
  EXPECT_EQ(issued.body["data"]["approvals"].size(), 1U);
  EXPECT_EQ(issued.message(), "it had its approvals before; the certificate is issued");
}

TEST_F(RequestsTest, ExplainSaysHowManyApprovalsItTakes) {
  EXPECT_EQ(post("/v1/certificates/explain", body, with_token).body["data"]["approvals"], 1);
}

class LineageTest : public RestTest {
 protected:
  crypto::PrivateKey key = test::make_key();
  std::string first = certificate("web-01", "service", "web.svc.test", key);
  Credentials own{.token = "", .certificate = first};
  std::string serial = serial_of(first);

  std::string renew(const std::string& pem) {
    const Answer answer = post("/v1/certificates/" + serial_of(pem) + "/renewal",
                               {{"csr", csr("web.svc.test")}}, {.token = "", .certificate = pem});
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.body["data"]["certificate"];
  }
};

TEST_F(LineageTest, IsShownPageByPage) {
  const std::string second = renew(first);
  const std::string third = certificate("web-01", "service", "web.svc.test");
  const Answer page = get("/v1/certificates/" + serial_of(second) + "/lineage?limit=2", own);
  ASSERT_EQ(page.status, 200) << page.body;
  ASSERT_EQ(page.body["data"]["certificates"].size(), 2U);
  EXPECT_EQ(page.body["data"]["certificates"][0]["serial"], serial_of(third));
  EXPECT_EQ(page.body["data"]["certificates"][0]["supersedes"], serial_of(second));
  EXPECT_EQ(page.body["data"]["certificates"][1]["renewed_from"], serial);
  const Answer rest = get("/v1/certificates/" + serial + "/lineage?limit=2&cursor=" +
                              page.body["meta"]["next_cursor"].get<std::string>(),
                          own);
  EXPECT_EQ(rest.body["data"]["certificates"][0]["serial"], serial);
  EXPECT_EQ(get("/v1/certificates/" + serial + "/lineage", as_service("db-01", "db.svc.test")).status, 403);
  EXPECT_EQ(get("/v1/certificates/01ab/lineage", as_operator()).status, 404);
  EXPECT_EQ(get("/v1/certificates/" + serial + "/lineage?x=1", own).status, 400);
}

TEST_F(LineageTest, IsRevokedAsAWhole) {
  const std::string second = renew(first);
  const std::string third = renew(second);
  const std::string path = "/v1/certificates/" + serial + "/revocation";
  EXPECT_EQ(post(path, {{"reason", "superseded"}, {"scope", "all"}}, as_operator()).status, 400);
  const Answer revoked = post(path, {{"reason", "keyCompromise"}, {"scope", "lineage"}}, as_operator());
  ASSERT_EQ(revoked.status, 200) << revoked.body;
  EXPECT_EQ(revoked.body["data"]["serials"], json::array({serial, serial_of(second), serial_of(third)}));
  EXPECT_EQ(revoked.body["data"]["status"], "revoked");
  EXPECT_EQ(post(path, {{"reason", "superseded"}, {"scope", "lineage"}}, as_operator()).status, 409);
}

TEST_F(LineageTest, ARevocationOfOneTellsWhatIsLeft) {
  const std::string second = renew(first);
  const Answer revoked =
      post("/v1/certificates/" + serial + "/revocation", {{"reason", "keyCompromise"}}, as_operator());
  EXPECT_EQ(revoked.body["data"]["serials"], json::array({serial}));
  EXPECT_EQ(revoked.body["data"]["descendants"], json::array({serial_of(second)}));
  EXPECT_NE(revoked.message().find("scope lineage"), std::string::npos);
}

class EnrollmentsTest : public RestTest {};

TEST_F(EnrollmentsTest, AreListedWithoutTheirTextAndWithdrawn) {
  const Credentials alice = as_operator();
  const Answer made = post("/v1/enrollments",
                           {{"identity", "w"}, {"profile", "service"}, {"names", {"dns:w.svc.test"}}}, alice);
  const std::string secret = made.body["data"]["token"];
  const std::string id = made.body["data"]["id"];
  const Answer list = get("/v1/enrollments?identity=w&usable=true", alice);
  ASSERT_EQ(list.status, 200) << list.body;
  ASSERT_EQ(list.body["data"]["enrollments"].size(), 1U);
  EXPECT_EQ(list.body["data"]["enrollments"][0]["id"], id);
  EXPECT_EQ(list.response.body.find(secret), std::string::npos);

  const std::string path = "/v1/enrollments/" + id + "/withdrawal";
  EXPECT_EQ(post(path, json::object(), as_service()).status, 403);
  const Answer withdrawn = post(path, json::object(), alice);
  ASSERT_EQ(withdrawn.status, 200) << withdrawn.body;
  EXPECT_EQ(withdrawn.body["data"]["withdrawn_by"], "alice");
  EXPECT_EQ(post(path, json::object(), alice).status, 409);
  EXPECT_EQ(get("/v1/enrollments?usable=true", alice).body["data"]["enrollments"].size(), 0U);
  const Answer refused =
      post("/v1/certificates", {{"csr", csr("w.svc.test")}}, {.token = secret, .certificate = ""});
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.rules(), std::vector<std::string>{"token.withdrawn"});
  EXPECT_EQ(post("/v1/enrollments/" + std::string(64, '0') + "/withdrawal", json::object(), alice).status,
            404);
  EXPECT_EQ(get("/v1/enrollments?usable=false", alice).status, 400);
}

}  // namespace
}  // namespace chancery::rest
