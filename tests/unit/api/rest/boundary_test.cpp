// Everything that the OpenAPI document says of what is sent, wrong in turn: each member of each body, each
// parameter of each query, each header, at its limit and one past it. A new operation is tried by itself;
// only what a good body of it is has to be added to bodies().
#include "api/rest/openapi_document.h"
#include "tests/unit/api/rest/rest_fixture.h"

namespace chancery::rest {
namespace {

// A wrong value, and the rule that refuses it.
struct Wrong {
  json value;
  std::string rule;
};

class BoundaryTest : public RestTest {
 protected:
  // "METHOD" and path of every operation with its description.
  template <typename Try>
  void each_operation(const char* method, const Try& attempt) {
    const json document = json::parse(openapi_document());
    for (const auto& [path, operations] : document["paths"].items()) {
      if (!operations.contains(method)) continue;
      SCOPED_TRACE(std::string(method) + " " + path);
      attempt(path, operations[method]);
    }
  }

  static json schema_of(const json& operation) {
    return operation["requestBody"]["content"]["application/json"]["schema"];
  }

  // What each operation takes, and who may call it; `{...}` filled in.
  struct Good {
    std::string path;
    json body;
    Credentials caller;
  };
  Good good(const std::string& path) {
    const json issuing = {{"csr", csr("db.svc.test")}, {"profile", "service"}, {"identity", "db-01"}};
    const std::map<std::string, Good> all{
        {"/v1/enrollments",
         {path,
          {{"identity", "w"},
           {"profile", "service"},
           {"names", {"dns:w.svc.test"}},
           {"uses", 1},
           {"lifetime", "1h"}},
          alice}},
        {"/v1/enrollments/{id}/withdrawal",
         {"/v1/enrollments/" + enrolled + "/withdrawal", json::object(), alice}},
        {"/v1/certificates", {path, issuing, alice}},
        {"/v1/certificates/explain", {path, issuing, alice}},
        {"/v1/certificates/{serial}/renewal", {own + "/renewal", {{"csr", csr("web.svc.test")}}, host}},
        {"/v1/certificates/{serial}/revocation",
         {own + "/revocation", {{"reason", "superseded"}, {"scope", "lineage"}}, alice}},
        {"/v1/requests/{id}/approval", {waiting + "/approval", json::object(), bob}},
        {"/v1/requests/{id}/rejection", {waiting + "/rejection", {{"reason", "not ordered"}}, bob}},
        {"/v1/requests/{id}/cancellation", {waiting + "/cancellation", json::object(), alice}}};
    EXPECT_TRUE(all.contains(path)) << "what does a good body of " << path << " look like?";
    return all.at(path);
  }

  Answer send_text(const Good& to, const std::string& body,
                   const std::vector<std::pair<std::string, std::string>>& headers = {}) {
    return send(http::Method::post, to.path, body, to.caller, headers);
  }

  // That the first fault is this one, there, and that nothing has changed.
  void expect_refused(const Answer& answer, const std::string& rule, const std::string& place) {
    ASSERT_EQ(answer.status, 400) << answer.body;
    const json& details = answer.body["error"]["details"];
    ASSERT_FALSE(details.empty()) << answer.body;
    EXPECT_EQ(details[0]["rule"], rule) << answer.body;
    EXPECT_EQ(details[0]["location"].get<std::string>().substr(0, place.size()), place) << answer.body;
    EXPECT_EQ(audit_entries(), before);
  }

  static std::vector<Wrong> wrong_strings(const json& schema) {
    std::vector<Wrong> list{{42, "json.type"},
                            {true, "json.type"},
                            {nullptr, "json.type"},
                            {json::array(), "json.type"},
                            {json::object(), "json.type"},
                            {"", "json.length"}};
    list.push_back({std::string("a\0b", 3), "json.nul"});
    EXPECT_TRUE(schema.contains("maxLength") || schema.contains("enum")) << schema << " has no limit";
    if (schema.contains("maxLength"))
      list.push_back({std::string(schema["maxLength"].get<std::size_t>() + 1, 'x'), "json.length"});
    return list;
  }

