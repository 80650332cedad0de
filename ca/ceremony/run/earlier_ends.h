// Copies that their holders destroyed in an attempt which was aborted after that. The transcript of the
// attempt, which the bundle keeps, is the record of it; its head is in the transcript that goes on.
#pragma once

#include <string>
#include <vector>

#include "ca/ceremony/run/previous.h"
#include "ca/ceremony/transcript/transcript.h"

namespace chancery::ceremony {

// What the attempt must have been, and whose copy it was.
struct EarlierEnd {
  Kind kind{};
  bool rehearsal = false;
  std::string previous;          // head of the ceremony before, in hex; "" = there is none
  std::string key, spki_sha256;  // the key's subject; of its SPKI, in hex; "" in a rehearsal, whose keys go
  std::int64_t dealing = 0;      // of a share
};

// Of the internal witness; the number of the copy follows.
inline const std::string earlier_question = "copy.destroyed_earlier.";
// Behind the copy's name in key.destroyed: ", in the attempt aborted-1".
std::string in_the_attempt(const KeyCopy& copy);
// "" when `attempt`, of the file `file`, is of a ceremony of that kind, key and predecessor, and records that
// the copy's holder said there that it is destroyed. Else what is wrong, with its line.
std::string earlier_end_fault(const Transcript& attempt, const std::string& file, const KeyCopy& copy,
                              const EarlierEnd& wanted);

// Of all copies of the script that name an attempt, before anybody is asked; none of them lies on this
// machine. `attempts`: in their order. Errors: validation, conflict, those of reading the authority's
// certificate.
Result<void> check_earlier_ends(const Inputs& inputs, const PreviousCeremony& previous,
                                const std::vector<Transcript>& attempts);

}  // namespace chancery::ceremony
