// The commands against an in-process server that answers in the envelope.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "api/cli/table.h"
#include "ca/base/file.h"
#include "tests/unit/api/cli/cli_fixture.h"

namespace chancery::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Printable, HasNothingThatTheTerminalTakesForSomethingElse) {
  EXPECT_EQ(printable("Zürich 日本"), "Zürich 日本");
  EXPECT_EQ(printable("\x1b[31m\nadm\xe2\x80\xaein\xc2\x9b\xff"), "?[31m?adm?in??");
  Table table({"A", "B"});
  table.add({"\xe2\x80\xae\xff", "x"});
  table.add({"日本", "y"});
  EXPECT_EQ(table.text(), "A   B\n??  x\n日本  y\n");
}

TEST_F(CliTest, HealthIsATable) {
  answer(200, {{"status", "ok"}, {"checks", {{{"name", "store"}, {"ok", true}, {"message", ""}}}}});
  EXPECT_EQ(run({"ca", "health"}), exit_ok);
  EXPECT_EQ(out_.str(), "status: ok\nCHECK  OK   MESSAGE\nstore  yes  -\n");
  EXPECT_EQ(requests_.at(0), "GET /health ");
}

TEST_F(CliTest, AServiceThatIsNotReadyIsStatus3WithItsDetails) {
  refuse(503, "the service is not healthy", {{{"rule", "health.store"}, {"message", "disk full"}}});
  EXPECT_EQ(run({"ca", "health"}), exit_unreachable);
  EXPECT_THAT(error_.str(), HasSubstr("health.store: disk full"));
}

TEST_F(CliTest, EnrollPrintsTheTokenAlone) {
  answer(201, {{"token", "tok-1"}, {"identity", "web-01"}, {"expires_at", "2026-01-01T01:00:00Z"}});
  EXPECT_EQ(run({"enroll", "web-01", "--profile", "service", "--name", "dns:web.example", "--uses", "2"}),
            exit_ok);
  EXPECT_EQ(out_.str(), "tok-1\n");
  const json body = json::parse(requests_.at(0).substr(requests_.at(0).find('{')));
  EXPECT_EQ(body, (json{{"identity", "web-01"},
                        {"profile", "service"},
                        {"names", {"dns:web.example"}},
                        {"uses", 2},
                        {"lifetime", "1h"}}));
}

TEST_F(CliTest, EnrollWritesTheTokenForItsOwnerOnlyAndDoesNotPrintIt) {
  answer(201, {{"token", "tok-1"}, {"identity", "web-01"}, {"expires_at", "2026-01-01T01:00:00Z"}});
  const std::string path = folder_ + "/token";
  EXPECT_EQ(run({"enroll", "web-01", "--profile", "service", "--token-file", path}), exit_ok);
  EXPECT_EQ(*read_file(path, 100), "tok-1\n");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_THAT(out_.str(), Not(HasSubstr("tok-1")));
  EXPECT_EQ(run({"enroll", "web-01", "--profile", "service", "--token-file", folder_ + "/two", "--json"}),
            exit_ok);
  EXPECT_THAT(out_.str(), Not(HasSubstr("tok-1")));
}

// Whatever a command would write, it can write, or nothing is asked: what was made or spent is not undone.
TEST_F(CliTest, AFileThatIsThereIsRefusedBeforeAnythingIsSent) {
  answer(201, certificate("01aa"));
  const std::string there = write("there", "old"), csr = write("csr.pem", "CSR"), fresh = folder_ + "/new";
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"enroll", "web-01", "--profile", "service", "--token-file", there},
        {"issue", "--csr", csr, "--out", there},
        {"issue", "--csr", csr, "--out", fresh, "--proof", there},
        {"requests", "show", "0123", "--out", there},
        {"requests", "show", "0123", "--out", fresh, "--proof", there},
        {"show", "01aa", "--proof", there},
        {"audit", "verify", "--save", there}}) {
    EXPECT_EQ(run(command), exit_refused) << command.front();
    EXPECT_THAT(error_.str(),
                HasSubstr(there + " exists already and is never overwritten; move it away first"));
  }
  EXPECT_EQ(run({"issue", "--csr", csr, "--out", fresh, "--proof", fresh}), exit_refused);
  EXPECT_THAT(error_.str(), HasSubstr("is named for two files"));
  EXPECT_EQ(run({"issue", "--csr", csr, "--out", folder_ + "/none/out.pem"}), exit_refused);
  EXPECT_THAT(error_.str(), HasSubstr("/none does not exist"));
  EXPECT_TRUE(requests_.empty()) << requests_.front();
  EXPECT_EQ(*read_file(there, 100), "old");
  EXPECT_FALSE(std::filesystem::exists(fresh));
}

