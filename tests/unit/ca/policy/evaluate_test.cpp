#include "ca/policy/evaluate.h"

#include "tests/unit/ca/policy/fixture.h"

namespace chancery::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Evaluate, AllowsWhatEveryRuleAllowsAndSaysWhy) {
  const Decision decision =
      evaluate(*profile(),
               request({"dns:a.one.internal", "dns:x.y.any.internal", "ip:10.1.2.3", "ip:fd00::1",
                        "uri:spiffe://a.internal/service/web", "email:alice@ops.internal"}),
               operator_requester());
  EXPECT_TRUE(decision.allowed);
  EXPECT_THAT(failures(decision), IsEmpty());
  EXPECT_EQ(decision.names.size(), 6U);
  std::vector<std::string> rules;
  for (const Reason& reason : decision.reasons) rules.push_back(reason.rule + " " + reason.location);
  EXPECT_THAT(rules, ElementsAre("requester.bound ", "names.present test.yaml:1:1", "names.max test.yaml:9:8",
                                 "dns.allowed test.yaml:11:7", "dns.allowed test.yaml:12:7",
                                 "ip.allowed test.yaml:14:8", "ip.allowed test.yaml:14:20",
                                 "uri.allowed test.yaml:15:9", "email.allowed test.yaml:16:11",
                                 "key.algorithm test.yaml:6:3"));
}

// Bug 1619047: one name was checked N times instead of N names once. For every N and every position of the
// one bad name.
TEST(Evaluate, EveryNameIsItselfChecked) {
  const auto rules = profile();
  for (std::size_t count = 1; count <= 20; ++count) {
    for (std::size_t bad = 0; bad < count; ++bad) {
      std::vector<std::string> sans;
      for (std::size_t i = 0; i < count; ++i) {
        sans.push_back("dns:host-" + std::to_string(i) + (i == bad ? ".two.internal" : ".one.internal"));
      }
      const Decision decision = evaluate(*rules, request(sans), operator_requester());
      EXPECT_FALSE(decision.allowed);
      EXPECT_THAT(failures(decision), ElementsAre("dns.allowed " + sans[bad] + " test.yaml:11:7"));
      std::vector<std::string> judged;
      for (const Reason& reason : decision.reasons) {
        if (reason.rule == "dns.allowed") judged.push_back(reason.value);
      }
      EXPECT_EQ(judged, sans);  // the evidence is kept for each name, once
    }
  }
}

TEST(Evaluate, EveryBoundNameIsItselfChecked) {
  const auto rules = profile();
  const std::vector<std::string> sans{"dns:a.one.internal", "dns:b.one.internal", "dns:c.one.internal",
                                      "ip:10.0.0.1"};
  for (std::size_t left_out = 0; left_out < sans.size(); ++left_out) {
    std::vector<std::string> bound = sans;
    bound.erase(bound.begin() + static_cast<std::ptrdiff_t>(left_out));
    const Decision decision = evaluate(*rules, request(sans), bound_to(bound));
    EXPECT_FALSE(decision.allowed);
    EXPECT_THAT(failures(decision), ElementsAre("names.bound " + sans[left_out] + " "));
  }
}

TEST(Evaluate, ARequesterMayAskForFewerNamesThanBound) {
  const Decision decision = evaluate(*profile(), request({"dns:b.one.internal"}),
                                     bound_to({"dns:a.one.internal", "dns:b.one.internal"}));
  EXPECT_TRUE(decision.allowed);
  EXPECT_EQ(decision.names, names({"dns:b.one.internal"}));
}

TEST(Evaluate, ARequestWithoutNamesGetsTheBoundOnes) {
  const Decision decision = evaluate(*profile(), request({}),
                                     bound_to({"dns:b.one.internal", "ip:10.0.0.1", "dns:b.one.internal"}));
  EXPECT_TRUE(decision.allowed);
  EXPECT_EQ(decision.names, names({"dns:b.one.internal", "ip:10.0.0.1"}));
}

