// The ceremony before this one.
#pragma once

#include <optional>
#include <string>

#include "ca/base/clock.h"
#include "ca/base/result.h"
#include "ca/ceremony/run/key_copies.h"
#include "ca/ceremony/run/run.h"
#include "ca/x509/crl.h"

namespace chancery::ceremony {

// A root's revocation list of now, as far as the chain of its ceremonies tells.
struct PresentList {
  bool known = true;  // false: a ceremony before was named by its hash only, or says nothing of lists
  std::string number, sha256;  // of the list's DER, in hex; "" = there is none yet
  bool last = false;           // its ceremony's script declared that no other follows
};

struct PreviousCeremony {
  std::string head;  // of its transcript, in hex; "" = there is none
  // Known only from a bundle.
  std::optional<TimePoint> ended;
  std::string title, kind;
  PresentList list;
  PresentCopies copies;  // of the key that signed it
};

// Of a bundle the transcript must be whole, signed by the key of this ceremony's authority (a root's
// ceremonies are all signed by the root; before a new root, by the bundle's own; before the first ceremony of
// an intermediate's own key, by the issuer that certified it in that bundle), have the head that the
// script may name, be no destruction of that key, and not lie in the future of `inputs.clock`; the files are
// those of its export list with the recorded hashes, and what it certified was issued by the authority.
// Errors: not_found, validation.
Result<PreviousCeremony> read_previous(const Inputs& inputs);

// "" unless a script of this plan signs, without a declared reason, after the last list: whoever holds that
// one looks for no other until it ends.
std::string last_list_fault(const PresentList& present, const Plan& plan);

// Refuses a script that does not go on from the list of the ceremony before: `named` is the list that
// crl.previous names, null when the script says that its list is the first. `reason`: what the script
// declares for want of a ceremony that tells; "" = nothing. Errors: validation, naming both.
Result<void> check_goes_on(const PresentList& present, const x509::Crl* named, const std::string& reason);

}  // namespace chancery::ceremony
