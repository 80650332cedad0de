// 200 clients at the same moment over the real SQLite store: exactly as many certificates as are allowed.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <latch>
#include <mutex>
#include <set>
#include <thread>

#include "ca/audit/entry.h"
#include "ca/audit/verify.h"
#include "ca/store/sqlite/sqlite_store.h"
#include "tests/support/x509_builder.h"
#include "tests/unit/ca/authority/fixture.h"

namespace chancery::authority {
namespace {

constexpr int clients = 200;

class RushTest : public AuthorityTest {
 protected:
  RushTest() {
    std::string pattern = testing::TempDir() + "rush-XXXXXX";
    directory = mkdtemp(pattern.data());
    database = test::must(store::open_sqlite_store({.path = directory + "/ca.db"}, audit::log_hashing()));
    shared = std::make_unique<Authority>(
        AuthorityOptions{.profiles = authority->profiles(), .issuer = authority->issuer()}, *database, clock,
        random, no_steps);
  }
  ~RushTest() override {
    shared.reset();
    database.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }

  store::Digest token(int uses = 1) {
    return test::must(shared->enroll({.actor = Identity("alice"),
                                      .identity = Identity("web-01"),
                                      .profile = ProfileName("service"),
                                      .names = names({"dns:web.svc.internal"}),
                                      .uses = uses,
                                      .lifetime = Seconds(3600),
                                      .request_id = RequestId("test")}))
        .record.hash;
  }

  // Each request by a client of its own, all at once; whoever is told to ask again does. What they got:
  // serials, or the word for the refusal.
  std::multiset<std::string> rush(const std::vector<IssueRequest>& requests) {
    std::multiset<std::string> got;
    std::mutex mutex;
    std::latch together(static_cast<std::ptrdiff_t>(requests.size()));
    {
      std::vector<std::jthread> threads;
      threads.reserve(requests.size());
      for (const IssueRequest& request : requests) {
        threads.emplace_back([&, authenticated = test::Voucher::request(request)] {
          together.arrive_and_wait();
          Result<RecordedCertificate> issued = shared->issue(authenticated);
          while (!issued && issued.error().code == ErrorCode::unavailable)
            issued = shared->issue(authenticated);
          const std::scoped_lock lock(mutex);
          got.insert(issued ? issued->record().serial : std::string(to_string(issued.error().code)));
        });
      }
    }
    EXPECT_TRUE(test::must(audit::verify_log(*database, {}, {})).faults.empty());
    EXPECT_TRUE(test::must(database->open_intents()).empty());
    return got;
  }
  std::size_t recorded() { return test::must(database->list_certificates({}, "", 1000)).rows.size(); }

  struct NoSteps final : StepObserver {
    void finished(Step) override {}
  } no_steps;
  std::string directory;
  std::unique_ptr<store::Store> database;
  std::unique_ptr<Authority> shared;
};

TEST_F(RushTest, ForOneNameWithATokenEachAllGetOne) {
  std::vector<IssueRequest> requests;
  for (int i = 0; i < clients; ++i) {
    requests.push_back(request_for(csr_for({"dns:web.svc.internal"})));
    requests.back().token_hash = token();
  }
  const std::multiset<std::string> got = rush(requests);
  EXPECT_EQ(std::set<std::string>(got.begin(), got.end()).size(), std::size_t{clients});
  EXPECT_EQ(recorded(), std::size_t{clients});
}

TEST_F(RushTest, WithOneTokenAsManyAsItHasUses) {
  for (const std::size_t uses : {std::size_t{1}, std::size_t{3}}) {
    const std::size_t before = recorded();
    const store::Digest paying = token(static_cast<int>(uses));
    std::vector<IssueRequest> requests;
    for (int i = 0; i < clients; ++i) {
      requests.push_back(request_for(csr_for({"dns:web.svc.internal"})));
      requests.back().token_hash = paying;
    }
    EXPECT_EQ(rush(requests).count("conflict"), clients - uses);
    EXPECT_EQ(recorded(), before + uses);
    const store::Token spent = **database->find_token(paying);
    EXPECT_EQ(spent.used, static_cast<int>(uses));
    EXPECT_EQ(spent.reserved, 0);
  }
}

TEST_F(RushTest, WithOneIdempotencyKeyAllGetTheSame) {
  IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
  request.idempotency_key = "one";
  request.token_hash = token();
  const std::multiset<std::string> got = rush(std::vector<IssueRequest>(clients, request));
  EXPECT_EQ(got.count(*got.begin()), std::size_t{clients});
  EXPECT_EQ(recorded(), 1U);
}

TEST_F(RushTest, WithOneIdempotencyKeyForDifferentRequestsOneGetsIt) {
  std::vector<IssueRequest> requests;
  for (int i = 0; i < clients; ++i) {
    requests.push_back(request_for(csr_for({"dns:web.svc.internal"})));
    requests.back().idempotency_key = "one";
  }
  EXPECT_EQ(rush(requests).count("conflict"), std::size_t{clients - 1});
  EXPECT_EQ(recorded(), 1U);
}

TEST_F(RushTest, WithOneCsrAllGetTheSame) {
  IssueRequest request = request_for(csr_for({"dns:web.svc.internal"}));
  request.token_hash = token();
  const std::multiset<std::string> got = rush(std::vector<IssueRequest>(clients, request));
  EXPECT_EQ(got.count(*got.begin()), std::size_t{clients});
  EXPECT_EQ(recorded(), 1U);
}

}  // namespace
}  // namespace chancery::authority
