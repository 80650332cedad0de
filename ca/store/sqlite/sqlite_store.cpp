#include "ca/store/sqlite/sqlite_store.h"

#include <SQLiteCpp/Exception.h>

#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "ca/store/cursor.h"
#include "ca/store/refusals.h"
#include "ca/store/sqlite/failure.h"
#include "ca/store/sqlite/group_commit.h"
#include "ca/store/sqlite/reader_pool.h"
#include "ca/store/sqlite/writer.h"

namespace chancery::store {
namespace {

class SqliteStore final : public Store {
 public:
  SqliteStore(const SqliteOptions& options, DatabaseHandle database, LogHashing hashing)
      : writer_(std::move(database), std::move(hashing)),
        readers_(options),
        commits_([this](std::span<GroupCommit::Job* const> jobs) { writer_.commit(jobs); }) {}

  Result<void> begin_issuance(const Intent& intent, const AuditDraft& audit) override {
    return commits_.run([&] { return recorded(audit, [&] { return writer_.issuance.begin(intent); }); });
  }
  Result<void> check_issuance(const Intent& intent) override {
    return commits_.run([&] { return writer_.issuance.check(intent); });
  }
  Result<void> complete_issuance(const CertificateRecord& certificate, const AuditDraft& audit,
                                 const OutboxEvent& event) override {
    return commits_.run([&] {
      return recorded(
          audit, [&] { return writer_.issuance.complete(certificate, writer_.audit.next()); }, &event);
    });
  }
  Result<void> abandon_issuance(const std::string& serial, const AuditDraft& audit) override {
    return commits_.run([&] { return recorded(audit, [&] { return writer_.issuance.abandon(serial); }); });
  }
  Result<std::vector<Intent>> open_intents() override {
    return read([](Reader& reader) { return reader.certificates.open_intents(); });
  }

  Result<std::optional<CertificateRow>> find_certificate(const std::string& serial) override {
    return read([&](Reader& reader) { return reader.certificates.find(serial); });
  }
  Result<std::optional<CertificateRow>> find_by_idempotency_key(const Identity& identity,
                                                                const std::string& key) override {
    return read([&](Reader& reader) { return reader.certificates.find_by_idempotency_key(identity, key); });
  }
  Result<std::optional<CertificateRow>> find_repeat(const Digest& request_hash, const std::string& renews,
                                                    TimePoint since, TimePoint at) override {
    return read(
        [&](Reader& reader) { return reader.certificates.find_repeat(request_hash, renews, since, at); });
  }
  Result<std::optional<Superseded>> find_superseded(const Identity& identity, const ProfileName& profile,
                                                    const std::vector<std::string>& names,
                                                    TimePoint at) override {
    return read(
        [&](Reader& reader) { return reader.certificates.find_superseded(identity, profile, names, at); });
  }
  Result<void> check_key(const Digest& spki_hash, const Identity& identity, bool fresh) override {
    const Result<Result<void>> checked =
        read([&](Reader& reader) { return reader.keys.check(spki_hash, identity, fresh); });
    return checked ? *checked : Result<void>(checked.error());
  }
  Result<std::vector<QuotaUse>> check_quotas(const std::vector<Quota>& quotas, TimePoint now) override {
    return read([&](Reader& reader) { return reader.quotas.uses_of(quotas, now); });
  }
  Result<int> forget_quota_uses(TimePoint until, int limit) override {
    if (Result<void> checked = check_limit(limit, read_limit); !checked) return checked.error();
    int forgotten = 0;
    const Result<void> done = commits_.run([&]() -> Result<void> {
      forgotten = writer_.issuance.forget_quota_uses(until, limit);
      return {};
    });
    return done ? Result<int>(forgotten) : done.error();
  }
  Result<CertificatePage> list_certificates(const CertificateFilter& filter, const std::string& cursor,
                                            int limit) override {
    if (Result<void> checked = check_limit(limit, list_limit); !checked) return checked.error();
    const Result<std::optional<Position>> after = decode_cursor(cursor, lists_by_expiry(filter));
    if (!after) return after.error();
    return read([&](Reader& reader) { return reader.certificates.list(filter, *after, limit); });
  }
  Result<std::optional<StatusRecord>> find_status(const std::string& serial) override {
    return read([&](Reader& reader) { return reader.certificates.find_status(serial); });
  }
  Result<std::vector<SerialRow>> read_serials(std::int64_t after, int limit) override {
    if (Result<void> checked = check_limit(limit, read_limit); !checked) return checked.error();
    return read([&](Reader& reader) { return reader.certificates.serials(after, limit); });
  }
  Result<void> revoke(const std::string& serial, TimePoint at, int reason, const AuditDraft& audit,
                      const OutboxEvent& event) override {
    return commits_.run([&] {
      return recorded(
          audit, [&] { return writer_.issuance.revoke(serial, at, reason); }, &event);
    });
  }
  Result<std::vector<std::string>> revoke_lineage(const std::string& serial, TimePoint at, int reason,
                                                  const DescribeRevocation& describe) override {
    std::vector<std::string> serials;
    const Result<void> done = commits_.run([&]() -> Result<void> {
      Result<std::vector<std::string>> revoked = writer_.issuance.revoke_lineage(serial, at, reason);
      if (!revoked) return std::move(revoked).error();
      serials = std::move(*revoked);
      for (const std::string& each : serials) {
        const RevocationNotice notice = describe(each);
        const Result<Digest> leaf = writer_.audit.hash(notice.audit);
        // Too late for a refusal; the commit's owner undoes it all.
        if (!leaf) throw std::runtime_error(leaf.error().message);
        writer_.audit.append(notice.audit, *leaf);
        writer_.audit.publish(notice.event);
      }
      return {};
    });
    return done ? Result<std::vector<std::string>>(std::move(serials)) : done.error();
  }
  Result<std::vector<std::string>> find_descendants(const std::string& serial, TimePoint at) override {
    const auto members = read([&](Reader& reader) { return reader.lineages.descent_of(serial, at); });
    if (!members) return members.error();
    if (!*members) return members->error();
    std::vector<std::string> serials;
    for (const LineageMember& member : **members) {
      if (member.revocable && !member.open && member.serial != serial) serials.push_back(member.serial);
    }
    return serials;
  }
  Result<std::vector<std::int64_t>> count_expiring(TimePoint now,
                                                   const std::vector<Seconds>& within) override {
    return read([&](Reader& reader) { return reader.certificates.count_expiring(now, within); });
  }

