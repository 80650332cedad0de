// What waits for approval, lineages and enrolments, as the operators' client shows them.
#include <gmock/gmock.h>

#include "ca/base/file.h"
#include "tests/unit/api/cli/cli_fixture.h"

namespace chancery::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

json request(const std::string& id, const std::string& state = "pending") {
  return {{"id", id},
          {"state", state},
          {"identity", "web-01"},
          {"profile", "admin"},
          {"names", {"dns:web.example"}},
          {"requested_by", "alice"},
          {"requested_with", "certificate"},
          {"renews", nullptr},
          {"spki_sha256", "ab"},
          {"required", 2},
          {"approvals", {{{"approver", "bob"}, {"at", "2026-01-01T00:00:00Z"}}}},
          {"created_at", "2026-01-01T00:00:00Z"},
          {"expires_at", "2026-01-08T00:00:00Z"},
          {"ended_at", nullptr},
          {"ended_by", nullptr},
          {"reason", nullptr},
          {"serial", nullptr},
          {"csr", "-----CSR-----\n"},
          {"certificate", nullptr}};
}

class RequestCommands : public CliTest {
 protected:
  IssueOptions options() {
    IssueOptions issue;
    issue.csr_file = write("web.csr", "csr");
    issue.pause = [this](Seconds duration) { pauses.push_back(duration.count()); };
    return issue;
  }
  ServerOptions here() {
    ServerOptions server;
    server.server = "http://127.0.0.1:" + std::to_string(port_);
    return server;
  }
  std::vector<std::int64_t> pauses;
};

TEST_F(RequestCommands, ARequestThatWaitsIsStatus4AndSaysWhatIsNext) {
  answer_waits(request("0123"), 10);
  EXPECT_EQ(issue(options(), here(), terminal_), exit_waits);
  EXPECT_THAT(out_.str(), HasSubstr("chancery requests approve 0123"));
  EXPECT_THAT(pauses, ElementsAre());
  EXPECT_THAT(idempotency_keys_, ElementsAre(""));
}

TEST_F(RequestCommands, WaitAsksInTheSameWordsAsOftenAsTheServiceLikes) {
  answer_waits(request("0123"), 7);
  answer_waits(request("0123"), 7);
  answer(201, certificate("01ab"));
  IssueOptions issue_options = options();
  issue_options.wait = "1h";
  EXPECT_EQ(issue(issue_options, here(), terminal_), exit_ok);
  EXPECT_THAT(pauses, ElementsAre(7, 7));
  EXPECT_EQ(out_.str(), "-----LEAF-----\n-----CHAIN-----\n");
  ASSERT_EQ(requests_.size(), 3U);
  EXPECT_EQ(requests_[0], requests_[2]);
  EXPECT_EQ(idempotency_keys_[0].size(), 32U);
  EXPECT_EQ(idempotency_keys_[0], idempotency_keys_[2]);
}

// Killed while it waits, or when the answer is lost: the key is said before anything else.
TEST_F(RequestCommands, WaitSaysItsKeySoThatItCanGoOn) {
  answer_waits(request("0123"), 7);
  IssueOptions issue_options = options();
  issue_options.wait = "7s";
  EXPECT_EQ(issue(issue_options, here(), terminal_), exit_waits);
  const std::string key = idempotency_keys_.at(0);
  EXPECT_THAT(error_.str(), HasSubstr("request 0123 waits for approval until 2026-01-08T00:00:00Z"));
  EXPECT_THAT(error_.str(), HasSubstr("--idempotency-key " + key));
  EXPECT_THAT(out_.str(), HasSubstr("--idempotency-key " + key));

  answers_.clear();
  answer(201, certificate("01ab"));
  const std::string out = folder_ + "/web.pem";
  EXPECT_EQ(
      run({"issue", "--csr", issue_options.csr_file, "--wait", "1h", "--idempotency-key", key, "--out", out}),
      exit_ok);
  EXPECT_EQ(idempotency_keys_.back(), key);
  EXPECT_THAT(out_.str(), HasSubstr("is in " + out));
  EXPECT_EQ(run({"explain", "--csr", issue_options.csr_file, "--idempotency-key", key}), exit_refused);
  EXPECT_EQ(idempotency_keys_.back(), key);
}

TEST_F(RequestCommands, AServiceThatIsLostWhileItWaitsLeavesTheKey) {
  refuse(503, "not now");
  IssueOptions issue_options = options();
  issue_options.wait = "1h";
  EXPECT_EQ(issue(issue_options, here(), terminal_), exit_unreachable);
  EXPECT_THAT(error_.str(), HasSubstr("--idempotency-key " + idempotency_keys_.at(0)));
}

