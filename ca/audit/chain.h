// The hash chain that the audit trail was before it became a Merkle tree: for converting older databases
// only.
#pragma once

#include "ca/store/store.h"

namespace chancery::audit {

// SHA-256 over an unambiguous encoding of sequence, previous and every member of the event
// (tests/testdata/audit/generate.py has it too).
store::Digest link_entry(std::int64_t sequence, const store::Digest& previous,
                         const store::AuditDraft& event);

// The entry log.converted, which follows the converted ones.
store::AuditDraft chain_converted(std::int64_t entries, const store::Digest& head, TimePoint at);

}  // namespace chancery::audit