  static std::vector<Wrong> wrong_values(const json& schema) {
    if (schema.value("type", "") == "integer") {
      return {{"1", "json.type"},
              {1.5, "json.type"},
              {true, "json.type"},
              {nullptr, "json.type"},
              {schema["minimum"].get<int>() - 1, "json.range"},
              {schema["maximum"].get<int>() + 1, "json.range"}};
    }
    if (schema.value("type", "") == "array") {
      std::vector<Wrong> list{{"x", "json.type"},
                              {json::object(), "json.type"},
                              {nullptr, "json.type"},
                              {json::array(), "json.length"}};
      list.push_back({json(schema["maxItems"].get<std::size_t>() + 1, "dns:w.svc.test"), "json.length"});
      for (const Wrong& entry : wrong_strings(schema["items"]))
        list.push_back({json::array({"dns:w.svc.test", entry.value}), entry.rule});
      return list;
    }
    return wrong_strings(schema);
  }

  Credentials alice = as_operator(), bob = as_operator("bob"), host = as_service();
  std::string own = "/v1/certificates/" + serial_of(host.certificate);
  std::string enrolled = to_hex(authority::token_hash(token("w", "service", {"w.svc.test"})));
  std::string waiting =
      "/v1/requests/" +
      post("/v1/certificates", {{"csr", csr("g.svc.test")}, {"profile", "guarded"}, {"identity", "g"}}, alice)
          .body["data"]["id"]
          .get<std::string>();
  std::size_t before = audit_entries();
};

TEST_F(BoundaryTest, EachMemberOfEachBodyWrongInTurn) {
  each_operation("post", [&](const std::string& path, const json& operation) {
    const Good to = good(path);
    for (const auto& [name, schema] : schema_of(operation)["properties"].items()) {
      for (const Wrong& wrong : wrong_values(schema)) {
        json body = to.body;
        body[name] = wrong.value;
        SCOPED_TRACE(body.dump().substr(0, 300));
        expect_refused(send_text(to, body.dump()), wrong.rule, "/" + name);
      }
    }
  });
}

TEST_F(BoundaryTest, EachMemberAtItsLimitIsNotTooLong) {
  each_operation("post", [&](const std::string& path, const json& operation) {
    const Good to = good(path);
    for (const auto& [name, schema] : schema_of(operation)["properties"].items()) {
      if (!schema.contains("maxLength") || path.ends_with("/rejection")) continue;  // which would be taken
      json body = to.body;
      body[name] = std::string(schema["maxLength"].get<std::size_t>(), 'x');
      const Answer answer = send_text(to, body.dump());
      EXPECT_EQ(answer.response.body.find("json.length"), std::string::npos) << answer.body;
    }
  });
}

TEST_F(BoundaryTest, EachRequiredMemberMissing) {
  each_operation("post", [&](const std::string& path, const json& operation) {
    const Good to = good(path);
    for (const std::string name : schema_of(operation)["required"]) {
      json body = to.body;
      body.erase(name);
      expect_refused(send_text(to, body.dump()), "json.missing", "/" + name);
    }
  });
}

TEST_F(BoundaryTest, WholeBodiesThatAreWrong) {
  each_operation("post", [&](const std::string& path, const json& operation) {
    const Good to = good(path);
    const std::string text = to.body.dump(), inside = text.substr(1, text.size() - 2);
    const std::string comma = inside.empty() ? "" : ",";
    EXPECT_EQ(schema_of(operation)["additionalProperties"], false);
    expect_refused(send_text(to, "{" + inside + comma + R"("surprise":1})"), "json.unknown", "/surprise");
    expect_refused(send_text(to, "{" + inside + comma + R"("a":1,"a":1})"), "json.duplicate", "");
    if (!to.body.empty()) {
      expect_refused(send_text(to, "{" + inside + ",\"" + to.body.begin().key() + "\":\"x\"}"),
                     "json.duplicate", "");
    }
    for (const std::string& bad : {std::string(), std::string(" "), std::string("csr=x"), text + text,
                                   text.substr(0, text.size() - 1), std::string("\xff")})
      expect_refused(send_text(to, bad), "json.syntax", "");
    for (const std::string& bad :
         {"[" + text + "]", std::string("null"), std::string("1"), std::string("\"{}\"")})
      expect_refused(send_text(to, bad), "json.type", "");
    EXPECT_EQ(send_text(to, text, {{"content-type", "text/plain"}}).status, 400);
    EXPECT_EQ(send_text(to, text, {{"content-type", ""}}).status, 400);
    EXPECT_EQ(audit_entries(), before);
  });
}

TEST_F(BoundaryTest, MethodsThatAPathHasNot) {
  const json document = json::parse(openapi_document());
  for (const Route& route : routes()) {
    const std::string path(route.pattern);
    for (const http::Method method : {http::Method::put, http::Method::patch, http::Method::delete_,
                                      http::Method::options, http::Method::other}) {
      EXPECT_EQ(send(method, path, "{}", alice).status, 405) << path;
    }
    if (!document["paths"][path].contains("get")) {
      const int status = get(path, alice).status;
      EXPECT_EQ(status, path == "/v1/certificates/explain" ? 400 : 405)
          << path;  // "explain" is no serial number
    }
  }
  EXPECT_EQ(audit_entries(), before);
}

// The parameters of a query by their schemas.
class QueryBoundaryTest : public BoundaryTest {
 protected:
  static std::vector<std::string> wrong_texts(const json& schema) {
    std::vector<std::string> list{""};
    const auto add = [&](std::initializer_list<const char*> more) {
      list.insert(list.end(), more.begin(), more.end());
    };
    if (schema.contains("maxLength")) {
      list.emplace_back(schema["maxLength"].get<std::size_t>() + 1, 'x');
    } else if (schema.contains("enum")) {
      add({"nope", "0", "True", "Valid", "PENDING", "valid,revoked"});
    } else if (schema.value("format", "") == "date-time") {
      add({"soon", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00+01:00",
           "2026-01-01T24:00:00Z", "-1"});
    } else {
      add({"-1", "x", "1.5", "0x10", " 1", "1e2", "99999999999999999999"});
      list.push_back(std::to_string(schema["minimum"].get<int>() - 1));
      list.push_back(std::to_string(schema["maximum"].get<int>() + 1));
    }
    return list;
  }

