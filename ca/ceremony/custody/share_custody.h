// A key in M of N shares, each sealed under its officer's passphrase (ca/shares). The whole key is never on a
// disk.
#pragma once

#include "ca/ceremony/custody/custody.h"

namespace chancery::ceremony {

// Of new share `number`, counted from 1: "root.1.share".
std::string share_file_name(const std::string& stem, unsigned number);

// Question ids: PREFIX.I asks for the passphrase of new share I, or of the I-th file that is opened;
// PREFIX.restore.I for that of new share I again, when the backup is proven.
// What is left at these paths of the shares of one dealing (Custody::dealing()); what a crash cut short while
// it was overwritten is such a rest, and what is not there is gone already. Nothing is destroyed where
// anything else lies. Errors: conflict (it does), those of destroy_file().
Result<void> destroy_rest(const std::vector<std::string>& paths, const std::string& dealing);

std::unique_ptr<Custody> share_custody(const ShareCustody& plan, const CustodySurroundings& surroundings);

}  // namespace chancery::ceremony
