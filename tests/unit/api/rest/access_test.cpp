// Who may do what: every route against every kind of caller, and every way a credential can be wrong.
#include "api/http/limits.h"
#include "tests/unit/api/rest/rest_fixture.h"

namespace chancery::rest {
namespace {

class AccessTest : public RestTest {
 protected:
  static std::string path_of(const Route& route) {
    std::string path(route.pattern);
    const std::size_t brace = path.find('{');
    return brace == std::string::npos ? path : path.replace(brace, path.find('}') + 1 - brace, "01ab");
  }
  Answer call(const Route& route, const Credentials& credentials) {
    return send(route.method, path_of(route), route.method == http::Method::post ? "{}" : "", credentials);
  }
};

TEST_F(AccessTest, EveryRouteRefusesWhomItMust) {
  const Credentials nobody;
  const Credentials with_token{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
  const Credentials service_caller = as_service();
  const Credentials alice = as_operator();
  for (const Route& route : routes()) {
    SCOPED_TRACE(std::string(route.pattern));
    const auto refused = [&](const Credentials& credentials, int status) {
      EXPECT_EQ(call(route, credentials).status, status);
    };
    switch (route.access) {
      case Access::open:
        EXPECT_EQ(call(route, nobody).status, 200);
        break;
      case Access::requester:
        refused(nobody, 401);
        EXPECT_EQ(call(route, with_token).status,
                  route.pattern.find("{id}") == std::string_view::npos ? 400 : 404);
        break;
      case Access::certificate:
        refused(nobody, 401);
        refused(with_token, 403);
        EXPECT_NE(call(route, service_caller).status, 401);
        break;
      case Access::operator_:
        refused(nobody, 401);
        refused(with_token, 403);
        refused(service_caller, 403);
        EXPECT_NE(call(route, alice).status, 403);
        break;
    }
  }
}

TEST_F(AccessTest, AnUnknownTokenIs401OnEveryGuardedRoute) {
  for (const Route& route : routes()) {
    if (route.access == Access::open) continue;
    EXPECT_EQ(call(route, {.token = "chet_guess", .certificate = ""}).status, 401) << route.pattern;
  }
}

TEST_F(AccessTest, AnExpiredTokenIs401) {
  const Credentials with_token{.token = token("web-01", "service", {"web.svc.test"}, 1, Seconds(60)),
                               .certificate = ""};
  clock.advance(Seconds(59));
  EXPECT_EQ(post("/v1/certificates/explain", {{"csr", csr("web.svc.test")}}, with_token).status, 200);
  clock.advance(Seconds(1));
  const Answer answer = post("/v1/certificates", {{"csr", csr("web.svc.test")}}, with_token);
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.rules(), std::vector<std::string>{"token.expired"});
}

TEST_F(AccessTest, UnknownPathsAndMethodsAreAnsweredInTheEnvelope) {
  EXPECT_EQ(get("/v2/certificates").status, 404);
  EXPECT_EQ(get("/v2/certificates").error_type(), "NotFoundError");
  const Answer wrong_method = send(http::Method::delete_, "/v1/certificates");
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.response.headers.front(),
            (std::pair<std::string, std::string>{"Allow", "POST, GET, HEAD"}));
}

TEST_F(AccessTest, HeadIsTakenWhereGetIs) {
  EXPECT_EQ(send(http::Method::head, "/v1/ca/roots").status, 200);
}

TEST_F(AccessTest, HeadersAreLimited) {
  const auto with = [&](const std::string& name, std::size_t size) {
    return send(http::Method::get, "/v1/expiry", "", {}, {{name, std::string(size, 'A')}}).status;
  };
  EXPECT_EQ(with("authorization", http::limits::authorization_bytes), 401);
  EXPECT_EQ(with("authorization", http::limits::authorization_bytes + 1), 400);
  EXPECT_EQ(with("x-chancery-client-certificate", http::limits::client_certificate_bytes), 401);
  EXPECT_EQ(with("x-chancery-client-certificate", http::limits::client_certificate_bytes + 1), 400);
}

TEST_F(AccessTest, QueriesAreLimited) {
  const Credentials alice = as_operator();
  const auto many = [](std::size_t count) {
    std::string query = "/v1/expiry?";
    for (std::size_t i = 0; i < count; ++i) query += "p" + std::to_string(i + 1) + "=1&";
    return query;
  };
  EXPECT_EQ(get(many(http::limits::query_parameters), alice).status, 200);
  EXPECT_EQ(get(many(http::limits::query_parameters + 1), alice).status, 400);
  const Answer twice = get("/v1/certificates?limit=1&status=valid&limit=1", alice);
  EXPECT_EQ(twice.status, 400);
  EXPECT_EQ(twice.rules(), std::vector<std::string>{"query.repeated"});
}

TEST_F(AccessTest, BodiesAreLimited) {
  const auto status = [&](std::size_t size) {
    return send(http::Method::post, "/v1/certificates", std::string(size, ' '), as_operator()).status;
  };
  EXPECT_EQ(status(http::limits::body_bytes), 400);  // white space is no JSON, but not too large either
  EXPECT_EQ(status(http::limits::body_bytes + 1), 413);
}

TEST_F(AccessTest, ABadCertificateIsNotRescuedByAnything) {
  EXPECT_EQ(get("/v1/expiry", {.token = "", .certificate = "garbage"}).status, 401);
  const Answer undecodable =
      send(http::Method::get, "/v1/expiry", "", {}, {{"x-chancery-client-certificate", "%zz"}});
  EXPECT_EQ(undecodable.status, 401);
}

}  // namespace
}  // namespace chancery::rest