TEST(Evaluate, BoundNamesAreJudgedByTheProfileToo) {
  const Decision decision = evaluate(*profile(), request({}), bound_to({"dns:a.two.internal"}));
  EXPECT_THAT(failures(decision), ElementsAre("dns.allowed dns:a.two.internal test.yaml:11:7"));
}

TEST(Evaluate, WithoutNamesNothingIsIssued) {
  EXPECT_THAT(failures(evaluate(*profile(), request({}), operator_requester())),
              ElementsAre("names.present 0 test.yaml:1:1"));
  EXPECT_THAT(failures(evaluate(*profile(), request({}), bound_to({}))),
              ElementsAre("names.present 0 test.yaml:1:1"));
}

TEST(Evaluate, WhoIsBoundToNothingAndNoOperatorIsRefused) {
  const Requester nobody{.identity = Identity("x"), .role = Role::none, .bound_names = std::nullopt};
  EXPECT_THAT(failures(evaluate(*profile(), request({"dns:a.one.internal"}), nobody)),
              ElementsAre("requester.bound x "));
}

TEST(Evaluate, AnOperatorsBoundNamesBindToo) {
  Requester requester = operator_requester();
  requester.bound_names = names({"dns:a.one.internal"});
  EXPECT_FALSE(evaluate(*profile(), request({"dns:b.one.internal"}), requester).allowed);
}

TEST(Evaluate, TheNumberOfNamesEndsAtItsLimit) {
  const auto rules = profile(with("max: 20", "max: 2"));
  EXPECT_TRUE(evaluate(*rules, request({"dns:a.one.internal", "ip:10.0.0.1"}), operator_requester()).allowed);
  EXPECT_THAT(failures(evaluate(*rules, request({"dns:a.one.internal", "ip:10.0.0.1", "ip:10.0.0.2"}),
                                operator_requester())),
              ElementsAre("names.max 3 test.yaml:9:8"));
}

TEST(Evaluate, ATypeWithoutPatternsIsRefused) {
  const auto rules = profile(with("  email: [\"*@ops.internal\"]\n", ""));
  EXPECT_THAT(failures(evaluate(*rules, request({"email:a@ops.internal"}), operator_requester())),
              ElementsAre("email.allowed email:a@ops.internal test.yaml:1:1"));
}

TEST(Evaluate, ADenialCitesTheClosestRule) {
  EXPECT_THAT(
      failures(evaluate(*profile(),
                        request({"dns:any.internal", "dns:x.exact.internal", "ip:11.0.0.1", "ip:fe80::1",
                                 "uri:spiffe://a.internal/node/1", "email:a@x.ops.internal"}),
                        operator_requester())),
      ElementsAre("dns.allowed dns:any.internal test.yaml:12:7",
                  "dns.allowed dns:x.exact.internal test.yaml:13:7", "ip.allowed ip:11.0.0.1 test.yaml:14:8",
                  "ip.allowed ip:fe80::1 test.yaml:14:20",
                  "uri.allowed uri:spiffe://a.internal/node/1 test.yaml:15:9",
                  "email.allowed email:a@x.ops.internal test.yaml:16:11"));
}

TEST(Evaluate, WildcardsNeedTheProfilesLeave) {
  const auto request_of = [](const char* san) { return request({san}); };
  EXPECT_THAT(failures(evaluate(*profile(), request_of("dns:*.one.internal"), operator_requester())),
              ElementsAre("dns.wildcard dns:*.one.internal test.yaml:1:1"));
  const auto allowing = profile(with("  max: 20", "  wildcards: true\n  max: 20"));
  EXPECT_TRUE(evaluate(*allowing, request_of("dns:*.one.internal"), operator_requester()).allowed);
  EXPECT_THAT(failures(evaluate(*allowing, request_of("dns:*.two.internal"), operator_requester())),
              ElementsAre("dns.allowed dns:*.two.internal test.yaml:12:7"));
}

