// `chancery policy`: offline from files, and replayed over what a service lists.
#include "api/cli/policy_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "api/cli/commands.h"
#include "tests/support/profiles.h"
#include "tests/support/x509_builder.h"

namespace chancery::cli {
namespace {

using nlohmann::json;
using test::must;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* node_yaml = R"(name: node
lifetime: 90d
renew_after: 60d
keys: [{algorithm: P-256}]
names: {dns: ["{node}.nodes.test"]}
extended_key_usage: [serverAuth]
requesters: {roles: [none]}
quotas: {per_identity: {count: 3, window: 1d}}
)";

class PolicyCommandTest : public ::testing::Test {
 protected:
  PolicyCommandTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "chancery-policy-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    std::filesystem::create_directory(folder + "/policies");
    write("policies/node.yaml", node_yaml);
    csr = write("web.csr", test::make_request_pem(test::make_key(), {"web-01.nodes.test"}));
  }
  ~PolicyCommandTest() override { std::filesystem::remove_all(folder); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder + "/" + name, std::ios::trunc) << text;
    return folder + "/" + name;
  }
  int run(const std::vector<std::string>& arguments) {
    out.str("");
    error.str("");
    return cli::run(arguments, terminal);
  }
  int test(const std::string& identity, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"policy", "test",   csr,          "--profile",         "node",
                                       "--as",   identity, "--policies", folder + "/policies"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  std::string folder, csr;
  std::ostringstream out, error;
  Terminal terminal{out, error, false, false};
};

TEST_F(PolicyCommandTest, TestDecidesOfflineAndShowsTheWholeDecision) {
  EXPECT_EQ(test("web-01"), exit_ok) << error.str();
  EXPECT_THAT(out.str(),
              StartsWith("allowed: subject 'CN=web-01.nodes.test', names dns:web-01.nodes.test\n"));
  for (const char* part : {"requester.bound", "requester.role", "dns.allowed", "policies/node.yaml:5:15",
                           "covered by {node}.nodes.test", "key.algorithm", "quota.per_identity",
                           "at most 3 certificates in 1d", "lifetime 90d, renewed after 60d, serverAuth"}) {
    EXPECT_THAT(out.str(), HasSubstr(part));
  }
}

TEST_F(PolicyCommandTest, ADenialIsStatus1AndNamesRulePlaceAndValue) {
  EXPECT_EQ(test("web-02", {"--json"}), exit_refused);
  const json decision = json::parse(out.str());
  EXPECT_EQ(decision["allowed"], false);
  std::vector<std::string> failed;
  for (const json& reason : decision["reasons"]) {
    if (reason["passed"] == false)
      failed.push_back(reason["rule"].get<std::string>() + " " + reason["value"].get<std::string>());
  }
  EXPECT_THAT(failed, ::testing::ElementsAre("dns.allowed dns:web-01.nodes.test"));
  EXPECT_EQ(test("web-01", {"--role", "operator"}), exit_refused);
  EXPECT_THAT(out.str(), HasSubstr("only the role none may ask"));
  EXPECT_EQ(test("web-01", {"--name", "dns:other.nodes.test"}), exit_refused);
  EXPECT_THAT(out.str(), HasSubstr("names.bound"));
}

TEST_F(PolicyCommandTest, ARenewalShowsItsGrandfathering) {
  write("policies/node.yaml", std::string(node_yaml) + "grandfathered_until: 9999-01-01T00:00:00Z\n");
  EXPECT_EQ(test("web-02"), exit_refused);
  EXPECT_EQ(test("web-02", {"--renewal"}), exit_ok);
  EXPECT_THAT(out.str(), HasSubstr("old"));
  EXPECT_THAT(out.str(), HasSubstr("grandfathered until 9999-01-01T00:00:00Z"));
}

TEST_F(PolicyCommandTest, ARenewalHasTheRoleThatTheProfileGrants) {
  EXPECT_EQ(test("web-01", {"--role", "operator", "--renewal"}), exit_ok) << out.str();
  write("policies/node.yaml", std::string(node_yaml) + "grants: operator\n");
  EXPECT_EQ(test("web-01", {"--renewal"}), exit_refused);
  EXPECT_THAT(out.str(), HasSubstr("only the role none may ask"));
}

