// The copies of a key that may exist, as far as the chain of its ceremonies tells: each ceremony records
// those that are left at its end, and the next goes on from there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ca/ceremony/script/script.h"
#include "ca/ceremony/transcript/transcript.h"

namespace chancery::ceremony {

// Second copies, of a share file or of a token, are known from the scripts that name them as backups, and
// else from nobody.
struct PresentCopy {
  std::string form;            // as KeyCopy
  std::int64_t dealing = 0;    // of a share: from 1
  std::string officer;         // of a share: to whom it was dealt
  std::int64_t threshold = 0;  // of a share: how many of its dealing give the key
  std::string set;             // of a share: its dealing's SetId in hex; "" = not recorded
  std::string where;           // of others than shares: where it was last; "" = where scripts name it
  std::string reason;          // why nobody could bring it; "" = it is in use
  friend bool operator==(const PresentCopy&, const PresentCopy&) = default;
};

// Shares of one dealing that were destroyed; a copy of one that turns up again opens nothing.
struct RetiredShares {
  std::int64_t dealing = 0;
  std::string set;                    // as PresentCopy
  std::vector<std::string> officers;  // to whom these were dealt
  friend bool operator==(const RetiredShares&, const RetiredShares&) = default;
};

// A share that was destroyed and declared left since, because a copy of it was seen, is among `copies` alone.
struct PresentCopies {
  bool known = false;  // false: a ceremony before was named by its hash only, or does not record them
  std::vector<PresentCopy> copies;
  std::vector<RetiredShares> retired;  // where not all is known, since then
  friend bool operator==(const PresentCopies&, const PresentCopies&) = default;
};

// As key.destroyed names a copy: "share root/custody/root.1.share"; with this behind it where the program
// destroys it itself.
inline constexpr std::string_view by_program = ", by this program once it has signed this transcript";
std::string copy_text(const KeyCopy& copy);
// "the share of Hedy Lamarr (dealing 1)"
std::string text_of(const PresentCopy& copy);

// As the transcript of a whole ceremony records them; not known where it is of format 1 or 2.
PresentCopies copies_in(const Transcript& transcript);
// The lines key.copies, key.copy and key.retired.
EventData event_of(const PresentCopies& present);
EventData event_of(const PresentCopy& copy);
EventData event_of(const RetiredShares& shares);

// What the bundle of a ceremony leaves: a root's first copies even where its transcript does not record them.
PresentCopies left_by(const Script& script, const Transcript& transcript);

// Of the key of the intermediate that a ceremony made: its first copies. Precondition: it made one.
PresentCopies made_by(const Script& script, const Transcript& transcript);

// "" when a script that ends copies accounts for every one of `before`, by destroying it or declaring why it
// is left, and names no share that was never dealt, but maybe found copies of destroyed ones; where these are
// not all, a destruction says why its are.
std::string enumeration_fault(const PresentCopies& before, const Plan& plan);
// "" when the shares of `set`, in hex, that `officers` brought were not destroyed, are of a dealing that may
// exist, and of the one as which the script names those that it opens.
std::string dealing_fault(const PresentCopies& before, const Plan& plan, const std::string& set,
                          const std::vector<std::string>& officers);
// The number by which the copies that a script names without a dealing are known.
std::int64_t newest_dealing(const PresentCopies& before);

// The sets, in hex, of a ceremony's shares; "" = none, or not recorded.
struct Sets {
  std::string opened, dealt;
};
// After a ceremony of this script.
PresentCopies copies_after(const PresentCopies& before, const Script& script, const Sets& sets);

}  // namespace chancery::ceremony
