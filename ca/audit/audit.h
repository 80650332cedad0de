// The audit trail: hash-chained entries. (A Merkle log later; the chain is its seed.)
#pragma once

#include <string>

#include "ca/base/result.h"
#include "ca/store/store.h"

namespace chancery::audit {

// SHA-256 over an unambiguous encoding of sequence, previous and every member of the event; the encoding is
// in docs/reference/audit.md. What store implementations are given.
store::Digest link_entry(std::int64_t sequence, const store::Digest& previous,
                         const store::AuditDraft& event);

struct Verification {
  std::int64_t entries = 0;
  store::Digest head{};
};

// Walks the whole chain. Errors: validation, naming the first sequence that is missing, out of order or
// altered.
Result<Verification> verify_chain(store::Store& store);

}  // namespace chancery::audit
