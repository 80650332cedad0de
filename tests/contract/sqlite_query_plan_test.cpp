// SQLite only: what grows with the number of certificates is found by an index. Every statement that the
// store really runs is caught on its connection and explained, so a new one is judged without being named
// here.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <mutex>
#include <set>

#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

// The statements of every connection that is opened while a Recorder lives, from begin() on. One at a time.
class Recorder {
 public:
  Recorder() {
    the_one = this;
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&Recorder::on_open));
  }
  ~Recorder() {
    sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&Recorder::on_open));
    the_one = nullptr;
  }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void begin() {
    const std::scoped_lock lock(mutex_);
    statements_.clear();
  }
  std::set<std::string> statements() {
    const std::scoped_lock lock(mutex_);
    return statements_;
  }

 private:
  static int on_open(sqlite3* connection, const char**, const void*) {
    return sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, &Recorder::on_statement, the_one);
  }
  static int on_statement(unsigned, void* recorder, void* statement, void*) {
    static_cast<Recorder*>(recorder)->add(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
    return 0;
  }
  void add(const char* sql) {
    const std::scoped_lock lock(mutex_);
    if (sql != nullptr) statements_.insert(sql);
  }

  static Recorder* the_one;
  std::mutex mutex_;
  std::set<std::string> statements_;
};
Recorder* Recorder::the_one = nullptr;

// Walks of what stays small: the revoked (a partial index), the open issuances, and the one row at the end of
// the trail.
bool is_small(const std::string& step, const std::string& sql) {
  for (const char* small : {"INDEX certificate_status_revoked", "SCAN i", "SCAN CONSTANT ROW"}) {
    if (step.find(small) != std::string::npos) return true;
  }
  return step == "SCAN audit" && sql.ends_with("ORDER BY sequence DESC LIMIT 1");
}

class QueryPlans : public testing::Test {
 protected:
  QueryPlans() : store_(open_sqlite(directory_.file("chancery.db"))) {
    for (int number = 1; number <= 20; ++number) issue(number);
    recorder_.begin();
  }

  void issue(int number) {
    const CertificateRecord certificate = make_certificate(number);
    EXPECT_OK(store_->begin_issuance(make_intent(number), event("issuance.intent", certificate.serial)));
    EXPECT_OK(store_->complete_issuance(certificate, event("certificate.issued", certificate.serial),
                                        message("certificate.issued")));
  }

  // "SCAN certificates" of every statement since the constructor that walks a whole table, with the
  // statement.
  std::vector<std::string> scans() {
    const SQLite::Database database(directory_.file("chancery.db"));
    std::vector<std::string> found;
    for (const std::string& sql : recorder_.statements()) {
      if (sql.find("SELECT") == std::string::npos && sql.find("UPDATE") == std::string::npos &&
          sql.find("DELETE") == std::string::npos) {
        continue;
      }
      SQLite::Statement plan(database, "EXPLAIN QUERY PLAN " + sql);
      while (plan.executeStep()) {
        const std::string step = plan.getColumn(3).getString();
        if (step.starts_with("SCAN") && !is_small(step, sql)) found.push_back(step + " in " + sql);
      }
    }
    return found;
  }
  [[nodiscard]] std::size_t statements() { return recorder_.statements().size(); }

  TemporaryDirectory directory_;
  Recorder recorder_;
  std::unique_ptr<Store> store_;
};

TEST_F(QueryPlans, AStatementThatWalksATableIsSeen) {
  SQLite::Database(directory_.file("chancery.db"))
      .execAndGet("SELECT count(*) FROM certificates WHERE subject = 'x'");
  EXPECT_THAT(scans(), testing::ElementsAre(testing::HasSubstr("SCAN certificates")));
}

// Vault 21042 and its like: a revocation took seconds once there were many.
TEST_F(QueryPlans, IssuanceAndRevocationNeverWalkATable) {
  issue(21);
  EXPECT_OK(store_->revoke(make_certificate(21).serial, start, key_compromise,
                           event("certificate.revoked", "s"), message("certificate.revoked")));
  EXPECT_OK(store_->find_certificate(make_certificate(7).serial));
  EXPECT_OK(store_->find_status(make_certificate(7).serial));
  EXPECT_OK(store_->find_by_idempotency_key(Identity("node-1"), "key"));
  EXPECT_CODE(store_->check_key(make_certificate(7).spki_hash, Identity("node-1"), true), conflict);
  EXPECT_GT(statements(), 10U);
  EXPECT_THAT(scans(), testing::IsEmpty());
}

