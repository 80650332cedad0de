// A key in M of N shares, each sealed under its officer's passphrase (ca/shares). The whole key is never on a
// disk.
#pragma once

#include "ca/ceremony/custody/custody.h"

namespace chancery::ceremony {

// Of new share `number`, counted from 1: "root.1.share".
std::string share_file_name(const std::string& stem, unsigned number);

// What can be told of the shares of a plan that is used before anybody is asked for a passphrase: each is
// whole, of this key, of one dealing, of an officer named here, and brought once. `key`: SHA-256 of its
// SubjectPublicKeyInfo. Errors: those of reading a secret file, validation, conflict; they name the share.
Result<void> check_brought(const ShareCustody& plan, const std::string& folder,
                           const std::vector<std::string>& officers, const crypto::Sha256Digest& key,
                           const shares::KdfPolicy& kdf);

// Question ids: PREFIX.I asks for the passphrase of new share I, or of the I-th file that is opened;
// PREFIX.restore.I for that of new share I again, when the backup is proven.
std::unique_ptr<Custody> share_custody(const ShareCustody& plan, const CustodySurroundings& surroundings);

}  // namespace chancery::ceremony
