// The files of a bundle, as they lie in its folder.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/result.h"
#include "ca/x509/crl.h"

namespace chancery::ceremony {

inline constexpr std::size_t bundle_files_limit = 64;
inline constexpr std::size_t bundle_file_limit = std::size_t{16} << 20U;  // octets of one file

inline constexpr std::string_view script_file = "script.yaml", transcript_file = "transcript.jsonl",
                                  signature_file = "transcript.sig", issuer_file = "issuer.pem",
                                  target_file = "target.pem", target_request_file = "target.csr.pem",
                                  previous_crl_file = "previous-crl.pem";

struct Bundle {
  std::string path;
  std::map<std::string, std::string, std::less<>> files;  // name to octets
  std::vector<std::string> strangers;                     // names of folders, links, devices: never opened
  bool rehearsal = false;                                 // its files have the prefix of rehearsals
  // Of a rehearsal's file with its prefix or without. "" when there is no such file.
  [[nodiscard]] std::string_view text(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != files.end(); }
  // With the labels that PEM has outside of rehearsals.
  [[nodiscard]] std::string pem(std::string_view name) const;
  // A file's name without the prefix of rehearsals.
  [[nodiscard]] std::string plain_name(const std::string& name) const;

 private:
  [[nodiscard]] std::map<std::string, std::string, std::less<>>::const_iterator find(
      std::string_view name) const;
};

struct CrlFile {
  std::string name;
  x509::Crl crl;
};

// Errors: not_found (no such folder), validation (the name of a file does not belong in text,
// ca/base/unicode.h), payload_too_large (too many files, or one too long), unavailable.
Result<Bundle> read_bundle(const std::string& path);

}  // namespace chancery::ceremony