TEST_F(QueryPlans, NeitherRepeatsNorLineagesNorRequestsWalkATable) {
  const CertificateRecord first = make_certificate(7);
  EXPECT_OK(store_->find_repeat(first.request_hash, "", start, start));
  EXPECT_OK(store_->find_superseded(first.identity, first.profile, first.names, start));
  EXPECT_OK(store_->find_descendants(first.serial, start));
  Intent repeat = make_intent(7);
  repeat.serial = serial_of(70);
  repeat.idempotency_key.clear();
  repeat.repeats_since = start;
  EXPECT_CODE(store_->begin_issuance(repeat, event("issuance.intent", "s")), conflict);
  EXPECT_OK(store_->list_certificates({.lineage = first.lineage}, "", 10));
  EXPECT_OK(store_->revoke_lineage(first.serial, start, 4, [](const std::string& serial) {
    return RevocationNotice{event("certificate.revoked", serial), message("certificate.revoked")};
  }));
  EXPECT_OK(store_->add_token(make_token(50), event("enrollment.created", "s")));
  EXPECT_OK(store_->list_tokens({.identity = "node-1", .usable_at = start}, "", 10));
  EXPECT_OK(store_->list_tokens({}, "", 10));
  const ApprovalRequest request{.id = "id",
                                .identity = Identity("node-1"),
                                .token_hash = digest_of(50),
                                .created_at = start,
                                .expires_at = start + Seconds(60)};
  EXPECT_OK(store_->add_request(request, {}, event("request.created", "id")));
  EXPECT_OK(store_->find_same_request(request.identity, "key", request.request_hash, ""));
  EXPECT_OK(store_->has_requests(digest_of(50)));
  EXPECT_OK(store_->list_requests({.identity = "node-1", .state = RequestState::pending}, "", 10));
  EXPECT_OK(store_->list_requests({.identity = "node-1"}, "", 10));
  EXPECT_OK(store_->list_requests({}, "", 10));
  EXPECT_OK(store_->expired_requests(start + Seconds(60), 10));
  EXPECT_OK(store_->approve_request("id", {Identity("node-8"), serial_of(8), start}, 1,
                                    event("request.approved", "id")));
  EXPECT_OK(store_->withdraw_token(digest_of(50), start, Identity("x"), event("enrollment.withdrawn", "s")));
  EXPECT_GT(statements(), 25U);
  EXPECT_THAT(scans(), testing::IsEmpty());
}

TEST_F(QueryPlans, QuotasAreCountedFromTheirIndex) {
  Intent intent = make_intent(21);
  intent.quotas = {{"identity:service:web", 3, Seconds(86400)}, {"name:service:dns:web", 2, Seconds(3600)}};
  EXPECT_OK(store_->begin_issuance(intent, event("issuance.intent", intent.serial)));
  EXPECT_OK(store_->check_quotas(intent.quotas, start));
  EXPECT_OK(store_->abandon_issuance(intent.serial, event("issuance.abandoned", intent.serial)));
  const ApprovalRequest request{.id = "id",
                                .identity = Identity("node-1"),
                                .quotas = intent.quotas,
                                .created_at = start,
                                .expires_at = start + Seconds(60)};
  EXPECT_OK(store_->add_request(request, {}, event("request.created", "id")));
  EXPECT_OK(store_->count_open_requests(start));
  EXPECT_OK(store_->end_request("id", {RequestState::cancelled, start, Identity("x"), "", ""},
                                event("request.cancelled", "id")));
  EXPECT_OK(store_->forget_quota_uses(start, 10));
  EXPECT_GT(statements(), 12U);
  EXPECT_THAT(scans(), testing::IsEmpty());
}

TEST_F(QueryPlans, ExpiryIsCountedFromItsIndex) {
  EXPECT_OK(store_->count_expiring(start, {Seconds(3600), Seconds(86400), Seconds(90LL * 86400)}));
  EXPECT_GT(statements(), 0U);
  EXPECT_THAT(scans(), testing::IsEmpty());
}

TEST_F(QueryPlans, NoListingWalksATable) {
  const std::vector<CertificateFilter> filters{
      {},
      {.identity = "node-1"},
      {.profile = "service"},
      {.name = "dns:web.example"},
      {.status = Status::valid},
      {.status = Status::revoked},
      {.expires_before = start + Seconds(86400)},
      {.expires_after = start},
      {.identity = "node-1",
       .profile = "service",
       .status = Status::valid,
       .expires_before = start + Seconds(86400)},
  };
  for (const CertificateFilter& filter : filters) EXPECT_OK(store_->list_certificates(filter, "", 10));
  EXPECT_GE(statements(), filters.size());
  EXPECT_THAT(scans(), testing::IsEmpty());
}

}  // namespace
}  // namespace chancery::store::test
