#include "ca/store/memory_state.h"

#include <algorithm>

#include "ca/store/cursor.h"
#include "ca/store/refusals.h"

namespace chancery::store {

Result<void> Memory::check_token(const std::optional<Digest>& hash, TimePoint at) const {
  if (!hash) return {};
  const auto token = tokens_.find(*hash);
  if (token == tokens_.end()) return token_unknown();
  if (token->second.withdrawn_at) return token_withdrawn();
  if (token->second.expires_at <= at) return token_expired();
  if (token->second.used + token->second.reserved >= token->second.uses) return token_spent();
  return {};
}

Result<void> Memory::check_not_repeated(const Identity& identity, const std::string& idempotency_key,
                                        const Digest& request_hash, const std::string& renews,
                                        const std::optional<TimePoint>& since, TimePoint at,
                                        const std::string& but) const {
  for (const Known* known : by_id_) {
    const std::optional<Intent>& intent = known->intent;
    const std::optional<CertificateRecord>& certificate = known->certificate;
    if (!idempotency_key.empty() && intent && intent->identity == identity &&
        intent->idempotency_key == idempotency_key) {
      return intent->request_hash == request_hash ? request_open() : idempotency_key_taken();
    }
    if (!idempotency_key.empty() && certificate && certificate->identity == identity &&
        certificate->idempotency_key == idempotency_key) {
      return certificate->request_hash == request_hash ? request_answered() : idempotency_key_taken();
    }
    if (since && intent && intent->request_hash == request_hash && intent->renews == renews)
      return request_open();
  }
  if (since && find_repeat(request_hash, renews, *since, at)) return request_answered();
  return check_not_asked(identity, idempotency_key, request_hash, renews, but);
}

Result<void> Memory::check_key(const Digest& spki_hash, const Identity& identity, bool fresh) const {
  if (compromised_keys_.contains(spki_hash)) return key_compromised();
  for (const Known* known : by_id_) {
    const bool has_it = (known->certificate && known->certificate->spki_hash == spki_hash) ||
                        (known->intent && known->intent->spki_hash == spki_hash);
    if (!has_it) continue;
    const Identity& owner = known->certificate ? known->certificate->identity : known->intent->identity;
    if (owner != identity) return key_of_another();
    if (fresh) return key_not_fresh();
  }
  return {};
}

bool Memory::is_valid(const std::string& serial) const {
  const auto found = known_.find(serial);
  return found != known_.end() && found->second.status.status == Status::valid &&
         !compromised_keys_.contains(found->second.certificate.value().spki_hash);
}

QuotaUse Memory::use_of(const Quota& quota, TimePoint now, const std::string& request) const {
  const auto [first_hold, last_hold] = quota_holds_.equal_range(quota.subject);
  const std::int64_t held =
      std::count_if(first_hold, last_hold, [&](const auto& hold) { return hold.second != request; });
  if (held >= quota.most) return {quota.most, std::nullopt};
  std::vector<TimePoint> uses;
  const auto [first, last] = quota_uses_.equal_range(quota.subject);
  for (auto it = first; it != last; ++it) {
    if (it->second.first > now - quota.window) uses.push_back(it->second.first);
  }
  std::sort(uses.rbegin(), uses.rend());
  const auto left = static_cast<std::size_t>(quota.most - held);
  if (uses.size() < left) return {static_cast<std::int64_t>(uses.size()) + held, std::nullopt};
  return {quota.most, uses[left - 1] + quota.window};
}

Result<void> Memory::check_left(const std::vector<Quota>& quotas, TimePoint now,
                                const std::string& request) const {
  std::vector<Quota> spent;
  for (const Quota& quota : quotas) {
    if (use_of(quota, now, request).used >= quota.most) spent.push_back(quota);
  }
  if (spent.empty()) return {};
  return quotas_spent(spent);
}

void Memory::release(const std::string& request) {
  std::erase_if(quota_holds_, [&](const auto& hold) { return hold.second == request; });
}

int Memory::forget_quota_uses(TimePoint until, int limit) {
  std::vector<TimePoint> old;
  for (const auto& [subject, use] : quota_uses_) {
    if (use.first <= until) old.push_back(use.first);
  }
  std::sort(old.begin(), old.end());
  int left = std::min(limit, static_cast<int>(old.size()));
  const int forgotten = left;
  if (left == 0) return 0;
  const TimePoint last = old[static_cast<std::size_t>(left - 1)];
  std::erase_if(quota_uses_, [&](const auto& use) { return use.second.first <= last && left-- > 0; });
  return forgotten;
}

std::vector<QuotaUse> Memory::check_quotas(const std::vector<Quota>& quotas, TimePoint now) const {
  std::vector<QuotaUse> uses;
  uses.reserve(quotas.size());
  for (const Quota& quota : quotas) uses.push_back(use_of(quota, now, ""));
  return uses;
}

Known* Memory::find_open(const std::string& serial) {
  const auto found = known_.find(serial);
  return found != known_.end() && found->second.intent ? &found->second : nullptr;
}

Result<void> Memory::check(const Intent& intent) const {
  if (Result<void> first =
          check_not_repeated(intent.identity, intent.idempotency_key, intent.request_hash, intent.renews,
                             intent.repeats_since, intent.created_at, intent.approval);
      !first) {
    return first;
  }
  if (!intent.approval.empty()) {
    if (Result<void> ready = check_ready(intent); !ready) return ready;
  } else if (Result<void> free = check_token(intent.token_hash, intent.created_at); !free) {
    return free;
  }
  if (!intent.authorised_by.empty() && !is_valid(intent.authorised_by))
    return not_authorised(intent.authorised_by);
  if (Result<void> checked = check_key(intent.spki_hash, intent.identity, intent.fresh_key); !checked)
    return checked;
  return check_left(intent.quotas, intent.created_at, intent.approval);
}

Result<void> Memory::begin(const Intent& intent, const AuditDraft& audit) {
  const Result<Digest> leaf = hash(audit);
  if (!leaf) return leaf.error();
  if (Result<void> may = check(intent); !may) return may;
  if (known_.contains(intent.serial)) return serial_known(intent.serial);
  Known& known = known_[intent.serial];
  known = {static_cast<std::int64_t>(by_id_.size()) + 1,
           {intent.serial, Status::unrecorded, std::nullopt, 0},
           intent,
           std::nullopt,
           0,
           std::nullopt};
  by_id_.push_back(&known);
  if (intent.token_hash && intent.approval.empty()) ++tokens_.at(*intent.token_hash).reserved;
  if (!intent.approval.empty()) release(intent.approval);
  for (const Quota& quota : intent.quotas)
    quota_uses_.emplace(quota.subject, std::pair(intent.created_at, intent.serial));
  append(audit, *leaf);
  return {};
}

Result<void> Memory::complete(const CertificateRecord& certificate, const AuditDraft& audit,
                              const OutboxEvent& event) {
  const Result<Digest> leaf = hash(audit);
  if (!leaf) return leaf.error();
  Known* open = find_open(certificate.serial);
  if (open == nullptr) return no_open_intent(certificate.serial);
  if (open->intent->identity != certificate.identity ||
      open->intent->idempotency_key != certificate.idempotency_key) {
    return other_intent(certificate.serial);
  }
  if (open->status.status == Status::revoked) return revoked_meanwhile(certificate.serial);
  if (compromised_keys_.contains(certificate.spki_hash)) return key_compromised();
  if (open->intent->token_hash) {
    Token& token = tokens_.at(*open->intent->token_hash);
    --token.reserved;
    ++token.used;
  }
  if (ApprovalRequest* request = request_of(open->intent->approval)) {
    request->state = RequestState::issued;
    request->ended_at = certificate.issued_at;
    request->serial = certificate.serial;
  }
  open->intent.reset();
  open->certificate = certificate;
  open->log_sequence = edge_.size() + 1;
  open->status.status = Status::valid;
  append(audit, *leaf);
  publish(event);
  return {};
}

Result<void> Memory::abandon(const std::string& serial, const AuditDraft& audit) {
  const Result<Digest> leaf = hash(audit);
  if (!leaf) return leaf.error();
  Known* open = find_open(serial);
  if (open == nullptr) return no_open_intent(serial);
  // An approved request keeps what it holds: it will be tried again.
  const std::string& approval = open->intent->approval;
  if (!approval.empty()) {
    for (const auto& [subject, use] : quota_uses_) {
      if (use.second == serial) quota_holds_.emplace(subject, approval);
    }
  } else if (open->intent->token_hash) {
    --tokens_.at(*open->intent->token_hash).reserved;
  }
  std::erase_if(quota_uses_, [&](const auto& use) { return use.second.second == serial; });
  open->abandoned_key = open->intent->spki_hash;
  open->intent.reset();
  append(audit, *leaf);
  return {};
}

Result<void> Memory::revoke(const std::string& serial, TimePoint at, int reason, const AuditDraft& audit,
                            const OutboxEvent& event) {
  const Result<Digest> leaf = hash(audit);
  if (!leaf) return leaf.error();
  const auto found = known_.find(serial);
  if (found == known_.end()) return unknown_serial(serial);
  StatusRecord& status = found->second.status;
  const bool revoked = status.status == Status::revoked;
  if (revoked && (reason != key_compromise || status.reason == key_compromise))
    return already_revoked(serial);
  status = {serial, Status::revoked, status.revoked_at.value_or(at), reason};
  if (reason == key_compromise) bar_key(found->second);
  append(audit, *leaf);
  publish(event);
  return {};
}

void Memory::bar_key(const Known& known) {
  if (known.certificate) compromised_keys_.insert(known.certificate->spki_hash);
  if (known.intent) compromised_keys_.insert(known.intent->spki_hash);
  if (known.abandoned_key) compromised_keys_.insert(*known.abandoned_key);
}

Result<void> Memory::add_token(const Token& token, const AuditDraft& audit) {
  const Result<Digest> leaf = hash(audit);
  if (!leaf) return leaf.error();
  if (!tokens_.emplace(token.hash, token).second) return token_exists();
  tokens_by_age_.push_back(token.hash);
  append(audit, *leaf);
  return {};
}

Result<void> Memory::append(const AuditDraft& event) {
  const Result<Digest> leaf = hash(event);
  if (!leaf) return leaf.error();
  append(event, *leaf);
  return {};
}

void Memory::append(const AuditDraft& event, const Digest& leaf) {
  audit_.push_back({edge_.size() + 1, event, leaf});
  edge_.append(leaf, [this](int level, std::int64_t number, const auto& hashes, const Digest&) {
    tiles_[{level, number}] = hashes;
  });
}

std::vector<Digest> Memory::tile(int level, std::int64_t number, int width) const {
  std::vector<Digest> hashes;
  if (const auto complete = tiles_.find({level, number}); complete != tiles_.end()) {
    hashes = complete->second;
  } else if (number == (edge_.size() >> (8 * level)) / log_tile_width) {
    hashes = edge_.partial_tile(level);
  }
  hashes.resize(std::min(hashes.size(), static_cast<std::size_t>(width)));
  return hashes;
}

std::vector<SerialRow> Memory::serials(std::int64_t after, int limit) const {
  std::vector<SerialRow> rows;
  for (const Known* known : by_id_) {
    if (known->id <= after || rows.size() == static_cast<std::size_t>(limit)) continue;
    SerialRow row{.id = known->id,
                  .status = known->status,
                  .open = known->intent.has_value(),
                  .fingerprint = std::nullopt,
                  .log_sequence = known->log_sequence,
                  .approvers = {}};
    if (known->certificate) {
      row.fingerprint = known->certificate->fingerprint;
      row.approvers = known->certificate->approvers;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::optional<AuditEntry> Memory::find_log_entry(const std::string& serial) const {
  const auto found = known_.find(serial);
  if (found == known_.end() || !found->second.certificate) return std::nullopt;
  return audit_.at(static_cast<std::size_t>(found->second.log_sequence - 1));
}

std::vector<Intent> Memory::open_intents() const {
  std::vector<Intent> intents;
  for (const Known* known : by_id_) {
    if (known->intent) intents.push_back(*known->intent);
  }
  return intents;
}

namespace {

bool matches(const CertificateFilter& filter, const CertificateRecord& certificate, Status status) {
  return (filter.identity.empty() || certificate.identity.text() == filter.identity) &&
         (filter.profile.empty() || certificate.profile.text() == filter.profile) &&
         (filter.name.empty() || std::find(certificate.names.begin(), certificate.names.end(), filter.name) !=
                                     certificate.names.end()) &&
         (filter.lineage.empty() || certificate.lineage == filter.lineage) &&
         (!filter.status || status == *filter.status) &&
         (!filter.expires_before || certificate.not_after < *filter.expires_before) &&
         (!filter.expires_after || certificate.not_after >= *filter.expires_after);
}

Position position_of(const Known& known, bool by_expiry) {
  return {known.id, by_expiry ? std::optional(known.certificate->not_after) : std::nullopt};
}

// Whether a row at `a` is listed before one at `b`.
bool precedes(const Position& a, const Position& b) {
  if (!a.not_after) return a.id > b.id;
  return std::pair(*a.not_after, a.id) < std::pair(*b.not_after, b.id);
}

}  // namespace

CertificatePage Memory::list(const CertificateFilter& filter, const std::optional<Position>& after,
                             int limit) const {
  const bool by_expiry = lists_by_expiry(filter);
  std::vector<std::pair<Position, const Known*>> found;
  for (const Known* known : by_id_) {
    if (!known->certificate || !matches(filter, *known->certificate, known->status.status)) continue;
    const Position position = position_of(*known, by_expiry);
    if (!after || precedes(*after, position)) found.emplace_back(position, known);
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return precedes(a.first, b.first); });
  CertificatePage page;
  const std::size_t given = std::min(found.size(), static_cast<std::size_t>(limit));
  for (std::size_t i = 0; i < given; ++i)
    page.rows.push_back({*found[i].second->certificate, found[i].second->status});
  if (given < found.size()) page.next_cursor = encode_cursor(found[given - 1].first);
  return page;
}

std::int64_t Memory::count_expiring(TimePoint from, TimePoint until) const {
  return std::count_if(by_id_.begin(), by_id_.end(), [&](const Known* known) {
    return known->certificate && known->status.status == Status::valid &&
           from <= known->certificate->not_after && known->certificate->not_after < until;
  });
}

std::optional<Token> Memory::find_token(const Digest& hash) const {
  const auto found = tokens_.find(hash);
  return found == tokens_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<CertificateRow> Memory::find_certificate(const std::string& serial) const {
  const auto found = known_.find(serial);
  if (found == known_.end() || !found->second.certificate) return std::nullopt;
  return CertificateRow{*found->second.certificate, found->second.status};
}

std::optional<StatusRecord> Memory::find_status(const std::string& serial) const {
  const auto found = known_.find(serial);
  return found == known_.end() ? std::nullopt : std::optional(found->second.status);
}

std::vector<AuditEntry> Memory::entries(std::int64_t after, int limit) const {
  const auto size = static_cast<std::int64_t>(audit_.size());
  const std::int64_t first = std::clamp<std::int64_t>(after, 0, size);
  return {audit_.begin() + first, audit_.begin() + std::min(first + limit, size)};
}

std::vector<std::pair<std::int64_t, OutboxEvent>> Memory::outbox(int limit) const {
  std::vector<std::pair<std::int64_t, OutboxEvent>> events;
  for (auto it = outbox_.begin(); it != outbox_.end() && limit > 0; ++it, --limit) events.emplace_back(*it);
  return events;
}

}  // namespace chancery::store
