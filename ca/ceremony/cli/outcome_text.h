// What a ceremony made, as it is shown at its end.
#pragma once

#include <iosfwd>
#include <string>

#include "ca/ceremony/run/run.h"

namespace chancery::ceremony {

// Of a CRL at most this many entries are shown to people; programs get all.
inline constexpr std::size_t most_entries_shown = 20;

void print_outcome(std::ostream& out, const Outcome& outcome, bool rehearsal);

// {"made": "certificate", "crl", "request", "shares" or "nothing", then
//  of a certificate "subject","serial","fingerprint","not_before","not_after"; else the same of the key that
//  was used under "key", and
//  "crl":{"number","this_update","next_update","entries":[{"serial","revoked_at","reason"}],"sha256"},
//  "request":{"subject","sha256"}, "shares":{"threshold","dealt":[{"officer","file"}]} as far as made,
//  "transcript_head","files":[{"path","sha256"}]}; hashes are lower-case hex of SHA-256 over the DER.
std::string outcome_json(const Outcome& outcome);

}  // namespace chancery::ceremony
