// Keys that must not be certified, asked for by REST: weak ones, known ones, somebody else's, compromised
// ones. Each is refused to everybody, explained with the same words, and leaves nothing behind.
#include "tests/support/testdata.h"
#include "tests/unit/api/rest/rest_fixture.h"

namespace chancery::rest {
namespace {

class KeyQualityTest : public RestTest {
 protected:
  KeyQualityTest()
      : RestTest(std::make_shared<const crypto::KeyBlocklist>(
            crypto::KeyBlocklist({crypto::sha256(lost_key().public_key().spki())}))) {
    std::vector<std::shared_ptr<const policy::Profile>> profiles = test::caller_profiles()->all();
    std::string rsa = test::service_yaml;
    rsa.replace(rsa.find("name: service"), 13, "name: rsa")
        .replace(rsa.find("P-256"), 5, "RSA, min_bits: 2048");
    profiles.push_back(test::must(policy::parse_profile(
        rsa.replace(rsa.find("\"*.svc.test\""), 12, "\"web.example\", \"*.svc.test\""), "rsa.yaml")));
    authority->replace_profiles(std::make_shared<const policy::ProfileSet>(std::move(profiles)));
  }

  static const crypto::PrivateKey& lost_key() {
    static const crypto::PrivateKey key = test::make_key();
    return key;
  }
  static json body(const std::string& pem, const std::string& profile,
                   const std::string& identity = "db-01") {
    return {{"csr", pem}, {"profile", profile}, {"identity", identity}};
  }

  // By its first detail, and the same words in the explanation.
  void expect_refused(const json& request, int status, const std::string& rule, const std::string& words) {
    const std::size_t before = audit_entries();
    const Answer answer = post("/v1/certificates", request, alice);
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_NE(answer.response.body.find(words), std::string::npos) << answer.body;
    if (!rule.empty()) {
      const std::vector<std::string> rules = answer.rules();
      EXPECT_NE(std::find(rules.begin(), rules.end(), rule), rules.end()) << answer.body;
    }
    const Answer explained = post("/v1/certificates/explain", request, alice);
    EXPECT_EQ(explained.body["data"]["allowed"], false) << explained.body;
    EXPECT_NE(explained.response.body.find(words), std::string::npos) << explained.body;
    EXPECT_EQ(audit_entries(), before);
  }

  Credentials alice = as_operator();
};

TEST_F(KeyQualityTest, ABlockedKey) {
  const std::string lost = csr(lost_key(), "db.svc.test");
  expect_refused(body(lost, "service"), 400, "house.public_key", "block-list");
  const Credentials with_token{.token = token("db-01", "service", {"db.svc.test"}), .certificate = ""};
  EXPECT_EQ(post("/v1/certificates", {{"csr", lost}}, with_token).status, 400);
  const Credentials host = as_service();
  EXPECT_EQ(post("/v1/certificates/" + serial_of(host.certificate) + "/renewal",
                 {{"csr", csr(lost_key(), "web.svc.test")}}, host)
                .status,
            400);
  EXPECT_EQ(post("/v1/certificates", {{"csr", csr("db.svc.test")}}, with_token).status, 201)
      << "the refusal did not spend the token";
}

TEST_F(KeyQualityTest, AKeyThatNeedsApprovalIsJudgedBeforeAnybodyIsAsked) {
  expect_refused(body(csr(lost_key(), "db.svc.test"), "guarded"), 400, "house.public_key", "block-list");
  EXPECT_EQ(get("/v1/requests", alice).body["data"]["requests"].size(), 0U);
}

// Requests that another implementation signed: tests/testdata/crypto/generate_weak_rsa.py
TEST_F(KeyQualityTest, RsaKeysThatCanBeFactored) {
  for (const auto& [file, words] :
       {std::pair{"crypto/rsa2048-roca.csr.pem", "ROCA"}, {"crypto/rsa2048-close100.csr.pem", "Fermat"}})
    expect_refused(body(test::testdata(file), "rsa"), 403, "key.quality", words);
  const Answer sound =
      post("/v1/certificates", body(test::testdata("crypto/rsa2048-close101.csr.pem"), "rsa"), alice);
  EXPECT_EQ(sound.status, 201) << sound.body << " one round of Fermat's method more";
}

TEST_F(KeyQualityTest, AKeyOfAnotherKindThanTheProfileTakes) {
  expect_refused(body(csr("db.svc.test"), "rsa"), 403, "key.algorithm", "P-256");
  const crypto::PrivateKey p384 = test::make_key({crypto::KeyAlgorithm::ec_p384, 384});
  expect_refused(body(csr(p384, "db.svc.test"), "service"), 403, "key.algorithm", "P-384");
}

TEST_F(KeyQualityTest, AKeyOfAnotherIdentity) {
  const crypto::PrivateKey key = test::make_key();
  EXPECT_EQ(post("/v1/certificates", body(csr(key, "db.svc.test"), "service"), alice).status, 201);
  expect_refused(body(csr(key, "web.svc.test"), "service", "web-01"), 409, "", "another identity");
  EXPECT_EQ(post("/v1/certificates", body(csr(key, "two.svc.test"), "service"), alice).status, 201)
      << "its own identity may have it twice";
  const Credentials host = as_service();
  EXPECT_EQ(post("/v1/certificates/" + serial_of(host.certificate) + "/renewal",
                 {{"csr", csr(key, "web.svc.test")}}, host)
                .status,
            409);
}

TEST_F(KeyQualityTest, AKeyThatWasRevokedAsCompromised) {
  for (const char* reason : {"superseded", "keyCompromise"}) {
    const crypto::PrivateKey key = test::make_key();
    const Answer issued = post("/v1/certificates", body(csr(key, "db.svc.test"), "service"), alice);
    const std::string serial = issued.body["data"]["serial"];
    EXPECT_EQ(post("/v1/certificates/" + serial + "/revocation", {{"reason", reason}}, alice).status, 200);
    const json again = body(csr(key, "other.svc.test"), "service");
    if (std::string_view(reason) == "superseded") {
      EXPECT_EQ(post("/v1/certificates", again, alice).status, 201) << "nobody else has the key";
    } else {
      expect_refused(again, 403, "", "keyCompromise");
    }
  }
}

}  // namespace
}  // namespace chancery::rest
