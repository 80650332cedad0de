#include "ca/audit/log.h"

#include "ca/merkle/tiles.h"
#include "tests/unit/api/rest/rest_fixture.h"

namespace chancery::rest {
namespace {

class LogRestTest : public RestTest {
 protected:
  // Checks the answer's proof against the log's key; the answer as a whole is `certificate`.
  void expect_proven(const json& certificate) {
    const json proof = certificate.at("log");
    const auto checkpoint = merkle::open_checkpoint(proof.at("checkpoint").get<std::string>(), log->key());
    ASSERT_TRUE(checkpoint) << checkpoint.error().message;
    EXPECT_EQ(checkpoint->size, proof.at("tree_size").get<std::int64_t>());
    const std::string entry = proof.at("entry");
    EXPECT_EQ(json::parse(entry).at("subject"), certificate.at("serial"));
    EXPECT_EQ(json::parse(entry).at("fields").at("fingerprint"), certificate.at("fingerprint"));
    std::vector<merkle::Hash> path;
    for (const json& text : proof.at("inclusion_path")) {
      const Bytes bytes = parse_base64(text.get<std::string>()).value();
      merkle::Hash hash{};
      std::copy_n(bytes.begin(), hash.size(), hash.begin());
      path.push_back(hash);
    }
    EXPECT_TRUE(merkle::verify_inclusion(proof.at("index"), checkpoint->size,
                                         merkle::hash_leaf(as_bytes(entry)), path, checkpoint->root));
  }
  json issue(const std::string& key = "") {
    const Credentials voucher{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
    std::vector<std::pair<std::string, std::string>> headers;
    if (!key.empty()) headers.emplace_back("idempotency-key", key);
    const Answer answer = post("/v1/certificates", {{"csr", csr("web.svc.test")}}, voucher, headers);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.body["data"];
  }
};

TEST_F(LogRestTest, EveryAnswerWithACertificateIsProven) {
  const json issued = issue();
  expect_proven(issued);
  const Answer got = get("/v1/certificates/" + issued["serial"].get<std::string>(), as_operator());
  expect_proven(got.body["data"]);
  const Credentials own{.token = "", .certificate = issued["certificate"]};
  const Answer renewed = post("/v1/certificates/" + issued["serial"].get<std::string>() + "/renewal",
                              {{"csr", csr("web.svc.test")}}, own);
  ASSERT_EQ(renewed.status, 201) << renewed.body;
  expect_proven(renewed.body["data"]);
}

TEST_F(LogRestTest, AReplayIsProvenAgain) {
  const Credentials voucher{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
  const json body{{"csr", csr("web.svc.test")}};
  const Answer first = post("/v1/certificates", body, voucher, {{"idempotency-key", "k"}});
  ASSERT_EQ(first.status, 201);
  const Answer second = post("/v1/certificates", body, voucher, {{"idempotency-key", "k"}});
  ASSERT_EQ(second.status, 201) << second.body;
  EXPECT_EQ(second.body["data"]["serial"], first.body["data"]["serial"]);
  EXPECT_EQ(second.body["data"]["log"]["index"], first.body["data"]["log"]["index"]);
  expect_proven(second.body["data"]);
}

TEST_F(LogRestTest, ListingsCarryNoProofs) {
  issue();
  const Answer listed = get("/v1/certificates", as_operator());
  EXPECT_FALSE(listed.body["data"]["certificates"][0].contains("log"));
}

TEST_F(LogRestTest, ServesCheckpointTilesAndEntries) {
  issue();
  const Credentials host = as_service();
  const Answer note = get("/v1/log/checkpoint", host);
  ASSERT_EQ(note.status, 200);
  EXPECT_EQ(note.response.content_type, "text/plain; charset=utf-8");
  const auto checkpoint = merkle::open_checkpoint(note.response.body, log->key());
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->size, static_cast<std::int64_t>(audit_entries()));
  const int width = static_cast<int>(checkpoint->size);
  const Answer tile = get("/v1/log/tile/0/000.p/" + std::to_string(width), host);
  ASSERT_EQ(tile.status, 200) << tile.body;
  EXPECT_EQ(tile.response.content_type, "application/octet-stream");
  ASSERT_EQ(tile.response.body.size(), 32U * checkpoint->size);
  const Answer bundle = get("/v1/log/tile/entries/000.p/" + std::to_string(width), as_operator());
  ASSERT_EQ(bundle.status, 200) << bundle.body;
  const auto entries = merkle::read_bundle(as_bytes(bundle.response.body), width);
  ASSERT_TRUE(entries);
  merkle::CompactTree tree;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const merkle::Hash hash = merkle::hash_leaf(as_bytes((*entries)[i]));
    EXPECT_TRUE(equal(as_bytes(tile.response.body).subspan(i * 32, 32), hash)) << i;
    tree.append(hash);
  }
  EXPECT_EQ(tree.root(), checkpoint->root);
}

TEST_F(LogRestTest, WhatIsNoTileIsRefused) {
  const Credentials host = as_service();
  for (const char* bad : {"0/0", "0/000.p/0", "0/000.p/256", "8/000", "00/000", "-1/000", "x/000",
                          "0/x000/001", "0/000/000", "0/%2e%2e", "63/000", "0/x001/x001/x001/001"}) {
    const Answer answer = get(std::string("/v1/log/tile/") + bad, host);
    EXPECT_TRUE(answer.status == 400 || answer.status == 404) << bad << " " << answer.status;
    EXPECT_NE(answer.status, 200);
  }
  EXPECT_EQ(get("/v1/log/tile/0/000", host).status, 404);  // not complete yet
  EXPECT_EQ(get("/v1/log/tile/entries/00", as_operator()).status, 400);
}

TEST_F(LogRestTest, TheKeyIsForEverybodyHashesForCertificatesEntriesForOperators) {
  EXPECT_EQ(get("/v1/log/key").response.body, log->key().vkey() + "\n");
  for (const char* path : {"/v1/log/checkpoint", "/v1/log/tile/0/000", "/v1/log/tile/entries/000"}) {
    EXPECT_EQ(get(path).status, 401) << path;
    const Credentials voucher{.token = token("web-01", "service", {"web.svc.test"}), .certificate = ""};
    EXPECT_EQ(get(path, voucher).status, 403) << path;
  }
  EXPECT_EQ(get("/v1/log/checkpoint", as_service()).status, 200);
  EXPECT_EQ(get("/v1/log/tile/entries/000.p/1", as_service("web-02", "web2.svc.test")).status, 403);
}

}  // namespace
}  // namespace chancery::rest