TEST_F(RequestCommands, AnIdempotencyKeyHasItsLimits) {
  answer(201, certificate("01ab"));
  const std::string csr = write("web.csr", "csr");
  EXPECT_EQ(run({"issue", "--csr", csr, "--idempotency-key", std::string(128, 'k')}), exit_ok);
  for (const std::string& bad : {std::string(129, 'k'), std::string(), std::string("a b"),
                                 std::string("a\r\nX: y"), std::string("\xc3\xa4")})
    EXPECT_EQ(run({"issue", "--csr", csr, "--idempotency-key", bad}), exit_usage) << bad;
  EXPECT_EQ(requests_.size(), 1U);
}

TEST_F(RequestCommands, ShowFetchesTheCertificateWithTheTokenThatAsked) {
  json issued = request("0123", "issued");
  issued["certificate"] = certificate("01ab");
  issued["certificate"]["log"] = {{"index", 7}};
  answer(200, issued);
  const std::string token = write("t", "tok\n"), out = folder_ + "/web.pem", proof = folder_ + "/web.json";
  EXPECT_EQ(run({"requests", "show", "0123", "--token-file", token, "--out", out, "--proof", proof}),
            exit_ok);
  EXPECT_EQ(requests_.back(), "GET /v1/requests/0123 ");
  EXPECT_EQ(authorization_, "Bearer tok");
  EXPECT_EQ(read_file(out, 1000).value(), "-----LEAF-----\n-----CHAIN-----\n");
  EXPECT_EQ(json::parse(read_file(proof, 1000).value())["index"], 7);
  EXPECT_THAT(out_.str(), HasSubstr("certificate 01ab"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("-----LEAF-----")));
}

TEST_F(RequestCommands, ShowWritesNothingWhenThereIsNoCertificate) {
  const std::string out = folder_ + "/none.pem";
  for (const auto& [state, status] : {std::pair("pending", exit_waits), std::pair("approved", exit_waits),
                                      std::pair("rejected", exit_refused)}) {
    answers_.clear();
    answer(200, request("0123", state));
    EXPECT_EQ(run({"requests", "show", "0123", "--out", out}), status) << state;
    EXPECT_THAT(error_.str(), HasSubstr(state));
    EXPECT_FALSE(std::filesystem::exists(out));
  }
}

TEST_F(RequestCommands, WaitEnds) {
  answer_waits(request("0123"), 40);
  IssueOptions issue_options = options();
  issue_options.wait = "1m";
  EXPECT_EQ(issue(issue_options, here(), terminal_), exit_waits);
  EXPECT_THAT(pauses, ElementsAre(40, 20));
  issue_options.wait = "soon";
  EXPECT_EQ(issue(issue_options, here(), terminal_), exit_refused);
}

TEST_F(RequestCommands, ListShowsWhatIsPendingUnlessToldOtherwise) {
  answer(200, {{"requests", {request("0123")}}}, {{"next_cursor", nullptr}});
  EXPECT_EQ(run({"requests", "list"}), exit_ok);
  EXPECT_EQ(requests_.at(0), "GET /v1/requests?limit=100&state=pending ");
  EXPECT_THAT(out_.str(), HasSubstr("0123     pending  web-01    admin    1 of 2 bob"));
  EXPECT_EQ(run({"requests", "list", "--state", "all", "--identity", "a b", "--json"}), exit_ok);
  EXPECT_EQ(requests_.at(1), "GET /v1/requests?limit=100&identity=a%20b ");
  EXPECT_EQ(json::parse(out_.str())["requests"][0]["id"], "0123");
  EXPECT_EQ(run({"requests", "list", "--state", "nonsense"}), exit_usage);
}

TEST_F(RequestCommands, ShowHasTheRequestThenTheCertificate) {
  answer(200, request("0123"));
  EXPECT_EQ(run({"requests", "show", "0123"}), exit_ok);
  EXPECT_THAT(out_.str(), HasSubstr("asked by     alice with a certificate"));
  EXPECT_THAT(out_.str(), HasSubstr("-----CSR-----"));
  answers_.clear();
  json issued = request("0123", "issued");
  issued["certificate"] = certificate("01ab");
  answer(200, issued);
  EXPECT_EQ(run({"requests", "show", "0123"}), exit_ok);
  EXPECT_THAT(out_.str(), HasSubstr("-----LEAF-----\n-----CHAIN-----\n"));
}

