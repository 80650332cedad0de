#include "agent/install.h"

#include "agent/version_folder.h"

namespace chancery::agent {
namespace {

constexpr mode_t directory_mode = 0755;  // the key's own mode keeps it secret
constexpr mode_t public_mode = 0644;

std::string pem_of(const std::vector<x509::Certificate>& certificates) {
  std::string pem;
  for (const x509::Certificate& certificate : certificates) pem += certificate.to_pem();
  return pem;
}

}  // namespace

Result<void> Installer::prepare(const Version& version, const crypto::PrivateKey& key) {
  if (!same_key(key.public_key(), version.leaf)) {
    return make_error(ErrorCode::validation,
                      "the certificate " + version.serial() +
                          " is not for the key it was asked for with; nothing was installed");
  }
  Result<Ownership> owner = find_ownership(config_.owner, config_.group);
  if (!owner) return owner.error();
  Result<SecretBytes> key_pem = key_to_pem(key);
  if (!key_pem) return key_pem.error();

  const std::string versions = config_.directory + "/versions";
  const std::string final_path = version_path(config_.directory, version.serial());
  if (read_version(final_path))
    return {};  // an earlier attempt came this far: what has its final name is complete
  const std::string fresh = versions + "/.new-" + version.serial();
  for (const std::string& directory : {config_.directory, versions}) {
    if (Result<void> done = files_.make_directory(directory, directory_mode); !done) return done;
  }
  for (const std::string& leftover : {".new-" + version.serial(), version.serial()}) {
    if (Result<void> done = files_.remove_version(config_.directory, leftover); !done) return done;
  }
  if (Result<void> done = write_version(fresh, version, *key_pem, *owner); !done) return done;
  if (Result<void> done = files_.rename(fresh, final_path); !done) return done;
  return files_.sync_directory(versions);
}

Result<void> Installer::write_version(const std::string& path, const Version& version,
                                      const SecretBytes& key_pem, const Ownership& owner) {
  if (Result<void> done = files_.make_directory(path, directory_mode); !done) return done;
  const std::string chain = pem_of(version.intermediates);
  const std::string certificate = version.leaf.to_pem() + chain;
  Result<void> done = files_.write_file(path + "/key.pem", key_pem.reveal(), config_.key_mode, owner);
  if (!done) return done;
  done = files_.write_file(path + "/certificate.pem", as_bytes(certificate), public_mode, owner);
  if (!done) return done;
  done = files_.write_file(path + "/chain.pem", as_bytes(chain), public_mode, owner);
  if (!done) return done;
  return files_.sync_directory(path);
}

Result<void> Installer::activate(const std::string& serial) {
  Result<Version> version = read_version(version_path(config_.directory, serial));
  if (!version) return version.error();
  if (version->serial() != serial) {
    return make_error(
        ErrorCode::validation,
        "the version directory " + serial + " holds another certificate; remove it, and it is made anew");
  }
  const std::string fresh = config_.directory + "/.current.new";
  if (Result<void> done = files_.remove(fresh); !done) return done;
  if (Result<void> done = files_.make_symlink("versions/" + serial, fresh); !done) return done;
  if (Result<void> done = files_.rename(fresh, current_path(config_.directory)); !done) return done;
  return files_.sync_directory(config_.directory);
}

Result<void> Installer::keep_only(const std::string& current, const std::string& previous) {
  Result<std::vector<std::string>> versions = list_versions(config_.directory);
  if (!versions) return versions.error();
  Result<void> outcome;
  for (const std::string& name : *versions) {
    if (name == current || name == previous) continue;
    Result<void> done = files_.remove_version(config_.directory, name);
    if (!done && outcome) outcome = done;
  }
  return outcome;
}

}  // namespace chancery::agent
