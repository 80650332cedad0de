// Changes that several tests make to a specimen.
#pragma once

#include <string>
#include <vector>

#include "ca/crypto/private_key.h"
#include "tests/unit/ca/lint/fixture.h"

namespace chancery::lint {

inline constexpr Seconds day{86400};

inline void set_serial(Specimen& specimen, const std::string& hex) {
  specimen.tbs.serial = must(x509::SerialNumber::from_bytes(*parse_hex(hex)));
}

inline void set_lifetime(Specimen& specimen, Seconds lifetime) {
  specimen.tbs.validity = x509::Validity::starting_at(specimen.tbs.validity.not_before(), lifetime);
}

inline void start_at(Specimen& specimen, TimePoint not_before) {
  specimen.tbs.validity = x509::Validity::from_bounds(not_before, specimen.tbs.validity.not_after());
}

// Begun and signed then, with an issuer that lives long enough.
inline void start_in(Specimen& specimen, const std::string& time) {
  specimen.signing_time = *parse_rfc3339(time);
  specimen.tbs.validity = x509::Validity::starting_at(specimen.signing_time, day);
}

inline void set_names(Specimen& specimen, std::vector<x509::GeneralName> names) {
  specimen.tbs.extensions.subject_alternative_names = std::move(names);
}

inline void add_name(Specimen& specimen, x509::GeneralNameType type, const std::string& value) {
  specimen.tbs.extensions.subject_alternative_names.push_back({type, value});
}

inline void set_constraints(std::optional<x509::NameConstraints>& into, std::vector<std::string> permitted,
                            std::vector<std::string> excluded) {
  into.emplace();
  for (const std::string& text : permitted) into->permitted.push_back(must(x509::parse_name_subtree(text)));
  for (const std::string& text : excluded) into->excluded.push_back(must(x509::parse_name_subtree(text)));
}

// Another reading of an extension, with what stands in the certificate made to agree.
inline void rewrite(Specimen& specimen) {
  specimen.tbs.raw_extensions = x509::encode_extensions(specimen.tbs.extensions, false);
}

inline crypto::PublicKey new_key(crypto::KeyType type) {
  return must(crypto::PrivateKey::generate(type)).public_key();
}

inline crypto::PublicKey openssl_key(const std::string& name) {
  const std::string pem =
      must(read_file(CHANCERY_SOURCE_DIR "/tests/testdata/crypto/" + name + ".pub.pem", 65536));
  return must(crypto::PublicKey::from_spki(parse_pem(pem)->front().der));
}

// With everything that speaks of the key put right again.
inline void replace_key(Specimen& specimen, const crypto::PublicKey& key) {
  specimen.key = key;
  specimen.tbs.spki = to_bytes(key.spki());
  specimen.tbs.extensions.subject_key_identifier = to_bytes(key.key_identifier());
}

}  // namespace chancery::lint
