#include "ca/authority/events.h"

#include <nlohmann/json.hpp>

namespace chancery::authority {
namespace {

using nlohmann::json;  // objects keep their keys sorted: the dump is canonical

// Octets of an abandoned issuance's reason: its end must always fit into the log, or its token would be held
// for ever.
constexpr std::size_t reason_limit = 1024;

// Moved into its object: an initializer list of json would copy everything twice.
struct Field {
  const char* name;
  json value;
};

template <typename... Fields>
json object(Fields... fields) {
  json::object_t members;
  (members.emplace_hint(members.end(), fields.name, std::move(fields.value)), ...);
  return members;
}

template <typename... Fields>
store::AuditDraft draft(TimePoint at, const std::string& type, const Identity& actor,
                        const std::string& subject, Fields... fields) {
  return {.at = at,
          .event_type = type,
          .actor = actor,
          .subject = subject,
          .fields = object(std::move(fields)...).dump(-1, ' ', false, json::error_handler_t::replace)};
}

}  // namespace

store::AuditDraft intent_recorded(const store::Intent& intent, const Identity& actor) {
  return draft(intent.created_at, "issuance.intent", actor, intent.serial, Field{"approval", intent.approval},
               Field{"authorised_by", intent.authorised_by}, Field{"identity", intent.identity.text()},
               Field{"profile", intent.profile.text()}, Field{"request_hash", to_hex(intent.request_hash)},
               Field{"request_id", intent.request_id.text()}, Field{"spki_hash", to_hex(intent.spki_hash)},
               Field{"tbs_hash", to_hex(intent.tbs_hash)});
}

store::AuditDraft certificate_issued(const store::CertificateRecord& record, const Identity& actor) {
  return draft(record.issued_at, "certificate.issued", actor, record.serial,
               Field{"approvers", record.approvers}, Field{"fingerprint", to_hex(record.fingerprint)},
               Field{"identity", record.identity.text()}, Field{"names", record.names},
               Field{"not_after", to_rfc3339(record.not_after)}, Field{"profile", record.profile.text()},
               Field{"profile_hash", to_hex(record.profile_hash)}, Field{"renewed_from", record.renewed_from},
               Field{"request_id", record.request_id.text()}, Field{"supersedes", record.supersedes});
}

store::AuditDraft issuance_abandoned(const std::string& serial, const RequestId& request,
                                     const std::string& reason, const Identity& actor, TimePoint at) {
  return draft(at, "issuance.abandoned", actor, serial, Field{"reason", reason.substr(0, reason_limit)},
               Field{"request_id", request.text()});
}

store::AuditDraft certificate_revoked(const std::string& serial, int reason, const RequestId& request,
                                      const Identity& actor, TimePoint at) {
  return draft(at, "certificate.revoked", actor, serial, Field{"reason", reason},
               Field{"request_id", request.text()});
}

store::AuditDraft enrollment_created(const store::Token& token, const RequestId& request) {
  return draft(token.created_at, "enrollment.created", token.created_by, token.identity.text(),
               Field{"expires_at", to_rfc3339(token.expires_at)}, Field{"names", token.names},
               Field{"profile", token.profile.text()}, Field{"request_id", request.text()},
               Field{"token_hash", to_hex(token.hash)}, Field{"uses", token.uses});
}

store::AuditDraft enrollment_withdrawn(const store::Token& token, const RequestId& request,
                                       const Identity& actor, TimePoint at) {
  return draft(at, "enrollment.withdrawn", actor, token.identity.text(),
               Field{"profile", token.profile.text()}, Field{"request_id", request.text()},
               Field{"token_hash", to_hex(token.hash)});
}

store::AuditDraft request_created(const store::ApprovalRequest& request) {
  return draft(request.created_at, "request.created", request.actor, request.id,
               Field{"authorised_by", request.authorised_by},
               Field{"expires_at", to_rfc3339(request.expires_at)},
               Field{"identity", request.identity.text()}, Field{"names", request.names},
               Field{"profile", request.profile.text()}, Field{"profile_hash", to_hex(request.profile_hash)},
               Field{"renews", request.renews}, Field{"request_hash", to_hex(request.request_hash)},
               Field{"request_id", request.request_id.text()}, Field{"required", request.required},
               Field{"spki_hash", to_hex(request.spki_hash)});
}

store::AuditDraft request_approved(const store::ApprovalRequest& request, const store::Approval& approval,
                                   const RequestId& request_id) {
  return draft(approval.at, "request.approved", approval.approver, request.id,
               Field{"identity", request.identity.text()}, Field{"profile", request.profile.text()},
               Field{"request_hash", to_hex(request.request_hash)}, Field{"request_id", request_id.text()},
               Field{"serial", approval.serial});
}

store::AuditDraft request_ended(const store::ApprovalRequest& request, const store::RequestEnd& end,
                                const RequestId& request_id) {
  return draft(end.at, "request." + std::string(store::to_string(end.state)), end.by, request.id,
               Field{"identity", request.identity.text()}, Field{"profile", request.profile.text()},
               Field{"reason", end.reason}, Field{"request_id", request_id.text()},
               Field{"serial", end.authorised_by});
}

store::OutboxEvent issued_event(const store::CertificateRecord& record) {
  const json payload =
      object(Field{"identity", record.identity.text()}, Field{"not_after", to_rfc3339(record.not_after)},
             Field{"profile", record.profile.text()}, Field{"renewed_from", record.renewed_from},
             Field{"serial", record.serial});
  return {.type = "certificate.issued", .payload = payload.dump(), .at = record.issued_at};
}

store::OutboxEvent revoked_event(const std::string& serial, int reason, TimePoint at) {
  return {.type = "certificate.revoked",
          .payload = object(Field{"reason", reason}, Field{"serial", serial}).dump(),
          .at = at};
}

}  // namespace chancery::authority