TEST_F(CliTest, IssueWritesLeafAndChain) {
  answer(201, certificate("01aa"));
  const std::string csr = write("csr.pem", "CSR"), token = write("token", "tok-1\n"),
                    out = folder_ + "/out.pem";
  EXPECT_EQ(run({"issue", "--csr", csr, "--profile", "service", "--token-file", token, "--out", out}),
            exit_ok);
  EXPECT_EQ(*read_file(out, 100), "-----LEAF-----\n-----CHAIN-----\n");
  EXPECT_EQ(authorization_, "Bearer tok-1");
  EXPECT_THAT(out_.str(), HasSubstr("certificate 01aa for dns:web.example, dns:www.example"));
  EXPECT_EQ(run({"issue", "--csr", csr, "--profile", "service", "--identity", "web-01"}), exit_ok);
  EXPECT_EQ(out_.str(), "-----LEAF-----\n-----CHAIN-----\n");
  EXPECT_THAT(requests_.at(1), HasSubstr("\"identity\":\"web-01\""));
}

TEST_F(CliTest, ATokenFileOthersCanReadIsRefusedBeforeAnythingIsSent) {
  answer(201, certificate("01aa"));
  const std::string csr = write("csr.pem", "CSR"), token = write("token", "tok-1\n", 0644);
  EXPECT_EQ(run({"issue", "--csr", csr, "--token-file", token}), exit_refused);
  EXPECT_THAT(error_.str(), HasSubstr("chmod 600"));
  EXPECT_TRUE(requests_.empty());
}

TEST_F(CliTest, ARefusalNamesRulePlaceAndValue) {
  refuse(403, "the policy does not allow this",
         {{{"rule", "dns.allowed"},
           {"location", "policies/service.yaml:12:9"},
           {"value", "evil.example"},
           {"message", "no pattern matches"}}});
  const std::string csr = write("csr.pem", "CSR");
  EXPECT_EQ(run({"issue", "--csr", csr, "--profile", "service"}), exit_refused);
  EXPECT_EQ(error_.str(),
            "chancery: the policy does not allow this\n"
            "  policies/service.yaml:12:9: dns.allowed: no pattern matches ('evil.example')\n");
  EXPECT_EQ(run({"--json", "issue", "--csr", csr, "--profile", "service"}), exit_refused);
  EXPECT_EQ(json::parse(out_.str()).at("error").at("code"), "forbidden");
}

TEST_F(CliTest, NobodyIsToldHowToSayWhoTheyAre) {
  refuse(401, "who are you?");
  EXPECT_EQ(run({"list"}), exit_refused);
  EXPECT_THAT(error_.str(), HasSubstr("give an operator's certificate with --certificate and --key"));
}

TEST_F(CliTest, ListFollowsPagesUpToItsLimit) {
  answer(200, {{"certificates", {certificate("01aa"), certificate("01bb")}}}, {{"next_cursor", "c&1"}});
  answer(200, {{"certificates", {certificate("01cc")}}}, {{"next_cursor", "c2"}});
  EXPECT_EQ(run({"list", "--limit", "3", "--status", "valid", "--name", "dns:a b"}), exit_ok);
  ASSERT_EQ(requests_.size(), 2U);
  EXPECT_EQ(requests_[0], "GET /v1/certificates?limit=3&name=dns%3aa%20b&status=valid ");
  EXPECT_EQ(requests_[1], "GET /v1/certificates?limit=1&name=dns%3aa%20b&status=valid&cursor=c%261 ");
  EXPECT_THAT(out_.str(), HasSubstr("SERIAL  IDENTITY"));
  EXPECT_THAT(out_.str(), HasSubstr("01cc"));
  EXPECT_THAT(error_.str(), HasSubstr("there are more"));
}