  Result<void> add_token(const Token& token, const AuditDraft& audit) override {
    return commits_.run([&] { return recorded(audit, [&] { return writer_.tokens.add(token); }); });
  }
  Result<std::optional<Token>> find_token(const Digest& hash) override {
    return read([&](Reader& reader) { return reader.tokens.find(hash); });
  }

  Result<void> withdraw_token(const Digest& hash, TimePoint at, const Identity& by,
                              const AuditDraft& audit) override {
    return commits_.run([&] {
      return recorded(audit, [&] {
        Result<void> done = writer_.tokens.withdraw(hash, at, by);
        if (done) writer_.requests.cancel_of(hash, at, by);
        return done;
      });
    });
  }
  Result<TokenPage> list_tokens(const TokenFilter& filter, const std::string& cursor, int limit) override {
    return page(cursor, limit, [&](Reader& reader, std::int64_t before) {
      return reader.tokens.list(filter, before, limit);
    });
  }

  Result<void> add_request(const ApprovalRequest& request, const RequestLimits& limits,
                           const AuditDraft& audit) override {
    return commits_.run([&] {
      return recorded(audit, [&] {
        const Result<void> first = check_not_asked_before(request);
        return first ? writer_.requests.add(request, limits) : first;
      });
    });
  }
  Result<void> check_request(const ApprovalRequest& request, const RequestLimits& limits) override {
    return commits_.run([&] {
      const Result<void> first = check_not_asked_before(request);
      return first ? writer_.requests.check(request, limits) : first;
    });
  }
  Result<OpenRequests> count_open_requests(TimePoint now) override {
    return read([&](Reader& reader) { return reader.requests.count_open(now); });
  }
  Result<std::optional<ApprovalRequest>> find_request(const std::string& id) override {
    return read([&](Reader& reader) { return reader.requests.find(id); });
  }
  Result<std::optional<ApprovalRequest>> find_same_request(const Identity& identity,
                                                           const std::string& idempotency_key,
                                                           const Digest& request_hash,
                                                           const std::string& renews) override {
    return read([&](Reader& reader) {
      return reader.requests.find_same(identity, idempotency_key, request_hash, renews);
    });
  }
  Result<bool> has_requests(const Digest& token_hash) override {
    return read([&](Reader& reader) { return reader.requests.any_of(token_hash); });
  }
  Result<RequestPage> list_requests(const RequestFilter& filter, const std::string& cursor,
                                    int limit) override {
    return page(cursor, limit, [&](Reader& reader, std::int64_t before) {
      return reader.requests.list(filter, before, limit);
    });
  }
  Result<std::vector<ApprovalRequest>> expired_requests(TimePoint now, int limit) override {
    if (Result<void> checked = check_limit(limit, list_limit); !checked) return checked.error();
    return read([&](Reader& reader) { return reader.requests.expired(now, limit); });
  }
  Result<void> approve_request(const std::string& id, const Approval& approval, int required,
                               const AuditDraft& audit) override {
    return commits_.run(
        [&] { return recorded(audit, [&] { return writer_.requests.approve(id, approval, required); }); });
  }
  Result<void> end_request(const std::string& id, const RequestEnd& end, const AuditDraft& audit) override {
    return commits_.run([&] { return recorded(audit, [&] { return writer_.requests.end(id, end); }); });
  }

