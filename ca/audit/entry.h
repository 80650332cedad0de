// An entry of the audit log as the bytes that its leaf hash is made of: docs/reference/audit.md.
#pragma once

#include <string>

#include "ca/base/result.h"
#include "ca/merkle/tree.h"
#include "ca/store/store.h"

namespace chancery::audit {

// Canonical JSON (RFC 8785) of actor, at, event_type, fields, sequence and subject. At most
// merkle::entry_limit bytes. Errors: payload_too_large; internal when fields is no JSON object or a text is
// not UTF-8: both are faults of ours.
Result<std::string> entry_text(std::int64_t sequence, const store::AuditDraft& event);

// What is wrong with a text that is to be entry `sequence`: not JSON, not canonical, a member missing or too
// many, another number. "" = nothing.
std::string judge_entry_text(const std::string& text, std::int64_t sequence);

// As entry_text and merkle::hash_leaf.
Result<merkle::Hash> entry_hash(std::int64_t sequence, const store::AuditDraft& event);

// What store implementations are given.
store::LogHashing log_hashing();

}  // namespace chancery::audit