TEST_F(PolicyCommandTest, TheApprovalsThatItTakesAreShown) {
  EXPECT_EQ(test("web-01"), exit_ok);
  EXPECT_THAT(out.str(), HasSubstr("\napprovals: none needed\n"));
  write("policies/node.yaml", std::string(node_yaml) + "approvals: {required: 1}\n");
  EXPECT_EQ(test("web-01"), exit_ok);
  EXPECT_THAT(out.str(), HasSubstr("\napprovals: 1 other operator must approve before it is issued\n"));
  write("policies/node.yaml", std::string(node_yaml) + "approvals: {required: 2}\n");
  EXPECT_EQ(test("web-01"), exit_ok);
  EXPECT_THAT(out.str(), HasSubstr("\napprovals: 2 other operators must approve before it is issued\n"));
  EXPECT_EQ(test("web-01", {"--json"}), exit_ok);
  EXPECT_EQ(json::parse(out.str())["approvals"], 2);
  EXPECT_EQ(test("web-01", {"--renewal", "--json"}), exit_ok);
  EXPECT_EQ(json::parse(out.str())["approvals"], 0);
  write("policies/node.yaml", std::string(node_yaml) + "approvals: {required: 2, renewals: true}\n");
  EXPECT_EQ(test("web-01", {"--renewal", "--json"}), exit_ok);
  EXPECT_EQ(json::parse(out.str())["approvals"], 2);
}

TEST_F(PolicyCommandTest, CheckWarnsOfOperatorsMadeWithFewerApprovals) {
  write("policies/op.yaml", test::operator_yaml);
  EXPECT_EQ(run({"policy", "check", folder + "/policies"}), exit_ok);
  EXPECT_EQ(error.str(), "");
  write("policies/guarded.yaml", test::guarded_yaml);
  EXPECT_EQ(run({"policy", "check", folder + "/policies"}), exit_ok);
  EXPECT_THAT(error.str(),
              HasSubstr("warning: " + folder + "/policies/op.yaml:1:1: profile operator grants"));
  EXPECT_EQ(run({"policy", "check", folder + "/policies", "--json"}), exit_ok);
  EXPECT_EQ(json::parse(out.str())["warnings"].size(), 1U);
}

TEST_F(PolicyCommandTest, WhatCannotBeDecidedIsStatus2) {
  EXPECT_EQ(run({"policy", "test", csr, "--profile", "x", "--as", "a", "--policies", folder + "/policies"}),
            exit_usage);
  EXPECT_THAT(error.str(), HasSubstr("there are node"));
  EXPECT_EQ(run({"policy", "test", folder + "/none", "--profile", "node", "--as", "a", "--policies",
                 folder + "/policies"}),
            exit_usage);
  EXPECT_EQ(run({"policy", "test", write("x.csr", "no PEM"), "--profile", "node", "--as", "a", "--policies",
                 folder + "/policies"}),
            exit_usage);
  EXPECT_EQ(test("web-01", {"--role", "root"}), exit_usage);
  EXPECT_EQ(test("web-01", {"--name", "nonsense"}), exit_usage);
  EXPECT_EQ(run({"policy", "test", csr, "--profile", "node"}), exit_usage);
  EXPECT_EQ(run({"policy", "test", csr, "--profile", "node", "--as", "a"}), exit_usage);  // no server either
  EXPECT_EQ(run({"policy", "test", csr, "--profile", "node", "--as", "a", "--role", "operator"}), exit_usage);
  EXPECT_EQ(run({"policy"}), exit_usage);
}

TEST_F(PolicyCommandTest, HostileIdentitiesAreDenied) {
  for (const char* identity : {"*", "**", "web-01.evil", "{node}", "", "\x1b[2J"})
    EXPECT_EQ(test(identity), exit_refused) << identity;
  EXPECT_EQ(out.str().find('\x1b'), std::string::npos);
}