TEST_F(RequestCommands, DecisionsGoToTheirPaths) {
  answer(200, request("0123"));
  EXPECT_EQ(run({"requests", "approve", "0123"}), exit_ok);
  EXPECT_EQ(requests_.back(), "POST /v1/requests/0123/approval {}");
  EXPECT_THAT(out_.str(), HasSubstr("request 0123 is pending, approvals 1 of 2 bob"));
  EXPECT_EQ(run({"requests", "reject", "0123", "--reason", "no"}), exit_ok);
  EXPECT_EQ(requests_.back(), R"(POST /v1/requests/0123/rejection {"reason":"no"})");
  EXPECT_EQ(run({"requests", "reject", "0123"}), exit_usage);
  EXPECT_EQ(run({"requests", "cancel", "../x", "--token-file", write("t", "tok\n")}), exit_ok);
  EXPECT_EQ(requests_.back(), "POST /v1/requests/..%2fx/cancellation {}");
  EXPECT_EQ(authorization_, "Bearer tok");
}

TEST_F(RequestCommands, TheLineageIsATreeThatGoesRightAtForksOnly) {
  const auto member = [](const std::string& serial, const std::string& parent, const char* link) {
    json entry = certificate(serial);
    if (!parent.empty()) entry[link] = parent;
    return entry;
  };
  answer(200,
         {{"certificates",
           {member("05", "03", "supersedes"), member("04", "02", "renewed_from"),
            member("03", "02", "renewed_from"), member("02", "01", "renewed_from"), member("01", "", "")}}},
         {{"next_cursor", nullptr}});
  EXPECT_EQ(run({"show", "02", "--lineage"}), exit_ok);
  EXPECT_EQ(requests_.at(0), "GET /v1/certificates/02/lineage?limit=100 ");
  std::istringstream lines(out_.str());
  std::vector<std::string> heads;
  for (std::string line; std::getline(lines, line);) heads.push_back(line.substr(0, 24));
  EXPECT_THAT(
      heads, ElementsAre("SERIAL  HOW            S", "01      enrolled       v", "02 *    renewed        v",
                         "  03    renewed        v", "  05    enrolled anew  v", "  04    renewed        v"));
}

TEST_F(RequestCommands, ARevocationNamesWhatItLeaves) {
  answer(200, {{"status", "revoked"},
               {"revoked_at", "2026-01-01T00:00:00Z"},
               {"reason", "keyCompromise"},
               {"serials", {"01"}},
               {"descendants", {"02"}}});
  EXPECT_EQ(run({"revoke", "01", "--reason", "keyCompromise"}), exit_ok);
  EXPECT_EQ(requests_.back(), R"(POST /v1/certificates/01/revocation {"reason":"keyCompromise"})");
  EXPECT_THAT(error_.str(), HasSubstr("chancery revoke 01 --lineage --reason keyCompromise"));
  EXPECT_EQ(run({"revoke", "01", "--reason", "keyCompromise", "--lineage"}), exit_ok);
  EXPECT_EQ(requests_.back(),
            R"(POST /v1/certificates/01/revocation {"reason":"keyCompromise","scope":"lineage"})");
}

TEST_F(RequestCommands, EnrolmentsAreListedAndWithdrawn) {
  const json entry{{"id", "ab"},        {"identity", "web-01"}, {"profile", "service"}, {"used", 0},
                   {"uses", 2},         {"usable", true},       {"created_by", "al"},   {"expires_at", "x"},
                   {"names", {"dns:a"}}};
  answer(200, {{"enrollments", {entry}}}, {{"next_cursor", nullptr}});
  EXPECT_EQ(run({"enrollments", "list", "--usable"}), exit_ok);
  EXPECT_EQ(requests_.at(0), "GET /v1/enrollments?limit=100&usable=true ");
  EXPECT_THAT(out_.str(), HasSubstr("0 of 2  usable"));
  answer(200, {{"identity", "web-01"}, {"withdrawn_at", "2026-01-01T00:00:00Z"}});
  EXPECT_EQ(run({"enrollments", "withdraw", "ab"}), exit_ok);
  EXPECT_EQ(requests_.back(), "POST /v1/enrollments/ab/withdrawal {}");
}

TEST_F(RequestCommands, AnswersOfWrongTypesDoNoHarm) {
  for (const json& nonsense :
       {json(1), json("x"), json::array(), json({{"approvals", 3}, {"serials", "x"}})}) {
    answers_.clear();
    answer(200, nonsense);
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"requests", "list"},
                                                      {"requests", "show", "1"},
                                                      {"requests", "approve", "1"},
                                                      {"enrollments", "list"},
                                                      {"enrollments", "withdraw", "1"},
                                                      {"show", "01", "--lineage"},
                                                      {"revoke", "01", "--reason", "superseded"}}) {
      EXPECT_EQ(run(arguments), exit_ok) << nonsense << arguments.front();
    }
  }
}

}  // namespace
}  // namespace chancery::cli
