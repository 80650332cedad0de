#include <set>

#include "api/rest/openapi_document.h"
#include "ca/base/file.h"
#include "tests/support/openapi.h"
#include "tests/unit/api/rest/rest_fixture.h"

namespace chancery::rest {
namespace {

class CaTest : public RestTest {};

TEST_F(CaTest, ServesRootsAndChainAsPem) {
  const Answer roots = get("/v1/ca/roots");
  EXPECT_EQ(roots.response.content_type, "application/x-pem-file");
  EXPECT_EQ(roots.response.body, root.certificate.to_pem());
  EXPECT_EQ(get("/v1/ca/chain").response.body, intermediate.certificate.to_pem());
}

TEST_F(CaTest, ServesTheOpenApiDocumentOfTheSourceTree) {
  const auto file = read_file(std::string(CHANCERY_SOURCE_DIR) + "/api/rest/openapi.json", 1 << 20);
  ASSERT_TRUE(file);
  EXPECT_EQ(json::parse(openapi_document()), json::parse(*file));
  EXPECT_EQ(get("/openapi.json").body["openapi"], "3.1.0");
}

TEST_F(CaTest, ServesMetrics) {
  const Credentials with_token{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
  EXPECT_EQ(post("/v1/certificates", {{"csr", csr("web.svc.test")}}, with_token).status, 201);
  const Answer answer = get("/metrics");
  EXPECT_EQ(answer.response.content_type, metrics::exposition_type);
  EXPECT_NE(
      answer.response.body.find(R"(chancery_certificates_issued_total{profile="service",result="issued"} 1)"),
      std::string::npos)
      << answer.response.body;
}

TEST_F(CaTest, IsHealthyWhenEverythingWorks) {
  const Answer answer = get("/health");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body["data"]["status"], "ok");
  std::vector<std::string> names;
  for (const json& check : answer.body["data"]["checks"]) {
    names.push_back(check["name"]);
    EXPECT_EQ(check["ok"], true);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"store", "signature", "issuer_expiry", "log", "clock", "roots",
                                             "policies"}));
}

TEST_F(CaTest, AReadOnlyStoreIsUnhealthy) {
  store->fault = make_error(ErrorCode::unavailable, "the database is read-only");
  const Answer answer = get("/health");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.rules(), std::vector<std::string>{"health.store"});
  EXPECT_EQ(answer.body["data"]["status"], "failing");
  EXPECT_EQ(answer.body["data"]["checks"][0]["ok"], false);
  EXPECT_EQ(answer.body["data"]["checks"][0]["message"], "the database is read-only");
}

TEST_F(CaTest, PolicyFilesWithFaultsDegradeAndAreOnlyCounted) {
  EXPECT_EQ(get("/health").body["data"]["status"], "ok");
  EXPECT_EQ(policies.reload(clock.now()), policy::ProfileSource::Outcome::refused);  // of the directory ""
  const Answer answer = get("/health");
  EXPECT_EQ(answer.status, 200);  // certificates are issued all the same
  EXPECT_EQ(answer.body["data"]["status"], "degraded");
  const json& check = answer.body["data"]["checks"].back();
  EXPECT_EQ(check["name"], "policies");
  EXPECT_EQ(check["ok"], false);
  const std::string message = check["message"];
  EXPECT_EQ(message.rfind("changed profiles have faults (1) and were not taken; 4 profiles are in force", 0),
            0U)
      << message;
  EXPECT_EQ(message.find(policies.state().fault->message), std::string::npos) << message;
  EXPECT_FALSE(check.contains("faults")) << check;
}

TEST_F(CaTest, AnExpiredIssuerIsUnhealthyToTheSecond) {
  clock.set(intermediate.certificate.validity().not_after());
  EXPECT_EQ(get("/health").status, 200);
  clock.advance(Seconds(1));
  EXPECT_EQ(get("/health").rules(), std::vector<std::string>{"health.issuer_expiry"});
}

TEST_F(CaTest, AnExpiredRootDegradesToTheSecond) {
  const auto old = test::must(x509::Certificate::parse_pem(as_operator().certificate));  // for seven days
  context->roots.push_back(old);
  clock.set(old.validity().not_after());
  EXPECT_EQ(get("/health").body["data"]["status"], "ok");
  clock.advance(Seconds(1));
  const Answer answer = get("/health");
  EXPECT_EQ(answer.status, 200);  // another root may be the issuer's
  EXPECT_EQ(answer.body["data"]["status"], "degraded");
  EXPECT_NE(answer.response.body.find("the root CN=alice.ops.test expired"), std::string::npos);
}

TEST_F(CaTest, AClockBeforeTheIssuerIsUnhealthy) {
  clock.set(intermediate.certificate.validity().not_before());
  EXPECT_EQ(get("/health").status, 200);
  clock.advance(Seconds(-1));
  EXPECT_EQ(get("/health").rules(), std::vector<std::string>{"health.clock"});
}