TEST_F(CliTest, ListAsJson) {
  answer(200, {{"certificates", {certificate("01aa")}}}, {{"next_cursor", nullptr}});
  EXPECT_EQ(run({"list", "--json"}), exit_ok);
  const json listed = json::parse(out_.str());
  EXPECT_EQ(listed.at("certificates").size(), 1U);
  EXPECT_EQ(listed.at("more"), false);
}

TEST_F(CliTest, ShowTakesASerialAsOtherToolsPrintIt) {
  answer(200, certificate("01aabb"));
  EXPECT_EQ(run({"show", "01:AA:BB"}), exit_ok);
  EXPECT_EQ(requests_.at(0), "GET /v1/certificates/01aabb ");
  for (const char* part : {"dns:web.example, dns:www.example", "status        valid", "lineage       01aabb",
                           "2026-03-31T23:59:59Z", "-----LEAF-----"}) {
    EXPECT_THAT(out_.str(), HasSubstr(part));
  }
}

TEST_F(CliTest, ASerialThatIsNoneIsRefusedHere) {
  EXPECT_EQ(run({"show", "../health"}), exit_refused);
  EXPECT_THAT(error_.str(), HasSubstr("write it as hexadecimal digits"));
  EXPECT_EQ(run({"revoke", "xyz", "--reason", "superseded"}), exit_refused);
  EXPECT_THAT(error_.str(), HasSubstr("write it as hexadecimal digits"));
  EXPECT_TRUE(requests_.empty());
}

TEST_F(CliTest, RevokeNeedsAReasonAndSaysWhatHappened) {
  EXPECT_EQ(run({"revoke", "01aa"}), exit_usage);
  answer(200, {{"serial", "01aa"},
               {"status", "revoked"},
               {"revoked_at", "2026-01-02T00:00:00Z"},
               {"reason", "keyCompromise"}});
  EXPECT_EQ(run({"revoke", "01aa", "--reason", "keyCompromise"}), exit_ok);
  EXPECT_EQ(requests_.at(0), R"(POST /v1/certificates/01aa/revocation {"reason":"keyCompromise"})");
  EXPECT_EQ(out_.str(), "certificate 01aa is revoked since 2026-01-02T00:00:00Z (keyCompromise)\n");
}

TEST_F(CliTest, ExplainGivesTheReasonsAndTheVerdictAsStatus) {
  const json reasons = {{{"passed", true},
                         {"rule", "key.algorithm"},
                         {"location", "p.yaml:3:1"},
                         {"value", "P-256"},
                         {"message", "allowed"}},
                        {{"passed", false},
                         {"rule", "dns.allowed"},
                         {"location", "p.yaml:9:1"},
                         {"value", "x"},
                         {"message", "no pattern"}}};
  answer(200, {{"allowed", false},
               {"reasons", reasons},
               {"names", json::array()},
               {"subject", ""},
               {"error", nullptr}});
  answer(200, {{"allowed", true},
               {"reasons", json::array()},
               {"names", {"dns:a"}},
               {"subject", "CN=a"},
               {"error", nullptr}});
  const std::string csr = write("csr.pem", "CSR");
  EXPECT_EQ(run({"explain", "--csr", csr, "--profile", "service"}), exit_refused);
  EXPECT_THAT(out_.str(), HasSubstr("no  dns.allowed"));
  EXPECT_THAT(out_.str(), HasSubstr("p.yaml:9:1"));
  EXPECT_EQ(run({"explain", "--csr", csr, "--profile", "service"}), exit_ok);
  EXPECT_THAT(out_.str(), HasSubstr("allowed: subject 'CN=a', names dns:a"));
}

TEST_F(CliTest, ExplainShowsWhatLintsWarnOf) {
  const json warning{{"rule", "house.revocation_pointer"},
                     {"citation", "BR 7.1.2.11.2"},
                     {"quote", "The CRL"},
                     {"message", "nobody can learn"},
                     {"advice", "Name a CRL."}};
  answer(200, {{"allowed", true},
               {"reasons", json::array()},
               {"names", {"dns:a"}},
               {"subject", ""},
               {"error", nullptr},
               {"warnings", {warning, 7}}});
  EXPECT_EQ(run({"explain", "--csr", write("csr.pem", "CSR"), "--profile", "service"}), exit_ok);
  EXPECT_THAT(out_.str(), HasSubstr("warning house.revocation_pointer: nobody can learn\n"
                                    "  BR 7.1.2.11.2: \"The CRL\"\n  Name a CRL.\n"));
}

