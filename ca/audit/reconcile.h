// Joins what the CA remembers in three places: its records, its log and the count of its key's uses.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/base/clock.h"
#include "ca/merkle/verify.h"
#include "ca/store/store.h"

namespace chancery::audit {

enum class Disagreement {
  certificate_without_entry,  // recorded, but the log has no certificate.issued
  entry_without_certificate,  // logged as issued, but not recorded
  entry_of_another_place,     // the record names another entry than the log has
  fingerprint,                // the record and the log are of different certificates
  serial_without_intent,      // a serial that no issuance.intent announced
  intent_without_serial,      // announced, but the serial is unknown to the records
  intent_without_end,         // neither issued nor abandoned, and no longer in progress
  revocation,                 // one says revoked, the other does not, or for another reason
  approvers,                  // the record and the log name other approvers of a certificate
  request_without_entry,      // a request for approval that no request.created announced
  entry_without_request,      // logged, but the records do not know the request
  request_terms,              // who asked for what, or the approvals it takes, are not as logged
  approval_without_entry,     // an approval, or the state "approved", that no request.approved explains
  entry_without_approval,     // an approval is logged, but not recorded
  request_end,                // the records and the log have it end otherwise, or one of them not at all
  signatures,                 // the key was used more often than announced, or less than certified
};
std::string_view to_string(Disagreement kind);

struct Difference {
  Disagreement kind = Disagreement::signatures;
  std::string serial;         // "" for signatures and requests
  std::string request;        // id of a request for approval; "" for serials and signatures
  std::int64_t sequence = 0;  // of the entry that is meant, 0 = none
  std::string message;
};

struct Reconciliation {
  std::int64_t certificates = 0, entries = 0, intents = 0, abandoned = 0, open = 0;
  std::int64_t requests = 0, approvals = 0;  // for approval; in the log
  std::optional<std::int64_t> signatures;    // nullopt: not counted
  std::vector<Difference> differences;       // at most difference_limit
};

inline constexpr std::size_t difference_limit = 1000;

// How often the key was used for certificates since the log had `since` entries.
struct CountedSignatures {
  std::int64_t since = 0;
  std::int64_t certificates = 0;
};

// Reads every record and every entry; may run beside a serving CA. An intent that is younger than ten minutes
// may be in progress. About 200 bytes of memory for each serial, and 1 KB for each request for
// approval. Errors: those of the store.
Result<Reconciliation> reconcile(store::Store& store, const std::optional<CountedSignatures>& counted,
                                 TimePoint now, const merkle::Progress& progress);

}  // namespace chancery::audit
