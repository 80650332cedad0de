#include "ca/x509/chain.h"
#include "tests/unit/api/rest/rest_fixture.h"

namespace chancery::rest {
namespace {

using test::must;

class IssuanceTest : public RestTest {};

TEST_F(IssuanceTest, ATokenBuysTheCertificateItNames) {
  const Credentials with_token{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
  const Answer answer = post("/v1/certificates", {{"csr", csr("web.svc.test")}}, with_token);
  ASSERT_EQ(answer.status, 201) << answer.body;
  const json& data = answer.body["data"];
  EXPECT_EQ(data["identity"], "web-01");
  EXPECT_EQ(data["profile"], "service");
  EXPECT_EQ(data["subject"], "CN=web.svc.test");
  EXPECT_EQ(data["names"], json::array({"dns:web.svc.test"}));
  EXPECT_EQ(data["not_before"], "2026-11-22T00:00:00Z");
  EXPECT_EQ(data["not_after"], "2027-02-19T23:59:59Z");
  EXPECT_EQ(data["renew_after"], "2027-01-21T00:00:00Z");
  EXPECT_EQ(data["issued_at"], "2026-11-22T00:00:00Z");
  EXPECT_EQ(data["status"], "valid");
  EXPECT_EQ(data["revoked_at"], nullptr);
  EXPECT_EQ(data["reason"], nullptr);
  EXPECT_EQ(data["renewed_from"], nullptr);
  EXPECT_EQ(data["lineage"], data["serial"]);
  const auto leaf = must(x509::Certificate::parse_pem(data["certificate"].get<std::string>()));
  EXPECT_EQ(leaf.serial().to_string(), data["serial"]);
  EXPECT_EQ(to_hex(leaf.fingerprint()), data["fingerprint"]);
  EXPECT_EQ(data["chain"], intermediate.certificate.to_pem());
  EXPECT_EQ(answer.response.headers.front().second, "/v1/certificates/" + leaf.serial().to_string());
  EXPECT_EQ(answer.response.caller, "web-01");
}

TEST_F(IssuanceTest, ATokenIsGoodOnce) {
  const Credentials with_token{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
  EXPECT_EQ(post("/v1/certificates", {{"csr", csr("web.svc.test")}}, with_token).status, 201);
  const Answer again = post("/v1/certificates", {{"csr", csr("web.svc.test")}}, with_token);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.error_type(), "ConflictError");
}

TEST_F(IssuanceTest, TheSameIdempotencyKeyGivesTheSameCertificateAgain) {
  const Credentials with_token{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
  const json body = {{"csr", csr("web.svc.test")}};
  const Answer first = post("/v1/certificates", body, with_token, {{"idempotency-key", "k1"}});
  const Answer again = post("/v1/certificates", body, with_token, {{"idempotency-key", "k1"}});
  ASSERT_EQ(first.status, 201);
  ASSERT_EQ(again.status, 201);
  EXPECT_EQ(first.body["data"], again.body["data"]);
  const Answer other =
      post("/v1/certificates", {{"csr", csr("web.svc.test")}}, with_token, {{"idempotency-key", "k1"}});
  EXPECT_EQ(other.status, 409);
}

TEST_F(IssuanceTest, ARevokedCertificateIsNotGivenAgain) {
  const Credentials with_token{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
  const json body = {{"csr", csr("web.svc.test")}};
  const Answer first = post("/v1/certificates", body, with_token, {{"idempotency-key", "k1"}});
  const std::string serial = first.body["data"]["serial"];
  EXPECT_EQ(
      post("/v1/certificates/" + serial + "/revocation", {{"reason", "superseded"}}, as_operator()).status,
      200);
  const Answer again = post("/v1/certificates", body, with_token, {{"idempotency-key", "k1"}});
  EXPECT_EQ(again.status, 409);
  EXPECT_NE(again.message().find("revoked since"), std::string::npos);
  EXPECT_EQ(post("/v1/certificates", body, with_token).status, 409);
}

TEST_F(IssuanceTest, TheSameRequestWithoutAKeyGetsTheSameCertificateForAWhile) {
  const Credentials with_token{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
  const json body = {{"csr", csr("web.svc.test")}};
  const Answer first = post("/v1/certificates", body, with_token);
  clock.advance(Seconds(600));
  const Answer again = post("/v1/certificates", body, with_token);
  ASSERT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(first.body["data"], again.body["data"]);
  EXPECT_EQ(again.message(), "certificate issued before for this very request");
  clock.advance(Seconds(1));
  EXPECT_EQ(post("/v1/certificates", body, with_token).status, 409);
}

TEST_F(IssuanceTest, IdempotencyKeysAreLimited) {
  const json body = {{"csr", csr("web.svc.test")}, {"profile", "service"}, {"identity", "web-01"}};
  const Credentials caller = as_operator();
  EXPECT_EQ(post("/v1/certificates", body, caller, {{"idempotency-key", std::string(128, 'k')}}).status, 201);
  EXPECT_EQ(post("/v1/certificates", body, caller, {{"idempotency-key", std::string(129, 'k')}}).status, 400);
  EXPECT_EQ(post("/v1/certificates", body, caller, {{"idempotency-key", "a b"}}).status, 400);
}

TEST_F(IssuanceTest, ATokenBindsProfileIdentityAndNames) {
  const Credentials with_token{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
  const Answer profile =
      post("/v1/certificates", {{"csr", csr("x.ops.test")}, {"profile", "operator"}}, with_token);
  EXPECT_EQ(profile.status, 403);
  EXPECT_EQ(profile.rules(), std::vector<std::string>{"caller.profile"});
  const Answer identity =
      post("/v1/certificates", {{"csr", csr("web.svc.test")}, {"identity", "db-01"}}, with_token);
  EXPECT_EQ(identity.status, 403);
  EXPECT_EQ(identity.rules(), std::vector<std::string>{"caller.identity"});
  EXPECT_EQ(post("/v1/certificates", {{"csr", csr("other.svc.test")}}, with_token).status, 403);
  EXPECT_EQ(post("/v1/certificates",
                 {{"csr", csr("web.svc.test")}, {"profile", "service"}, {"identity", "web-01"}}, with_token)
                .status,
            201)
      << "refusals must not consume the token";
}

TEST_F(IssuanceTest, AServiceCannotRaiseItself) {
  const Credentials service_caller = as_service();
  EXPECT_EQ(post("/v1/certificates", {{"csr", csr("web.ops.test")}, {"profile", "operator"}}, service_caller)
                .status,
            403);
  EXPECT_EQ(post("/v1/certificates", {{"csr", csr("other.svc.test")}}, service_caller).status, 403);
}

TEST_F(IssuanceTest, AServiceCertificateOnlyRenewsItself) {
  const std::size_t before = audit_entries();
  const Credentials service_caller = as_service();
  const std::size_t issued = audit_entries() - before;
  const Answer answer = post("/v1/certificates", {{"csr", csr("web.svc.test")}}, service_caller);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.rules(), std::vector<std::string>{"caller.renewal_only"});
  EXPECT_NE(answer.body["message"].get<std::string>().find("/renewal"), std::string::npos);
  EXPECT_EQ(audit_entries(), before + issued);
}

TEST_F(IssuanceTest, AnOperatorSaysWhoseCertificateItIs) {
  const Credentials alice = as_operator();
  const Answer nobodys =
      post("/v1/certificates", {{"csr", csr("db.svc.test")}, {"profile", "service"}}, alice);
  EXPECT_EQ(nobodys.status, 400);
  EXPECT_EQ(nobodys.body["error"]["details"][0]["location"], "/identity");
  const Answer own =
      post("/v1/certificates", {{"csr", csr("alice.ops.test")}, {"profile", "operator"}}, alice);
  EXPECT_EQ(own.body["data"]["identity"], "alice") << own.body;
}

TEST_F(IssuanceTest, AnOperatorIssuesForAnyIdentityWithinTheProfile) {
  const Credentials alice = as_operator();
  const Answer answer =
      post("/v1/certificates", {{"csr", csr("db.svc.test")}, {"profile", "service"}, {"identity", "db-01"}},
           alice);
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.body["data"]["identity"], "db-01");
  EXPECT_EQ(answer.response.caller, "alice");
  const Answer denied =
      post("/v1/certificates", {{"csr", csr("evil.example")}, {"profile", "service"}, {"identity", "db-01"}},
           alice);
  EXPECT_EQ(denied.status, 403);
  ASSERT_FALSE(denied.rules().empty());
  bool cites_the_profile = false;
  for (const json& detail : denied.body["error"]["details"]) {
    cites_the_profile |=
        detail["location"].get<std::string>().starts_with("service.yaml:") && detail["value"] != "";
  }
  EXPECT_TRUE(cites_the_profile) << denied.body;
  EXPECT_EQ(post("/v1/certificates", {{"csr", csr("db.svc.test")}}, alice).rules(),
            std::vector<std::string>{"json.missing"});
  EXPECT_EQ(post("/v1/certificates",
                 {{"csr", csr("db.svc.test")}, {"profile", "none"}, {"identity", "db-01"}}, alice)
                .status,
            404);
}

TEST_F(IssuanceTest, BadRequestsAreRefusedAndChangeNothing) {
  const Credentials alice = as_operator();
  const std::size_t before = audit_entries();
  const std::string good = csr("db.svc.test");
  std::string flipped = good;
  flipped[60] = flipped[60] == 'A' ? 'B' : 'A';
  const std::string relabelled = test::make_root().certificate.to_pem();
  for (const std::string& bad : {std::string("no PEM"), flipped, relabelled, good + good}) {
    const Answer answer =
        post("/v1/certificates", {{"csr", bad}, {"profile", "service"}, {"identity", "db-01"}}, alice);
    EXPECT_EQ(answer.status, 400) << bad;
    EXPECT_EQ(answer.body["error"]["details"][0]["location"], "/csr");
  }
  EXPECT_EQ(
      post("/v1/certificates",
           {{"csr", std::string(24 * 1024 + 1, 'A')}, {"profile", "service"}, {"identity", "db-01"}}, alice)
          .status,
      400);
  EXPECT_EQ(audit_entries(), before);
}

TEST_F(IssuanceTest, JsonAbuseIsRefused) {
  const Credentials alice = as_operator();
  const auto status = [&](const std::string& body) {
    return send(http::Method::post, "/v1/certificates", body, alice).status;
  };
  for (const char* body :
       {"", "{", "[]", "null", R"({"csr":1,"profile":"service"})", R"({"csr":"a","csr":"b"})",
        R"({"csr":"a","profile":"service","surprise":true})", R"({"profile":"service"})"}) {
    EXPECT_EQ(status(body), 400) << body;
  }
  EXPECT_EQ(status("{\"csr\":" + std::string(100, '[') + std::string(100, ']') + "}"), 400);
  EXPECT_EQ(status(std::string(65537, ' ')), 413);
}

TEST_F(IssuanceTest, OnlyJsonBodiesAreTaken) {
  const Credentials alice = as_operator();
  const json body = {{"csr", csr("db.svc.test")}, {"profile", "service"}, {"identity", "db-01"}};
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"}) {
    EXPECT_EQ(post("/v1/certificates", body, alice, {{"content-type", type}}).status, 400) << type;
  }
  EXPECT_EQ(
      post("/v1/certificates", body, alice, {{"content-type", "application/json; charset=utf-8"}}).status,
      201);
}

TEST_F(IssuanceTest, AStoreThatCannotWriteIs503AndNothingIsIssued) {
  const Credentials alice = as_operator();
  store->fault = make_error(ErrorCode::unavailable, "the disk is full: make room", "sqlite 13 /secret/path");
  const Answer answer =
      post("/v1/certificates", {{"csr", csr("db.svc.test")}, {"profile", "service"}, {"identity", "db-01"}},
           alice);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.error_type(), "UnavailableError");
  EXPECT_EQ(answer.response.body.find("/secret/path"), std::string::npos);
  store->fault.reset();
  EXPECT_EQ(get("/v1/certificates?profile=service", alice).body["data"]["certificates"].size(), 0U);
}

class RenewalTest : public RestTest {
 protected:
  crypto::PrivateKey key = test::make_key();
  std::string pem = certificate("web-01", "service", "web.svc.test", key);
  Credentials own{.token = "", .certificate = pem};
  std::string path = "/v1/certificates/" + serial_of(pem) + "/renewal";
};

TEST_F(RenewalTest, LinksTheLineage) {
  clock.advance(Seconds(60 * 86400));
  const Answer answer = post(path, {{"csr", csr("web.svc.test")}}, own);
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.body["data"]["renewed_from"], serial_of(pem));
  EXPECT_EQ(answer.body["data"]["lineage"], serial_of(pem));
  EXPECT_EQ(answer.body["data"]["identity"], "web-01");
}

TEST_F(RenewalTest, DemandsAFreshKeyAndTheSameNames) {
  EXPECT_EQ(post(path, {{"csr", csr(key, "web.svc.test")}}, own).status, 409);
  EXPECT_EQ(post(path, {{"csr", csr("other.svc.test")}}, own).status, 403);
}

TEST_F(RenewalTest, IsForTheVeryCertificateOfTheConnection) {
  EXPECT_EQ(post(path, {{"csr", csr("web.svc.test")}}, as_service("web-02", "two.svc.test")).status, 403);
  EXPECT_EQ(post(path, {{"csr", csr("web.svc.test")}}, as_operator()).status, 403);
  EXPECT_EQ(post(path, {{"csr", csr("web.svc.test")}}).status, 401);
  const Credentials with_token{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
  EXPECT_EQ(post(path, {{"csr", csr("web.svc.test")}}, with_token).status, 403);
}

TEST_F(RenewalTest, AnExpiredOrRevokedCertificateCannotRenew) {
  EXPECT_EQ(
      post("/v1/certificates/" + serial_of(pem) + "/revocation", {{"reason", "keyCompromise"}}, own).status,
      200);
  EXPECT_EQ(post(path, {{"csr", csr("web.svc.test")}}, own).status, 401);
}

}  // namespace
}  // namespace chancery::rest