TEST_F(CliTest, WhatAServerSendsCannotCommandTheTerminal) {
  json evil = certificate("01aa");
  evil["identity"] = "\033[2Jweb";
  answer(200, {{"certificates", {evil}}});
  EXPECT_EQ(run({"list"}), exit_ok);
  EXPECT_THAT(out_.str(), Not(HasSubstr("\033")));
  EXPECT_THAT(out_.str(), HasSubstr("?[2Jweb"));
}

TEST_F(CliTest, AnswersOfWrongTypesDoNoHarm) {
  for (const json& data :
       {json(nullptr), json(5), json::array(), json{{"certificates", 7}}, json{{"certificates", {1}}}}) {
    answers_.clear();
    requests_.clear();
    answer(200, data);
    EXPECT_EQ(run({"list"}), exit_ok) << data;
  }
}

TEST_F(CliTest, WrongUsageIsStatus2) {
  EXPECT_EQ(run({}), exit_usage);
  EXPECT_EQ(run({"frobnicate"}), exit_usage);
  EXPECT_EQ(run({"enroll"}), exit_usage);
  EXPECT_EQ(run({"enroll", "a", "--profile", "p", "--uses", "0"}), exit_usage);
  EXPECT_EQ(run({"enroll", "a", "--profile", "p", "--uses", "1001"}), exit_usage);
  EXPECT_EQ(run({"list", "--status", "good"}), exit_usage);
  EXPECT_TRUE(requests_.empty());
}

TEST_F(CliTest, AMisspeltCommandIsNamedWithTheNearest) {
  EXPECT_EQ(run({"enrol", "web-01"}), exit_usage);
  EXPECT_THAT(error_.str(), HasSubstr("no command 'enrol'; did you mean 'enroll'?"));
  EXPECT_EQ(run({"ca", "helth"}), exit_usage);
  EXPECT_THAT(error_.str(), HasSubstr("did you mean 'health'?"));
}

TEST_F(CliTest, EveryCommandsHelpHasExamplesAndTheOptionsOfAll) {
  for (const char* command : {"enroll", "issue", "explain", "list", "show", "revoke", "ca"}) {
    EXPECT_EQ(run({command, "--help"}), exit_ok);
    EXPECT_THAT(out_.str(), HasSubstr("chancery " + std::string(command) + " ")) << command;
    EXPECT_THAT(out_.str(), HasSubstr("CHANCERY_SERVER")) << command;
  }
  EXPECT_EQ(run({"--version"}), exit_ok);
  EXPECT_THAT(out_.str(), ::testing::StartsWith("chancery "));
}

TEST_F(CliTest, HelpSucceedsWithExamples) {
  EXPECT_EQ(run({"--help"}), exit_ok);
  EXPECT_THAT(out_.str(), HasSubstr("Examples:"));
  EXPECT_THAT(out_.str(), HasSubstr("Exit status:"));
}

TEST(Cli, NobodyThereIsStatus3) {
  std::ostringstream out, error;
  EXPECT_EQ(cli::run({"--server", "http://127.0.0.1:1", "list"}, {out, error}), exit_unreachable);
  EXPECT_THAT(error.str(), HasSubstr("check that it is running and that the address is right"));
}

TEST(Cli, PlainHttpToAnotherMachineIsRefused) {
  std::ostringstream out, error;
  EXPECT_EQ(cli::run({"--server", "http://ca.example", "list"}, {out, error}), exit_refused);
  EXPECT_THAT(error.str(),
              HasSubstr("plain HTTP to another machine, where tokens could be read; use https://"));
}

TEST(Cli, NoServerIsWrongUsage) {
  std::ostringstream out, error;
  EXPECT_EQ(cli::run({"list"}, {out, error}), exit_usage);
  EXPECT_THAT(error.str(), HasSubstr("use --server https://HOST:PORT or set CHANCERY_SERVER"));
}

}  // namespace
}  // namespace chancery::cli