  std::string filled(std::string path) const {
    const std::size_t brace = path.find("{serial}");
    return brace == std::string::npos ? path : path.replace(brace, 8, serial_of(host.certificate));
  }
  template <typename Try>
  void each_parameter(const Try& attempt) {
    each_operation("get", [&](const std::string& path, const json& operation) {
      for (const json& parameter : operation.value("parameters", json::array())) {
        if (parameter["in"] == "query") attempt(filled(path) + "?", parameter["name"], parameter["schema"]);
      }
    });
  }
};

TEST_F(QueryBoundaryTest, EachParameterWrongInTurn) {
  int tried = 0;
  each_parameter([&](const std::string& path, const std::string& name, const json& schema) {
    for (const std::string& text : wrong_texts(schema))
      expect_refused(get(path + name + "=" + text, alice), "query.value", name);
    expect_refused(get(path + name + "x=1", alice), "query.unknown", name);
    ++tried;
  });
  EXPECT_GE(tried, 19);
}

TEST_F(QueryBoundaryTest, EachParameterAtItsLimit) {
  each_parameter([&](const std::string& path, const std::string& name, const json& schema) {
    std::vector<std::string> texts;
    if (schema.contains("minimum"))
      texts = {std::to_string(schema["minimum"].get<int>()), std::to_string(schema["maximum"].get<int>())};
    if (schema.contains("maxLength") && name != "cursor")  // which only an answer gives
      texts = {"x", std::string(schema["maxLength"].get<std::size_t>(), 'x')};
    for (const json& value : schema.value("enum", json::array())) texts.push_back(value);
    for (const std::string& text : texts)
      EXPECT_EQ(get(path + name + "=" + text, alice).status, 200) << path << name;
  });
}

TEST_F(QueryBoundaryTest, EachParameterGivenTwice) {
  each_parameter([&](const std::string& path, const std::string& name, const json&) {
    std::string query = path;
    query.append(name).append("=1&").append(name).append("=1");
    expect_refused(get(query, alice), "query.repeated", name);
  });
}

TEST_F(BoundaryTest, NoChangeTakesAQuery) {
  int tried = 0;
  each_operation("post", [&](const std::string& path, const json&) {
    Good asked = good(path);
    asked.path += "?scope=lineage";
    expect_refused(send_text(asked, asked.body.dump()), "query.unknown", "scope");
    ++tried;
  });
  EXPECT_GE(tried, 9);
}

TEST_F(BoundaryTest, TheIdempotencyKeyOfEachOperationThatTakesOne) {
  int tried = 0;
  each_operation("post", [&](const std::string& path, const json& operation) {
    for (const json& parameter : operation.value("parameters", json::array())) {
      if (parameter["name"] != "Idempotency-Key") continue;
      const std::size_t limit = parameter["schema"]["maxLength"];
      for (const std::string& bad : {std::string(limit + 1, 'k'), std::string("two words"),
                                     std::string("k\x7f"), std::string("sch\xc3\xb6n")})
        EXPECT_EQ(send_text(good(path), good(path).body.dump(), {{"idempotency-key", bad}}).status, 400)
            << bad;
      EXPECT_EQ(audit_entries(), before);
      EXPECT_LT(send_text(good(path), good(path).body.dump(), {{"idempotency-key", std::string(limit, 'k')}})
                    .status,
                300);
      before = audit_entries();
      ++tried;
    }
  });
  EXPECT_GE(tried, 2);
}

TEST_F(BoundaryTest, WhatStandsInAPathAndIsNone) {
  struct Row {
    const char* path;
    int status;
  };
  for (const auto& [path, status] : std::vector<Row>{{"/v1/certificates/0x01", 400},
                                                     {"/v1/certificates/zz/lineage", 400},
                                                     {"/v1/certificates/00/lineage", 400},
                                                     {"/v1/requests/1", 404},
                                                     {"/v1/requests/0123456789ABCDEF0123456789ABCDEF", 404},
                                                     {"/v1/requests/0123456789abcdef0123456789abcdef0", 404},
                                                     {"/v1/log/tile/9/000", 400},
                                                     {"/v1/log/tile/0/1000", 400},
                                                     {"/v1/log/tile/0/000.p/256", 400},
                                                     {"/v1/log/tile/0/000.p/01", 400},
                                                     {"/v1/log/tile/entries/x000/000", 400},
                                                     {"/v1/log/tile/entries/000.p/-1", 400},
                                                     {"/v1/log/tile", 404},
                                                     {"/v1/log", 404},
                                                     {"/v1/requests/", 404}}) {
    EXPECT_EQ(get(path, alice).status, status) << path;
  }
  for (const auto& [path, status] : std::vector<Row>{{"/v1/certificates/zz/renewal", 400},
                                                     {"/v1/certificates/zz/revocation", 400},
                                                     {"/v1/requests/zz/approval", 404},
                                                     {"/v1/requests/zz/rejection", 404},
                                                     {"/v1/requests/zz/cancellation", 404},
                                                     {"/v1/enrollments/zz/withdrawal", 404},
                                                     {"/v1/enrollments/0123/withdrawal", 404}}) {
    EXPECT_EQ(post(path, json::object(), std::string_view(path).ends_with("renewal") ? host : alice).status,
              status)
        << path;
  }
  EXPECT_EQ(audit_entries(), before);
}

}  // namespace
}  // namespace chancery::rest