  Result<void> append_audit(const AuditDraft& audit) override {
    return commits_.run([&] { return recorded(audit, [] { return Result<void>(); }); });
  }
  Result<std::vector<AuditEntry>> read_audit(std::int64_t after, int limit) override {
    if (Result<void> checked = check_limit(limit, read_limit); !checked) return checked.error();
    return read([&](Reader& reader) { return reader.audit.entries(after, limit); });
  }
  Result<std::int64_t> log_size() override {
    return read([](Reader& reader) { return reader.audit.size(); });
  }
  Result<std::vector<Digest>> read_log_tile(int level, std::int64_t number, int width) override {
    if (Result<void> checked = check_tile(level, number, width); !checked) return checked.error();
    return read([&](Reader& reader) { return reader.audit.tiles.read(level, number, width); });
  }
  Result<std::optional<AuditEntry>> find_log_entry(const std::string& serial) override {
    return read([&](Reader& reader) { return reader.audit.find_entry(serial); });
  }
  Result<std::vector<std::pair<std::int64_t, OutboxEvent>>> read_outbox(int limit) override {
    if (Result<void> checked = check_limit(limit, read_limit); !checked) return checked.error();
    return read([&](Reader& reader) { return reader.audit.outbox(limit); });
  }
  Result<void> acknowledge_outbox(std::int64_t through) override {
    return commits_.run([&]() -> Result<void> {
      writer_.audit.acknowledge(through);
      return {};
    });
  }

  Result<void> check_writable() override {
    return commits_.run([&]() -> Result<void> {
      writer_.probe.run();
      writer_.unprobe.run();
      return {};
    });
  }

 private:
  Result<void> check_not_asked_before(const ApprovalRequest& request) {
    return writer_.issuance.check_not_repeated(request.identity, request.idempotency_key,
                                               request.request_hash, request.renews, std::nullopt,
                                               request.created_at, "");
  }

  // What was done goes into the audit log in the same transaction; what was refused does not. The entry is
  // hashed first, because an entry that cannot be logged must leave nothing to undo.
  template <typename Work>
  Result<void> recorded(const AuditDraft& audit, const Work& work, const OutboxEvent* event = nullptr) {
    const Result<Digest> leaf = writer_.audit.hash(audit);
    if (!leaf) return leaf.error();
    Result<void> done = work();
    if (!done) return done;
    writer_.audit.append(audit, *leaf);
    if (event != nullptr) writer_.audit.publish(*event);
    return done;
  }

  // One page of a listing that is newest first.
  template <typename List>
  auto page(const std::string& cursor, int limit, const List& list)
      -> Result<std::invoke_result_t<List, Reader&, std::int64_t>> {
    if (Result<void> checked = check_limit(limit, list_limit); !checked) return checked.error();
    const Result<std::optional<Position>> after = decode_cursor(cursor, false);
    if (!after) return after.error();
    const std::int64_t before = *after ? (*after)->id : std::numeric_limits<std::int64_t>::max();
    return read([&](Reader& reader) { return list(reader, before); });
  }

  template <typename Work>
  auto read(const Work& work) -> Result<std::invoke_result_t<Work, Reader&>> {
    try {
      return readers_.with(work);
    } catch (const SQLite::Exception& exception) {
      return to_error(exception);
    }
  }

  Writer writer_;
  ReaderPool
      readers_;  // closed before the writer, which alone can merge the write-ahead log into the database
  GroupCommit commits_;  // last: its thread uses writer_
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteOptions& options, LogHashing hashing) {
  Result<DatabaseHandle> database = open_for_writing(options, hashing);
  if (!database) return database.error();
  try {
    return std::unique_ptr<Store>(
        std::make_unique<SqliteStore>(options, std::move(*database), std::move(hashing)));
  } catch (const SQLite::Exception& exception) {
    return to_open_error(exception, options.path);
  }
}

}  // namespace chancery::store
