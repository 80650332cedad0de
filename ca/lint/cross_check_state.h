// What the second implementation knows of an issuer: inside ca/lint only.
#pragma once

#include <botan/asn1_obj.h>
#include <botan/pk_keys.h>
#include <botan/pubkey.h>
#include <botan/x509_ext.h>

#include "ca/base/guarded.h"
#include "ca/lint/cross_check.h"

namespace chancery::lint {

Error disagreement(const std::string& about, const std::string& what, std::string internal = {});

bool same_serial(const std::vector<std::uint8_t>& theirs, ByteView ours);
bool same_time(const Botan::X509_Time& theirs, TimePoint ours);

// subjectAltName among `theirs`, in the order of `ours`; without the extension, no names.
bool same_names(const Botan::Extensions& theirs, const std::vector<x509::GeneralName>& ours);
// With the tag and length that Botan leaves out.
Bytes encoded_name(const Botan::X509_DN& theirs);
std::unique_ptr<Botan::PK_Verifier> make_verifier(const Botan::Public_Key& key,
                                                  crypto::SignatureAlgorithm algorithm);

struct CrossCheck::State {
  using Verifiers = std::vector<std::unique_ptr<Botan::PK_Verifier>>;

  CrossCheckOptions options;
  Bytes subject;
  std::unique_ptr<Botan::Public_Key> key;
  crypto::SignatureAlgorithm algorithm{};
  // A verifier holds tables for its key, which cost as much as a verification; and it is not thread-safe. So
  // there are as many as threads have ever been here at once, each lent to one of them.
  Guarded<Verifiers> idle;

  std::unique_ptr<Botan::PK_Verifier> borrow();
  bool verify(ByteView message, ByteView signature);
};

}  // namespace chancery::lint
