// What the authority tells the audit trail and the outbox; the table is docs/reference/audit.md.
#pragma once

#include <string>

#include "ca/authority/authority.h"

namespace chancery::authority {

store::AuditDraft intent_recorded(const store::Intent& intent, const Identity& actor);
store::AuditDraft certificate_issued(const store::CertificateRecord& record, const Identity& actor);
store::AuditDraft issuance_abandoned(const std::string& serial, const RequestId& request,
                                     const std::string& reason, const Identity& actor, TimePoint at);
store::AuditDraft certificate_revoked(const std::string& serial, int reason, const RequestId& request,
                                      const Identity& actor, TimePoint at);
store::AuditDraft enrollment_withdrawn(const store::Token& token, const RequestId& request,
                                       const Identity& actor, TimePoint at);
store::AuditDraft request_created(const store::ApprovalRequest& request);
store::AuditDraft request_approved(const store::ApprovalRequest& request, const store::Approval& approval,
                                   const RequestId& request_id);
// "request.rejected", "request.refused", "request.expired" or "request.cancelled".
store::AuditDraft request_ended(const store::ApprovalRequest& request, const store::RequestEnd& end,
                                const RequestId& request_id);
store::AuditDraft enrollment_created(const store::Token& token, const RequestId& request);

store::OutboxEvent issued_event(const store::CertificateRecord& record);
store::OutboxEvent revoked_event(const std::string& serial, int reason, TimePoint at);

}  // namespace chancery::authority