TEST_F(PolicyCommandTest, CheckShowsEveryFaultOfEveryFile) {
  EXPECT_EQ(run({"policy", "check", folder + "/policies"}), exit_ok);
  EXPECT_THAT(out.str(), HasSubstr("node     90d       60d"));
  write("policies/a.yaml", "name: A\nzzz: 1\n");
  write("policies/b.yaml", "quotas: {per_name: {count: 0, window: 1d}}\n");
  EXPECT_EQ(run({"policy", "check", folder + "/policies"}), exit_refused);
  for (const char* place : {"a.yaml:1:7", "a.yaml:2:1", "b.yaml:1:28"})
    EXPECT_THAT(error.str(), HasSubstr(place));
  EXPECT_EQ(run({"policy", "check", folder + "/policies", "--json"}), exit_refused);
  const json answer = json::parse(out.str());
  EXPECT_EQ(answer["sound"], false);
  EXPECT_GT(answer["faults"].size(), 5U);
  EXPECT_EQ(run({"policy", "check", folder + "/policies/node.yaml", "--json"}), exit_ok);
  EXPECT_EQ(json::parse(out.str())["profiles"][0]["name"], "node");
  EXPECT_EQ(run({"policy", "check", folder + "/nothing"}), exit_refused);
}

// A service that lists what it has issued, page by page.
class ReplayCommandTest : public PolicyCommandTest {
 protected:
  ReplayCommandTest() {
    server.Get("/v1/certificates", [this](const httplib::Request& request, httplib::Response& response) {
      const std::string cursor = request.get_param_value("cursor");
      const std::size_t index = cursor.empty() ? 0 : std::stoul(cursor);
      ++requests;
      const json next = index + 1 < pages.size() ? json(std::to_string(index + 1)) : json(nullptr);
      const json envelope{{"success", true},
                          {"code", 200},
                          {"data", {{"certificates", pages.at(index)}}},
                          {"meta", {{"next_cursor", next}}}};
      response.set_content(envelope.dump(), "application/json");
    });
    port = server.bind_to_any_port("127.0.0.1");
    thread = std::thread([this] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();
    write("new.yaml", test::service_yaml);
  }
  ~ReplayCommandTest() override {
    server.stop();
    thread.join();
  }
  ReplayCommandTest(const ReplayCommandTest&) = delete;
  ReplayCommandTest& operator=(const ReplayCommandTest&) = delete;

  json issued(const std::string& name, const std::string& profile = "service", Seconds ago = Seconds(3600)) {
    test::LeafOptions options;
    options.now = SystemClock().now() - ago;
    options.names = {name};
    x509::CertificateFields fields = test::leaf_fields(intermediate, key.public_key(), options);
    fields.extensions.crl_distribution_points.clear();
    fields.extensions.ca_issuers.clear();
    fields.extensions.ocsp.clear();
    const x509::Certificate certificate = test::sign_fields(fields, *intermediate.key);
    return {{"serial", certificate.serial().to_string()},
            {"identity", "web-01"},
            {"profile", profile},
            {"subject", "CN=" + name},
            {"issued_at", to_rfc3339(options.now)},
            {"renew_after", to_rfc3339(options.now + Seconds(60LL * 86400))},
            {"renewed_from", nullptr},
            {"certificate", certificate.to_pem()}};
  }
  int replay(const std::string& policies, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"--server", "http://127.0.0.1:" + std::to_string(port), "policy",
                                       "replay", policies};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  crypto::PrivateKey key = test::make_key();
  test::CertifiedKey intermediate = test::make_intermediate(test::make_root());
  std::vector<json> pages{json::array()};
  std::atomic<int> requests = 0;
  httplib::Server server;
  int port = 0;
  std::thread thread;
};

TEST_F(ReplayCommandTest, NothingDifferentIsStatus0) {
  pages = {json::array({issued("a.svc.test")}), json::array({issued("b.svc.test")})};
  EXPECT_EQ(replay(folder + "/new.yaml"), exit_ok) << out.str() << error.str();
  EXPECT_THAT(out.str(), HasSubstr("2 certificates since "));
  EXPECT_THAT(
      out.str(),
      HasSubstr(": 0 would be denied, 0 are grandfathered, 0 would be other certificates, 2 the same"));
}

TEST_F(ReplayCommandTest, DifferencesAreStatus1WithRulePlaceAndValue) {
  pages = {json::array({issued("a.svc.test"), issued("b.other.test")})};
  EXPECT_EQ(replay(folder + "/new.yaml"), exit_refused);
  EXPECT_THAT(out.str(), HasSubstr("denied    dns.allowed"));
  EXPECT_THAT(out.str(), HasSubstr("new.yaml:5:23"));
  EXPECT_THAT(out.str(), HasSubstr("dns:b.other.test"));
  EXPECT_EQ(replay(folder + "/new.yaml", {"--json"}), exit_refused);
  const json answer = json::parse(out.str());
  EXPECT_EQ(answer["judged"], 2);
  EXPECT_EQ(answer["counts"]["denied"], 1);
  EXPECT_EQ(answer["counts"]["same"], 1);
  EXPECT_EQ(answer["differences"][0]["details"][0]["rule"], "dns.allowed");
  EXPECT_EQ(answer["differences"][0]["change"], "denied");
}

TEST_F(ReplayCommandTest, MoreApprovalsThanItHadAreADifference) {
  json approved = issued("b.svc.test");
  approved["approvers"] = {"bob", "carol"};
  pages = {json::array({issued("a.svc.test"), approved})};
  write("new.yaml", std::string(test::service_yaml) + "approvals: {required: 2}\n");
  EXPECT_EQ(replay(folder + "/new.yaml", {"--json"}), exit_refused);
  const json answer = json::parse(out.str());
  EXPECT_EQ(answer["counts"]["altered"], 1);
  EXPECT_EQ(answer["differences"][0]["details"][0]["rule"], "approvals");
  EXPECT_EQ(answer["differences"][0]["details"][0]["message"], "it is 0 and would be 2");
}

TEST_F(ReplayCommandTest, AFileIsAboutItsProfilesAndADirectoryAboutAll) {
  pages = {json::array({issued("a.svc.test"), issued("b.svc.test", "other")})};
  EXPECT_EQ(replay(folder + "/new.yaml"), exit_ok);
  EXPECT_THAT(out.str(), HasSubstr("1 of other profiles were not judged"));
  std::filesystem::create_directory(folder + "/whole");
  write("whole/service.yaml", test::service_yaml);
  EXPECT_EQ(replay(folder + "/whole"), exit_refused);
  EXPECT_THAT(out.str(), HasSubstr("the new policy has no profile other"));
}

TEST_F(ReplayCommandTest, ReadsNoFurtherThanSince) {
  constexpr Seconds day{86400};
  pages = {json::array({issued("a.svc.test"), issued("b.svc.test", "service", 9 * day)}),
           json::array({issued("c.svc.test", "service", 10 * day)}),
           json::array({issued("d.svc.test", "service", 11 * day)})};
  EXPECT_EQ(replay(folder + "/new.yaml", {"--since", "2d"}), exit_ok);
  EXPECT_THAT(out.str(), StartsWith("1 certificates since "));
  EXPECT_EQ(requests, 2);
  EXPECT_EQ(replay(folder + "/new.yaml", {"--since", to_rfc3339(SystemClock().now() - 30 * day)}), exit_ok);
  EXPECT_THAT(out.str(), StartsWith("4 certificates since "));
}

TEST_F(ReplayCommandTest, WhatCannotBeToldIsStatus2) {
  EXPECT_EQ(replay(folder + "/new.yaml", {"--since", "yesterday"}), exit_usage);
  EXPECT_EQ(replay(folder + "/none.yaml"), exit_usage);
  EXPECT_EQ(replay(write("bad.yaml", "name: x\n")), exit_usage);
  EXPECT_EQ(requests, 0);
  json broken = issued("a.svc.test");
  broken["certificate"] = "no PEM";
  pages = {json::array({broken})};
  EXPECT_EQ(replay(folder + "/new.yaml"), exit_usage);
  EXPECT_THAT(error.str(), HasSubstr("cannot be read"));
  EXPECT_EQ(run({"policy", "replay", folder + "/new.yaml"}), exit_usage);  // no server
  EXPECT_EQ(run({"--server", "http://127.0.0.1:1", "policy", "replay", folder + "/new.yaml"}),
            exit_unreachable);
}

}  // namespace
}  // namespace chancery::cli