// The document against the routes, in both directions.
class OpenApiTest : public testing::Test {
 protected:
  static std::string lower(http::Method method) { return method == http::Method::get ? "get" : "post"; }
  json document = json::parse(openapi_document());
};

TEST_F(OpenApiTest, HasEveryRouteWithItsStatusesAndAccess) {
  for (const Route& route : routes()) {
    SCOPED_TRACE(std::string(route.pattern));
    const json operation = document["paths"][std::string(route.pattern)][lower(route.method)];
    ASSERT_TRUE(operation.is_object());
    std::set<std::string> expected{std::to_string(route.status)};
    for (const int status : common_errors()) expected.insert(std::to_string(status));
    for (const int status : route.others) expected.insert(std::to_string(status));
    std::set<std::string> documented;
    for (const auto& [status, response] : operation["responses"].items()) documented.insert(status);
    EXPECT_EQ(documented, expected);
    EXPECT_EQ(operation["security"].empty(), route.access == Access::open);
    const bool takes_token = operation["security"].dump().find("enrolmentToken") != std::string::npos;
    EXPECT_EQ(takes_token, route.access == Access::requester);
    EXPECT_EQ(operation.contains("requestBody"), route.method == http::Method::post);
  }
}

TEST_F(OpenApiTest, HasNoOperationThatIsNoRoute) {
  std::set<std::pair<std::string, std::string>> known;
  for (const Route& route : routes()) known.emplace(route.pattern, lower(route.method));
  std::set<std::string> ids;
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      EXPECT_TRUE(known.contains({path, method})) << method << " " << path;
      EXPECT_TRUE(ids.insert(operation["operationId"].get<std::string>()).second) << operation["operationId"];
    }
  }
}

void collect_references(const json& node, std::set<std::string>& references) {
  if (node.is_object() && node.contains("$ref")) references.insert(node["$ref"].get<std::string>());
  if (node.is_structured()) {
    for (const json& child : node) collect_references(child, references);
  }
}

TEST_F(OpenApiTest, EveryReferenceLeadsSomewhere) {
  std::set<std::string> references;
  collect_references(document, references);
  EXPECT_FALSE(references.empty());
  for (const std::string& reference : references) {
    ASSERT_TRUE(reference.starts_with("#"));
    EXPECT_TRUE(document.contains(json::json_pointer(reference.substr(1)))) << reference;
  }
}

// Every answer of these tests is held against the document (RestTest::send); here, that this would be seen.
class OpenApiAnswers : public RestTest {
 protected:
  std::string fault(const http::Response& response, const std::string& path = "/v1/certificates") {
    return test::OpenApi().fault(http::Method::post, path, response);
  }
  // The answer with this at a place of its body.
  std::string fault_with(const std::string& pointer, const json& value) {
    http::Response response = issued;
    json body = json::parse(response.body);
    body[json::json_pointer(pointer)] = value;
    response.body = body.dump();
    return fault(response);
  }
  http::Response issued =
      post("/v1/certificates", {{"csr", csr("db.svc.test")}, {"profile", "service"}, {"identity", "db-01"}},
           as_operator())
          .response;
};

TEST_F(OpenApiAnswers, AreRefusedForWhatTheDocumentDoesNotHave) {
  EXPECT_EQ(fault(issued), "");
  for (const auto& [pointer, value] : {std::pair<std::string, json>{"/surprise", 1},
                                       {"/data/surprise", 1},
                                       {"/data/log/surprise", 1},
                                       {"/data/serial", 7},
                                       {"/data/serial", "XY"},
                                       {"/data/names", "dns:db.svc.test"},
                                       {"/data/names/0", nullptr},
                                       {"/data/status", "lost"},
                                       {"/data/not_after", "soon"},
                                       {"/data/log/index", -1},
                                       {"/data/log/tree_size", 1.5},
                                       {"/data", nullptr},
                                       {"/error", "none"},
                                       {"/version", "v2"},
                                       {"/meta", json::object()}}) {
    EXPECT_NE(fault_with(pointer, value), "") << pointer;
  }
}

TEST_F(OpenApiAnswers, AreRefusedForStatusTypeAndHeaders) {
  http::Response response = issued;
  response.status = 418;
  EXPECT_EQ(fault(response), "the operation has no answer 418");
  response = issued;
  response.content_type = "text/plain";
  EXPECT_EQ(fault(response), "the answer has no content of type text/plain");
  response = issued;
  response.headers.emplace_back("Retry-After", "1");
  EXPECT_EQ(fault(response), "the header Retry-After is not documented");
  response.headers.clear();
  EXPECT_EQ(fault(response), "the header Location is missing");
  EXPECT_NE(fault(issued, "/v2/certificates"), "");
  EXPECT_NE(fault(issued, "/v1/expiry"), "");
}

}  // namespace
}  // namespace chancery::rest
