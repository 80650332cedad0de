// A store that can be told to fail, and otherwise passes on. A call that fails has changed nothing.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ca/store/store.h"

namespace chancery::test {

class FailingStore final : public store::Store {
 public:
  explicit FailingStore(std::unique_ptr<store::Store> inner) : inner_(std::move(inner)) {}
  std::optional<Error> fault;  // what every write answers while it is set

  // Of the calls from now on, reads included, those with the numbers `first` (1 = the next) to first + count
  // - 1 fail as unavailable.
  void fail_calls(int first, int count) {
    calls_ = 0;
    first_ = first;
    end_ = first + count;
  }
  [[nodiscard]] int calls() const { return calls_; }  // since then

  Result<void> begin_issuance(const store::Intent& intent, const store::AuditDraft& audit) override {
    return write([&] { return inner_->begin_issuance(intent, audit); });
  }
  Result<void> complete_issuance(const store::CertificateRecord& certificate, const store::AuditDraft& audit,
                                 const store::OutboxEvent& event) override {
    return write([&] { return inner_->complete_issuance(certificate, audit, event); });
  }
  Result<void> abandon_issuance(const std::string& serial, const store::AuditDraft& audit) override {
    return write([&] { return inner_->abandon_issuance(serial, audit); });
  }
  Result<std::vector<store::Intent>> open_intents() override {
    return pass([&] { return inner_->open_intents(); });
  }
  Result<std::optional<store::CertificateRow>> find_certificate(const std::string& serial) override {
    return pass([&] { return inner_->find_certificate(serial); });
  }
  Result<std::optional<store::CertificateRow>> find_by_idempotency_key(const Identity& identity,
                                                                       const std::string& key) override {
    return pass([&] { return inner_->find_by_idempotency_key(identity, key); });
  }
  Result<std::optional<store::CertificateRow>> find_repeat(const store::Digest& request_hash,
                                                           const std::string& renews, TimePoint since,
                                                           TimePoint at) override {
    return pass([&] { return inner_->find_repeat(request_hash, renews, since, at); });
  }
  Result<std::optional<store::Superseded>> find_superseded(const Identity& identity,
                                                           const ProfileName& profile,
                                                           const std::vector<std::string>& names,
                                                           TimePoint at) override {
    return pass([&] { return inner_->find_superseded(identity, profile, names, at); });
  }
  Result<void> check_issuance(const store::Intent& intent) override {
    return pass([&] { return inner_->check_issuance(intent); });
  }
  Result<void> check_key(const store::Digest& spki_hash, const Identity& identity, bool fresh) override {
    return pass([&] { return inner_->check_key(spki_hash, identity, fresh); });
  }
  Result<std::vector<store::QuotaUse>> check_quotas(const std::vector<store::Quota>& quotas,
                                                    TimePoint now) override {
    return pass([&] { return inner_->check_quotas(quotas, now); });
  }
  Result<int> forget_quota_uses(TimePoint until, int limit) override {
    return write([&] { return inner_->forget_quota_uses(until, limit); });
  }
  Result<store::CertificatePage> list_certificates(const store::CertificateFilter& filter,
                                                   const std::string& cursor, int limit) override {
    return pass([&] { return inner_->list_certificates(filter, cursor, limit); });
  }
  Result<std::optional<store::StatusRecord>> find_status(const std::string& serial) override {
    return pass([&] { return inner_->find_status(serial); });
  }
  Result<std::vector<store::SerialRow>> read_serials(std::int64_t after, int limit) override {
    return pass([&] { return inner_->read_serials(after, limit); });
  }
  Result<void> revoke(const std::string& serial, TimePoint at, int reason, const store::AuditDraft& audit,
                      const store::OutboxEvent& event) override {
    return write([&] { return inner_->revoke(serial, at, reason, audit, event); });
  }
  Result<std::vector<std::string>> revoke_lineage(const std::string& serial, TimePoint at, int reason,
                                                  const store::DescribeRevocation& describe) override {
    return write([&] { return inner_->revoke_lineage(serial, at, reason, describe); });
  }
  Result<std::vector<std::string>> find_descendants(const std::string& serial, TimePoint at) override {
    return pass([&] { return inner_->find_descendants(serial, at); });
  }
  Result<std::vector<std::int64_t>> count_expiring(TimePoint now,
                                                   const std::vector<Seconds>& within) override {
    return pass([&] { return inner_->count_expiring(now, within); });
  }
  Result<void> add_token(const store::Token& token, const store::AuditDraft& audit) override {
    return write([&] { return inner_->add_token(token, audit); });
  }
  Result<std::optional<store::Token>> find_token(const store::Digest& hash) override {
    return pass([&] { return inner_->find_token(hash); });
  }
  Result<void> withdraw_token(const store::Digest& hash, TimePoint at, const Identity& by,
                              const store::AuditDraft& audit) override {
    return write([&] { return inner_->withdraw_token(hash, at, by, audit); });
  }
  Result<store::TokenPage> list_tokens(const store::TokenFilter& filter, const std::string& cursor,
                                       int limit) override {
    return pass([&] { return inner_->list_tokens(filter, cursor, limit); });
  }
  Result<void> add_request(const store::ApprovalRequest& request, const store::RequestLimits& limits,
                           const store::AuditDraft& audit) override {
    return write([&] { return inner_->add_request(request, limits, audit); });
  }
  Result<void> check_request(const store::ApprovalRequest& request,
                             const store::RequestLimits& limits) override {
    return pass([&] { return inner_->check_request(request, limits); });
  }
  Result<store::OpenRequests> count_open_requests(TimePoint now) override {
    return pass([&] { return inner_->count_open_requests(now); });
  }
  Result<std::optional<store::ApprovalRequest>> find_request(const std::string& id) override {
    return pass([&] { return inner_->find_request(id); });
  }
  Result<std::optional<store::ApprovalRequest>> find_same_request(const Identity& identity,
                                                                  const std::string& idempotency_key,
                                                                  const store::Digest& request_hash,
                                                                  const std::string& renews) override {
    return pass([&] { return inner_->find_same_request(identity, idempotency_key, request_hash, renews); });
  }
  Result<bool> has_requests(const store::Digest& token_hash) override {
    return pass([&] { return inner_->has_requests(token_hash); });
  }
  Result<store::RequestPage> list_requests(const store::RequestFilter& filter, const std::string& cursor,
                                           int limit) override {
    return pass([&] { return inner_->list_requests(filter, cursor, limit); });
  }
  Result<std::vector<store::ApprovalRequest>> expired_requests(TimePoint now, int limit) override {
    return pass([&] { return inner_->expired_requests(now, limit); });
  }
  Result<void> approve_request(const std::string& id, const store::Approval& approval, int required,
                               const store::AuditDraft& audit) override {
    return write([&] { return inner_->approve_request(id, approval, required, audit); });
  }
  Result<void> end_request(const std::string& id, const store::RequestEnd& end,
                           const store::AuditDraft& audit) override {
    return write([&] { return inner_->end_request(id, end, audit); });
  }
  Result<void> append_audit(const store::AuditDraft& audit) override {
    return write([&] { return inner_->append_audit(audit); });
  }
  Result<std::vector<store::AuditEntry>> read_audit(std::int64_t after, int limit) override {
    return pass([&] { return inner_->read_audit(after, limit); });
  }
  Result<std::int64_t> log_size() override {
    return pass([&] { return inner_->log_size(); });
  }
  Result<std::vector<store::Digest>> read_log_tile(int level, std::int64_t number, int width) override {
    return pass([&] { return inner_->read_log_tile(level, number, width); });
  }
  Result<std::optional<store::AuditEntry>> find_log_entry(const std::string& serial) override {
    return pass([&] { return inner_->find_log_entry(serial); });
  }
  Result<std::vector<std::pair<std::int64_t, store::OutboxEvent>>> read_outbox(int limit) override {
    return pass([&] { return inner_->read_outbox(limit); });
  }
  Result<void> acknowledge_outbox(std::int64_t through) override {
    return pass([&] { return inner_->acknowledge_outbox(through); });
  }
  Result<void> check_writable() override {
    return write([&] { return inner_->check_writable(); });
  }

 private:
  template <typename Work>
  auto write(Work work) -> decltype(work()) {
    if (fault) return *fault;
    return pass(work);
  }
  template <typename Work>
  auto pass(const Work& work) -> decltype(work()) {
    const int number = ++calls_;
    if (number >= first_ && number < end_)
      return make_error(ErrorCode::unavailable, "store call " + std::to_string(number) + " was made to fail");
    return work();
  }
  std::unique_ptr<store::Store> inner_;
  std::atomic<int> calls_ = 0;
  int first_ = 0, end_ = 0;
};

}  // namespace chancery::test