TEST(Evaluate, DeniedNamesAreRefusedWhateverElseAllowsThem) {
  EXPECT_THAT(failures(evaluate(
                  *profile(),
                  request({"dns:secret.any.internal", "dns:x.deep.any.internal", "dns:deep.any.internal"}),
                  operator_requester())),
              ElementsAre("dns.denied dns:secret.any.internal test.yaml:17:16",
                          "dns.denied dns:x.deep.any.internal test.yaml:17:39"));
  const auto allowing = profile(with("  max: 20", "  wildcards: true\n  max: 20"));
  EXPECT_THAT(failures(evaluate(*allowing, request({"dns:*.any.internal"}), operator_requester())),
              ElementsAre("dns.denied dns:*.any.internal test.yaml:18:16"));
}

TEST(Evaluate, TheCommonNameRepeatsAName) {
  EXPECT_TRUE(
      evaluate(*profile(), request({"dns:a.one.internal"}, "a.one.internal"), operator_requester()).allowed);
  EXPECT_THAT(
      failures(evaluate(*profile(), request({"dns:a.one.internal"}, "evil.internal"), operator_requester())),
      ElementsAre("subject.common_name evil.internal "));
  EXPECT_FALSE(evaluate(*profile(), request({}, "a.one.internal"), operator_requester()).allowed);
}

TEST(Evaluate, TheSubjectIsTheProfilesAndTheFirstNameThatFits) {
  const std::string long_name = std::string(60, 'a') + ".any.internal";
  const x509::CertificateRequest csr = request({"dns:" + long_name, "dns:b.one.internal"});
  EXPECT_EQ(evaluate(*profile(), csr, operator_requester()).subject.to_string(), "CN=b.one.internal");
  const auto fixed = profile(std::string(good_profile) + "subject: {country: CH, organization: Example}\n");
  EXPECT_EQ(evaluate(*fixed, csr, operator_requester()).subject.to_string(),
            "CN=b.one.internal,O=Example,C=CH");
  const auto without = profile(std::string(good_profile) + "subject: {common_name: false}\n");
  EXPECT_TRUE(evaluate(*without, csr, operator_requester()).subject.empty());
  EXPECT_TRUE(evaluate(*profile(), request({"dns:" + long_name}), operator_requester()).subject.empty());
}

TEST(Evaluate, KeysAreThoseOfTheProfile) {
  const auto judge = [](crypto::KeyType type) {
    const crypto::PrivateKey key = must(crypto::PrivateKey::generate(type));
    return failures(evaluate(*profile(), request({"dns:a.one.internal"}, "", key), operator_requester()));
  };
  EXPECT_THAT(judge({crypto::KeyAlgorithm::rsa, 3072}), IsEmpty());
  EXPECT_THAT(judge({crypto::KeyAlgorithm::rsa, 2048}), ElementsAre("key.algorithm RSA 2048 test.yaml:6:3"));
  EXPECT_THAT(judge({crypto::KeyAlgorithm::ec_p384, 384}),
              ElementsAre("key.algorithm P-384 384 test.yaml:6:3"));
}

TEST(Denial, NamesEveryFailedRuleWithItsPlaceAndValue) {
  const auto rules = profile();
  const Decision decision = evaluate(
      *rules, request({"dns:a.one.internal", "dns:a.two.internal", "ip:11.0.0.1"}), operator_requester());
  const Error error = denial(*rules, decision);
  EXPECT_EQ(error.code, ErrorCode::forbidden);
  ASSERT_EQ(error.details.size(), 2U);
  EXPECT_EQ(error.details[0].rule, "dns.allowed");
  EXPECT_EQ(error.details[0].location, "test.yaml:11:7");
  EXPECT_EQ(error.details[0].value, "dns:a.two.internal");
  EXPECT_EQ(error.details[1].value, "ip:11.0.0.1");
  EXPECT_THAT(error.message,
              HasSubstr("profile test refuses the request: dns.allowed 'dns:a.two.internal': "));
  EXPECT_THAT(error.message, HasSubstr("(test.yaml:11:7); and 1 more"));
}

}  // namespace
}  // namespace chancery::policy
