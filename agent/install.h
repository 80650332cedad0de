// Puts a key and its certificate in place, or nothing at all (key and certificate never change apart:
// njs-acme #52).
//
// prepare() writes a whole new directory beside the current one; activate() swaps the symlink DIR/current
// with one rename. After a crash or a failure at any point DIR/current is what it was or the complete new
// version, and both calls can simply be made again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/config.h"
#include "agent/file_system.h"
#include "agent/installed.h"

namespace chancery::agent {

class Installer {
 public:
  // `files` and `config` must outlive the installer.
  Installer(FileSystem& files, const CertificateConfig& config) : files_(files), config_(config) {}

  // Errors: validation (the key is not the certificate's, or an unknown owner: nothing was written),
  // unavailable.
  Result<void> prepare(const Version& version, const crypto::PrivateKey& key);
  // Precondition: prepare() succeeded for this serial, now or before. The pair on disk is read and proven
  // again first.
  Result<void> activate(const std::string& serial);
  // Removes every version but the two named; either may be "". What stands beside them and is no version
  // stays. A failure here leaves rubbish, never a wrong state; the first is returned after all were tried.
  Result<void> keep_only(const std::string& current, const std::string& previous);

 private:
  Result<void> write_version(const std::string& path, const Version& version, const SecretBytes& key_pem,
                             const Ownership& owner);
  FileSystem& files_;
  const CertificateConfig& config_;
};

}  // namespace chancery::agent
