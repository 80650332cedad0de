// Lineages, repeats and withdrawn tokens of the memory store.
#include <algorithm>

#include "ca/store/cursor.h"
#include "ca/store/memory_state.h"
#include "ca/store/refusals.h"

namespace chancery::store {

std::optional<CertificateRow> Memory::find_repeat(const Digest& request_hash, const std::string& renews,
                                                  TimePoint since, TimePoint at) const {
  for (auto it = by_id_.rbegin(); it != by_id_.rend(); ++it) {
    const Known& known = **it;
    if (known.certificate && known.status.status == Status::valid &&
        known.certificate->request_hash == request_hash && known.certificate->renewed_from == renews &&
        known.certificate->issued_at >= since && known.certificate->renew_after > at) {
      return CertificateRow{*known.certificate, known.status};
    }
  }
  return std::nullopt;
}

std::optional<Superseded> Memory::find_superseded(const Identity& identity, const ProfileName& profile,
                                                  const std::vector<std::string>& names, TimePoint at) const {
  int left = superseded_depth;
  for (auto it = by_id_.rbegin(); it != by_id_.rend() && left > 0; ++it) {
    const Known& known = **it;
    if (!known.certificate || known.certificate->identity != identity) continue;
    --left;
    if (known.status.status == Status::valid && known.certificate->not_after >= at &&
        known.certificate->profile == profile && same_names(known.certificate->names, names)) {
      return Superseded{known.certificate->serial, known.certificate->lineage};
    }
  }
  return std::nullopt;
}

Result<std::vector<LineageMember>> Memory::descent_of(const std::string& serial, TimePoint at) const {
  const auto first = known_.find(serial);
  if (first == known_.end()) return unknown_serial(serial);
  std::vector<LineageMember> members;
  for (const Known* known : by_id_) {
    if (!known->certificate && !known->intent && known->status.serial != serial) continue;
    LineageMember member;
    member.id = known->id;
    member.serial = known->status.serial;
    member.revoked = known->status.status == Status::revoked;
    member.compromised = member.revoked && known->status.reason == key_compromise;
    member.revocable = !member.revoked;
    member.open = !known->certificate;
    if (known->intent) member.renewed_from = known->intent->renews;
    if (known->certificate) {
      member.renewed_from = known->certificate->renewed_from;
      member.not_after = known->certificate->not_after;
      member.revocable = !member.revoked && *member.not_after >= at;
    }
    members.push_back(std::move(member));
  }
  std::vector<LineageMember> list = descent(members, serial);
  if (list.size() > lineage_limit) return lineage_too_long(lineage_limit);
  return list;
}

Result<std::vector<std::string>> Memory::revoke_lineage(const std::string& serial, TimePoint at, int reason,
                                                        const DescribeRevocation& describe) {
  const Result<std::vector<LineageMember>> members = descent_of(serial, at);
  if (!members) return members.error();
  std::vector<std::string> serials;
  for (const LineageMember& member : to_revoke(*members, serial, reason)) serials.push_back(member.serial);
  if (serials.empty()) return nothing_to_revoke(serial);
  if (serials.size() > revocation_limit) return lineage_too_long(revocation_limit);
  std::vector<RevocationNotice> notices;
  for (const std::string& each : serials) {
    notices.push_back(describe(each));
    if (Result<Digest> leaf = hash(notices.back().audit); !leaf) return std::move(leaf).error();
  }
  for (const LineageMember& member : *members) {
    if (reason == key_compromise) bar_key(known_.at(member.serial));
  }
  for (std::size_t i = 0; i < serials.size(); ++i) {
    StatusRecord& status = known_.at(serials[i]).status;
    status = {serials[i], Status::revoked, status.revoked_at.value_or(at), reason};
    append(notices[i].audit, *hash(notices[i].audit));
    publish(notices[i].event);
  }
  return serials;
}

Result<void> Memory::withdraw_token(const Digest& token, TimePoint at, const Identity& by,
                                    const AuditDraft& audit) {
  const Result<Digest> leaf = hash(audit);
  if (!leaf) return leaf.error();
  const auto found = tokens_.find(token);
  if (found == tokens_.end()) return no_token();
  Token& found_token = found->second;
  if (found_token.withdrawn_at) return withdrawn_already();
  found_token.withdrawn_at = at;
  found_token.withdrawn_by = by;
  for (ApprovalRequest& request : requests_) {
    if (request.token_hash != token || !is_open(request.state) || is_being_issued(request.id)) continue;
    request.state = RequestState::cancelled;
    request.ended_at = at;
    request.ended_by = by;
    request.reason = "its token was withdrawn";
    --found_token.reserved;
    release(request.id);
  }
  append(audit, *leaf);
  return {};
}

TokenPage Memory::list_tokens(const TokenFilter& filter, std::int64_t before, int limit) const {
  TokenPage page;
  auto number = static_cast<std::int64_t>(tokens_by_age_.size());
  std::int64_t last = 0;
  for (; number > 0; --number) {
    const Token& token = tokens_.at(tokens_by_age_[static_cast<std::size_t>(number - 1)]);
    const bool usable = !filter.usable_at || (token.expires_at > *filter.usable_at && !token.withdrawn_at &&
                                              token.used < token.uses);
    if (number >= before || !usable ||
        (!filter.identity.empty() && token.identity.text() != filter.identity) ||
        (!filter.profile.empty() && token.profile.text() != filter.profile)) {
      continue;
    }
    if (page.tokens.size() == static_cast<std::size_t>(limit)) {
      page.next_cursor = encode_cursor({last, std::nullopt});
      break;
    }
    page.tokens.push_back(token);
    last = number;
  }
  return page;
}

}  // namespace chancery::store
