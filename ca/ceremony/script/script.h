// The ceremony script: one YAML file, the only input of a ceremony beside keys and passphrases. Its schema is
// docs/ceremony/README.md. An unknown key or any other fault is found before anything is touched.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/clock.h"
#include "ca/base/result.h"
#include "ca/crypto/algorithms.h"
#include "ca/crypto/digest.h"
#include "ca/x509/name.h"

namespace chancery::ceremony {

inline constexpr std::size_t script_limit = 65536;  // bytes

enum class Kind { root, intermediate };

std::string_view to_string(Kind kind);  // as the script spells it

// File names inside the output folder: plain names without '/', all different.
struct OutputNames {
  std::string certificate;
  std::string key;
  std::string chain;  // intermediate only: the new certificate, then its root; "" for a root
};

// Where the signing root is. Relative paths start at the output folder.
struct IssuerPaths {
  std::string certificate;
  std::string key;
};

struct Script {
  Kind kind = Kind::root;
  std::string file;             // as named on the command line
  crypto::Sha256Digest hash{};  // of the file's bytes
  std::string title;
  x509::Name subject;
  crypto::KeyType key;
  Seconds lifetime{0};                  // inclusive (x509/validity.h)
  std::optional<TimePoint> not_before;  // none = the moment of the ceremony
  OutputNames outputs;
  std::optional<IssuerPaths> issuer;                             // set exactly for an intermediate
  unsigned path_length = 0;                                      // intermediate only
  std::vector<std::string> crl_distribution_points, ca_issuers;  // intermediate only
};

// Errors: validation, with one detail for every fault of the text.
Result<Script> parse_script(std::string_view yaml, const std::string& file);
// Errors: those of parse_script; not_found, payload_too_large (over script_limit), unavailable.
Result<Script> load_script(const std::string& path);

}  // namespace chancery::ceremony
