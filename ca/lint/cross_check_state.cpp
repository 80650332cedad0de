#include "ca/lint/cross_check_state.h"

#include <arpa/inet.h>
#include <botan/ber_dec.h>
#include <botan/data_src.h>
#include <botan/der_enc.h>
#include <botan/oids.h>

#include <algorithm>

namespace chancery::lint {
namespace {

struct Scheme {
  const char* padding;
  Botan::Signature_Format format;
};

Scheme scheme_of(crypto::SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case crypto::SignatureAlgorithm::ecdsa_sha256:
      return {"EMSA1(SHA-256)", Botan::DER_SEQUENCE};
    case crypto::SignatureAlgorithm::ecdsa_sha384:
      return {"EMSA1(SHA-384)", Botan::DER_SEQUENCE};
    case crypto::SignatureAlgorithm::ecdsa_sha512:
      return {"EMSA1(SHA-512)", Botan::DER_SEQUENCE};
    case crypto::SignatureAlgorithm::rsa_sha256:
      return {"EMSA3(SHA-256)", Botan::IEEE_1363};
    case crypto::SignatureAlgorithm::rsa_sha384:
      return {"EMSA3(SHA-384)", Botan::IEEE_1363};
    case crypto::SignatureAlgorithm::rsa_sha512:
      return {"EMSA3(SHA-512)", Botan::IEEE_1363};
    case crypto::SignatureAlgorithm::ed25519:
      return {"Pure", Botan::IEEE_1363};
  }
  return {"", Botan::IEEE_1363};
}

// The context tag of RFC 5280's GeneralName and the octets under it.
using TaggedName = std::pair<unsigned, Bytes>;

constexpr unsigned dns_tag = 2;

// Host names are alike in upper and lower case (RFC 4343); ours are lower.
void to_lower(Bytes& octets) {
  for (std::uint8_t& octet : octets) {
    if (octet >= 'A' && octet <= 'Z') octet = static_cast<std::uint8_t>(octet - 'A' + 'a');
  }
}

// Botan's AlternativeName drops IPv6 addresses; its decoder under it does not.
std::vector<TaggedName> names_of(const Botan::Extensions& theirs) {
  std::vector<TaggedName> names;
  const Botan::OID oid("2.5.29.17");
  const auto extensions = theirs.extensions_raw();
  const auto found = extensions.find(oid);
  if (found == extensions.end()) return names;
  Botan::BER_Decoder outer(found->second.first);
  Botan::BER_Decoder list = outer.start_cons(Botan::SEQUENCE);
  while (list.more_items()) {
    const Botan::BER_Object name = list.get_next_object();
    names.emplace_back(static_cast<unsigned>(name.type()), Bytes(name.bits(), name.bits() + name.length()));
    if (names.back().first == dns_tag) to_lower(names.back().second);
  }
  list.end_cons();
  outer.verify_end();
  return names;
}

TaggedName tagged(const x509::GeneralName& name) {
  switch (name.type) {
    case x509::GeneralNameType::email:
      return {1, to_bytes(as_bytes(name.value))};
    case x509::GeneralNameType::dns:
      return {dns_tag, to_bytes(as_bytes(name.value))};
    case x509::GeneralNameType::uri:
      return {6, to_bytes(as_bytes(name.value))};
    case x509::GeneralNameType::ip: {
      const bool v6 = name.value.find(':') != std::string::npos;
      Bytes octets(v6 ? 16 : 4);
      if (inet_pton(v6 ? AF_INET6 : AF_INET, name.value.c_str(), octets.data()) != 1) octets.clear();
      return {7, std::move(octets)};
    }
  }
  return {};
}

}  // namespace

Error disagreement(const std::string& about, const std::string& what, std::string internal) {
  return make_error(ErrorCode::internal, "the second implementation disagrees about " + about + ": " + what,
                    std::move(internal));
}

bool same_serial(const std::vector<std::uint8_t>& theirs, ByteView ours) {
  if (!ours.empty() && ours.front() == 0) ours = ours.subspan(1);
  return equal(theirs, ours);
}

bool same_time(const Botan::X509_Time& theirs, TimePoint ours) {
  return static_cast<std::int64_t>(theirs.time_since_epoch()) == to_unix(ours);
}

bool same_names(const Botan::Extensions& theirs, const std::vector<x509::GeneralName>& ours) {
  std::vector<TaggedName> wanted;
  std::transform(ours.begin(), ours.end(), std::back_inserter(wanted), tagged);
  return names_of(theirs) == wanted;
}

Bytes encoded_name(const Botan::X509_DN& theirs) {
  Bytes name;
  Botan::DER_Encoder(name).start_cons(Botan::SEQUENCE).raw_bytes(theirs.get_bits()).end_cons();
  return name;
}

std::unique_ptr<Botan::PK_Verifier> make_verifier(const Botan::Public_Key& key,
                                                  crypto::SignatureAlgorithm algorithm) {
  const Scheme scheme = scheme_of(algorithm);
  return std::make_unique<Botan::PK_Verifier>(key, scheme.padding, scheme.format);
}

std::unique_ptr<Botan::PK_Verifier> CrossCheck::State::borrow() {
  std::unique_ptr<Botan::PK_Verifier> verifier = idle.with([](Verifiers& verifiers) {
    std::unique_ptr<Botan::PK_Verifier> last;
    if (!verifiers.empty()) {
      last = std::move(verifiers.back());
      verifiers.pop_back();
    }
    return last;
  });
  if (verifier) return verifier;
  return make_verifier(*key, algorithm);
}

bool CrossCheck::State::verify(ByteView message, ByteView signature) {
  std::unique_ptr<Botan::PK_Verifier> verifier = borrow();
  const bool good =
      verifier->verify_message(message.data(), message.size(), signature.data(), signature.size());
  idle.with([&](Verifiers& verifiers) { verifiers.push_back(std::move(verifier)); });
  return good;
}

}  // namespace chancery::lint
