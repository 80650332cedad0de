#include "ca/authority/events.h"

#include <nlohmann/json.hpp>

namespace chancery::authority {
namespace {

using nlohmann::json;  // objects keep their keys sorted: the dump is canonical

// Octets of an abandoned issuance's reason: its end must always fit into the log, or its token would be held
// for ever.
constexpr std::size_t reason_limit = 1024;

store::AuditDraft draft(TimePoint at, std::string type, const Identity& actor, std::string subject,
                        const json& fields) {
  return {.at = at,
          .event_type = std::move(type),
          .actor = actor,
          .subject = std::move(subject),
          .fields = fields.dump(-1, ' ', false, json::error_handler_t::replace)};
}

}  // namespace

store::AuditDraft intent_recorded(const store::Intent& intent, const Identity& actor) {
  return draft(intent.created_at, "issuance.intent", actor, intent.serial,
               {{"approval", intent.approval},
                {"authorised_by", intent.authorised_by},
                {"identity", intent.identity.text()},
                {"profile", intent.profile.text()},
                {"request_hash", to_hex(intent.request_hash)},
                {"request_id", intent.request_id.text()},
                {"spki_hash", to_hex(intent.spki_hash)},
                {"tbs_hash", to_hex(intent.tbs_hash)}});
}

store::AuditDraft certificate_issued(const store::CertificateRecord& record, const Identity& actor) {
  return draft(record.issued_at, "certificate.issued", actor, record.serial,
               {{"approvers", record.approvers},
                {"fingerprint", to_hex(record.fingerprint)},
                {"identity", record.identity.text()},
                {"names", record.names},
                {"not_after", to_rfc3339(record.not_after)},
                {"profile", record.profile.text()},
                {"profile_hash", to_hex(record.profile_hash)},
                {"renewed_from", record.renewed_from},
                {"request_id", record.request_id.text()},
                {"supersedes", record.supersedes}});
}

store::AuditDraft issuance_abandoned(const std::string& serial, const RequestId& request,
                                     const std::string& reason, const Identity& actor, TimePoint at) {
  return draft(at, "issuance.abandoned", actor, serial,
               {{"reason", reason.substr(0, reason_limit)}, {"request_id", request.text()}});
}

store::AuditDraft certificate_revoked(const std::string& serial, int reason, const RequestId& request,
                                      const Identity& actor, TimePoint at) {
  return draft(at, "certificate.revoked", actor, serial,
               {{"reason", reason}, {"request_id", request.text()}});
}

store::AuditDraft enrollment_created(const store::Token& token, const RequestId& request) {
  return draft(token.created_at, "enrollment.created", token.created_by, token.identity.text(),
               {{"expires_at", to_rfc3339(token.expires_at)},
                {"names", token.names},
                {"profile", token.profile.text()},
                {"request_id", request.text()},
                {"token_hash", to_hex(token.hash)},
                {"uses", token.uses}});
}

store::AuditDraft enrollment_withdrawn(const store::Token& token, const RequestId& request,
                                       const Identity& actor, TimePoint at) {
  return draft(at, "enrollment.withdrawn", actor, token.identity.text(),
               {{"profile", token.profile.text()},
                {"request_id", request.text()},
                {"token_hash", to_hex(token.hash)}});
}

store::AuditDraft request_created(const store::ApprovalRequest& request) {
  return draft(request.created_at, "request.created", request.actor, request.id,
               {{"authorised_by", request.authorised_by},
                {"expires_at", to_rfc3339(request.expires_at)},
                {"identity", request.identity.text()},
                {"names", request.names},
                {"profile", request.profile.text()},
                {"profile_hash", to_hex(request.profile_hash)},
                {"renews", request.renews},
                {"request_hash", to_hex(request.request_hash)},
                {"request_id", request.request_id.text()},
                {"required", request.required},
                {"spki_hash", to_hex(request.spki_hash)}});
}

store::AuditDraft request_approved(const store::ApprovalRequest& request, const store::Approval& approval,
                                   const RequestId& request_id) {
  return draft(approval.at, "request.approved", approval.approver, request.id,
               {{"identity", request.identity.text()},
                {"profile", request.profile.text()},
                {"request_hash", to_hex(request.request_hash)},
                {"request_id", request_id.text()},
                {"serial", approval.serial}});
}

store::AuditDraft request_ended(const store::ApprovalRequest& request, const store::RequestEnd& end,
                                const RequestId& request_id) {
  return draft(end.at, "request." + std::string(store::to_string(end.state)), end.by, request.id,
               {{"identity", request.identity.text()},
                {"profile", request.profile.text()},
                {"reason", end.reason},
                {"request_id", request_id.text()},
                {"serial", end.authorised_by}});
}

store::OutboxEvent issued_event(const store::CertificateRecord& record) {
  const json payload = {{"serial", record.serial},
                        {"identity", record.identity.text()},
                        {"profile", record.profile.text()},
                        {"not_after", to_rfc3339(record.not_after)},
                        {"renewed_from", record.renewed_from}};
  return {.type = "certificate.issued", .payload = payload.dump(), .at = record.issued_at};
}

store::OutboxEvent revoked_event(const std::string& serial, int reason, TimePoint at) {
  return {.type = "certificate.revoked",
          .payload = json{{"serial", serial}, {"reason", reason}}.dump(),
          .at = at};
}

}  // namespace chancery::authority
