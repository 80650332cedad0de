// A key in M of N shares, each sealed under its officer's passphrase (ca/shares). The whole key is never on a
// disk.
#pragma once

#include "ca/ceremony/custody/custody.h"

namespace chancery::ceremony {

// Of new share `number`, counted from 1: "root.1.share".
std::string share_file_name(const std::string& stem, unsigned number);

// Question ids: PREFIX.I asks for the passphrase of new share I, or of the I-th file that is opened;
// PREFIX.restore.I for that of new share I again, when the backup is proven.
std::unique_ptr<Custody> share_custody(const ShareCustody& plan, const CustodySurroundings& surroundings);

}  // namespace chancery::ceremony
