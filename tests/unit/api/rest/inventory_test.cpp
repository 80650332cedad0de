#include <set>

#include "tests/unit/api/rest/rest_fixture.h"

namespace chancery::rest {
namespace {

class InventoryTest : public RestTest {
 protected:
  std::vector<std::string> serials(const std::string& query) {
    const Answer answer = get("/v1/certificates" + query, alice);
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::vector<std::string> list;
    for (const json& certificate : answer.body["data"]["certificates"]) list.push_back(certificate["serial"]);
    return list;
  }
  Credentials alice = as_operator();
};

TEST_F(InventoryTest, FiltersByEachField) {
  const std::string web = serial_of(certificate("web-01", "service", "web.svc.test"));
  clock.advance(Seconds(86400));
  const std::string db = serial_of(certificate("db-01", "service", "db.svc.test"));
  EXPECT_EQ(serials("?profile=service"), (std::vector<std::string>{db, web}));
  EXPECT_EQ(serials("?identity=web-01"), std::vector<std::string>{web});
  EXPECT_EQ(serials("?name=dns:db.svc.test"), std::vector<std::string>{db});
  EXPECT_EQ(serials("?profile=service&expires_before=2027-02-20T12:00:00Z"), std::vector<std::string>{web});
  EXPECT_EQ(serials("?profile=service&expires_after=2027-02-20T12:00:00Z"), std::vector<std::string>{db});
  EXPECT_EQ(serials("?status=revoked"), std::vector<std::string>{});
  post("/v1/certificates/" + web + "/revocation", {{"reason", "superseded"}}, alice);
  EXPECT_EQ(serials("?status=revoked"), std::vector<std::string>{web});
}

TEST_F(InventoryTest, PagesReachEveryRowOnce) {
  std::set<std::string> expected;
  for (int i = 0; i < 5; ++i) {
    expected.insert(serial_of(certificate("web-01", "service", "w" + std::to_string(i) + ".svc.test")));
  }
  std::set<std::string> seen;
  std::string cursor;
  for (int page = 0; page < 3; ++page) {
    const Answer answer =
        get("/v1/certificates?profile=service&limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor), alice);
    ASSERT_EQ(answer.status, 200) << answer.body;
    for (const json& certificate : answer.body["data"]["certificates"]) {
      EXPECT_TRUE(seen.insert(certificate["serial"]).second);
    }
    const json& next = answer.body["meta"]["next_cursor"];
    ASSERT_EQ(next.is_null(), page == 2) << answer.body["meta"];
    if (!next.is_null()) cursor = next;
  }
  EXPECT_EQ(seen, expected);
}

class BadQuery : public InventoryTest, public testing::WithParamInterface<std::string> {};

TEST_P(BadQuery, Is400) {
  const Answer answer = get("/v1/certificates?" + GetParam(), alice);
  EXPECT_EQ(answer.status, 400) << answer.body;
}

INSTANTIATE_TEST_SUITE_P(Queries, BadQuery,
                         testing::Values("limit=0", "limit=1001", "limit=-1", "limit=ten", "limit=1x",
                                         "limit=", "limit=99999999999999999999", "status=lost",
                                         "status=", "expires_before=tomorrow",
                                         "expires_after=2026-02-30T00:00:00Z", "cursor=", "cursor=forged",
                                         "surprise=1", "identity=", "identity=" + std::string(129, 'a'),
                                         "cursor=" + std::string(513, 'a')));

TEST_F(InventoryTest, TheLimitItselfIsTaken) {
  EXPECT_EQ(get("/v1/certificates?limit=1000", alice).status, 200);
  EXPECT_EQ(get("/v1/certificates?limit=1", alice).status, 200);
  EXPECT_EQ(get("/v1/certificates?identity=" + std::string(128, 'a'), alice).status, 200);
}

TEST_F(InventoryTest, AnIdentitySeesItsOwnCertificatesOnly) {
  const Credentials web = as_service("web-01", "web.svc.test");
  const std::string own = serial_of(web.certificate);
  const std::string other = serial_of(certificate("db-01", "service", "db.svc.test"));
  EXPECT_EQ(get("/v1/certificates/" + own, web).body["data"]["serial"], own);
  EXPECT_EQ(get("/v1/certificates/" + other, web).status, 403);
  EXPECT_EQ(get("/v1/certificates/" + other, alice).status, 200);
  EXPECT_EQ(get("/v1/certificates/01ffffffffffffffffffffffffffffffff", alice).status, 404);
}

TEST_F(InventoryTest, SerialsAreHexadecimal) {
  for (const char* serial : {"xyz", "0", "explain", "0102030405060708090a0b0c0d0e0f101112131415"}) {
    EXPECT_EQ(get(std::string("/v1/certificates/") + serial, alice).status, 400) << serial;
  }
}

TEST_F(InventoryTest, ExpiryCountsAreCumulative) {
  certificate("web-01", "service", "web.svc.test");
  const Answer answer = get("/v1/expiry", alice);
  ASSERT_EQ(answer.status, 200);
  json counts;
  for (const json& bucket : answer.body["data"]["buckets"])
    counts[bucket["within"].get<std::string>()] = bucket["count"];
  // The operator's own for seven days, the service's for ninety.
  EXPECT_EQ(counts, (json{{"1h", 0}, {"1d", 0}, {"7d", 1}, {"14d", 1}, {"30d", 1}, {"60d", 1}, {"90d", 2}}));
}

class RevocationTest : public InventoryTest {};

TEST_F(RevocationTest, RecordsTimeAndReason) {
  const std::string serial = serial_of(certificate("web-01", "service", "web.svc.test"));
  clock.advance(Seconds(60));
  const Answer answer =
      post("/v1/certificates/" + serial + "/revocation", {{"reason", "keyCompromise"}}, alice);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body["data"], (json{{"serial", serial},
                                       {"status", "revoked"},
                                       {"revoked_at", "2026-11-22T00:01:00Z"},
                                       {"reason", "keyCompromise"},
                                       {"serials", {serial}},
                                       {"descendants", json::array()}}));
  EXPECT_EQ(get("/v1/certificates/" + serial, alice).body["data"]["status"], "revoked");
}

TEST_F(RevocationTest, TakesEachReasonOfferedAndNoOther) {
  for (const char* reason : {"unspecified", "keyCompromise", "cACompromise", "affiliationChanged",
                             "superseded", "cessationOfOperation", "privilegeWithdrawn", "aACompromise"}) {
    const std::string serial = serial_of(certificate("web-01", "service", "web.svc.test"));
    const Answer answer = post("/v1/certificates/" + serial + "/revocation", {{"reason", reason}}, alice);
    EXPECT_EQ(answer.status, 200) << reason;
    EXPECT_EQ(answer.body["data"]["reason"], reason);
  }
  const std::string serial = serial_of(certificate("web-01", "service", "web.svc.test"));
  for (const char* reason : {"certificateHold", "removeFromCRL", "keycompromise", "1", "bored"}) {
    EXPECT_EQ(post("/v1/certificates/" + serial + "/revocation", {{"reason", reason}}, alice).status, 400)
        << reason;
  }
  EXPECT_EQ(get("/v1/certificates/" + serial, alice).body["data"]["status"], "valid");
}

TEST_F(RevocationTest, IsForOperatorsAndTheOwner) {
  const Credentials web = as_service("web-01", "web.svc.test");
  const Credentials db = as_service("db-01", "db.svc.test");
  const std::string path = "/v1/certificates/" + serial_of(web.certificate) + "/revocation";
  EXPECT_EQ(post(path, json::object(), db).status, 403);
  EXPECT_EQ(post(path, json::object(), web).status, 200);
  EXPECT_EQ(post(path, json::object(), alice).status, 409);
  EXPECT_EQ(
      post("/v1/certificates/01ffffffffffffffffffffffffffffffff/revocation", json::object(), alice).status,
      404);
}

class EnrollmentTest : public InventoryTest {};

TEST_F(EnrollmentTest, GivesATokenThatWorks) {
  const Answer answer = post("/v1/enrollments",
                             {{"identity", "web-01"},
                              {"profile", "service"},
                              {"names", {"dns:web.svc.test"}},
                              {"uses", 2},
                              {"lifetime", "15m"}},
                             alice);
  ASSERT_EQ(answer.status, 201) << answer.body;
  const json& data = answer.body["data"];
  EXPECT_EQ(data["identity"], "web-01");
  EXPECT_EQ(data["profile"], "service");
  EXPECT_EQ(data["names"], json::array({"dns:web.svc.test"}));
  EXPECT_EQ(data["uses"], 2);
  EXPECT_EQ(data["expires_at"], "2026-11-22T00:15:00Z");
  const Credentials with_token{.token = data["token"], .certificate = ""};
  EXPECT_EQ(post("/v1/certificates", {{"csr", csr("web.svc.test")}}, with_token).status, 201);
}

TEST_F(EnrollmentTest, TakesAHundredNamesOf512Octets) {
  authority->replace_profiles(std::make_shared<const policy::ProfileSet>(std::vector{
      test::must(policy::parse_profile("name: wide\nlifetime: 90d\nrenew_after: 60d\n"
                                       "keys: [{algorithm: P-256}]\nextended_key_usage: [clientAuth]\n"
                                       "names: {max: 100, uri: [\"spiffe://a.test/*\"]}\n",
                                       "wide.yaml")),
      test::must(policy::parse_profile(test::operator_yaml, "operator.yaml"))}));
  const auto enrolled = [&](std::size_t count, std::size_t octets) {
    json names = json::array();
    for (std::size_t i = 0; i < count; ++i) {
      std::string name = "uri:spiffe://a.test/" + std::to_string(1000 + i);
      names.push_back(name.append(octets - name.size(), 'x'));
    }
    return post("/v1/enrollments", {{"identity", "web-01"}, {"profile", "wide"}, {"names", names}}, alice);
  };
  EXPECT_EQ(enrolled(100, 512).status, 201) << enrolled(100, 512).body;
  EXPECT_EQ(enrolled(101, 64).status, 400);
  EXPECT_EQ(enrolled(1, 513).status, 400);
}

TEST_F(EnrollmentTest, RefusesMoreNamesThanTheProfileAllowsWithTheRule) {
  const auto enrolled = [&](json names) {
    return post("/v1/enrollments",
                {{"identity", "web-01"}, {"profile", "service"}, {"names", std::move(names)}}, alice);
  };
  EXPECT_EQ(enrolled({"dns:a.svc.test", "dns:b.svc.test", "dns:c.svc.test"}).status, 201);
  const Answer refused = enrolled({"dns:a.svc.test", "dns:b.svc.test", "dns:c.svc.test", "dns:d.svc.test"});
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.rules(), std::vector<std::string>{"names.max"});
  EXPECT_NE(refused.message().find("service.yaml:5:"), std::string::npos) << refused.message();
}

TEST_F(EnrollmentTest, ChecksEachMember) {
  const json good = {{"identity", "web-01"}, {"profile", "service"}, {"names", {"dns:web.svc.test"}}};
  EXPECT_EQ(post("/v1/enrollments", good, alice).status, 201);
  const auto with = [&](const char* key, const json& value) {
    json body = good;
    body[key] = value;
    return post("/v1/enrollments", body, alice).status;
  };
  EXPECT_EQ(with("uses", 1000), 201);
  EXPECT_EQ(with("uses", 1001), 400);
  EXPECT_EQ(with("uses", 0), 400);
  EXPECT_EQ(with("lifetime", "7d"), 201);
  EXPECT_EQ(with("lifetime", "8d"), 400);
  EXPECT_EQ(with("lifetime", "59s"), 400);
  EXPECT_EQ(with("lifetime", "soon"), 400);
  EXPECT_EQ(with("names", json::array()), 400);
  EXPECT_EQ(with("names", json::array({"web.svc.test"})), 400);
  EXPECT_EQ(with("names", json::array({"dns:a..b"})), 400);
  EXPECT_EQ(with("identity", "has space"), 400);
  EXPECT_EQ(with("identity", std::string(129, 'a')), 400);
  EXPECT_EQ(with("profile", "nope"), 404);
  EXPECT_EQ(with("surprise", 1), 400);
}

}  // namespace
}  // namespace chancery::rest
