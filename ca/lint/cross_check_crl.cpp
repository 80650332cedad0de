// Botan reads the revocation lists that we wrote.
#include <botan/ber_dec.h>
#include <botan/bigint.h>
#include <botan/x509_crl.h>
#include <botan/x509_ext.h>

#include "ca/lint/cross_check_state.h"

namespace chancery::lint {
namespace {

// Botan keeps CRL numbers in 32 bits; its decoder under that does not.
bool same_number(const Botan::X509_CRL& theirs, const std::optional<x509::CrlNumber>& ours) {
  const auto extensions = theirs.extensions().extensions_raw();
  const auto found = extensions.find(Botan::OID("2.5.29.20"));
  if (found == extensions.end() || !ours) return found == extensions.end() && !ours;
  Botan::BigInt number;
  Botan::BER_Decoder decoder(found->second.first);
  decoder.decode(number).verify_end();
  return !number.is_negative() && number == Botan::BigInt(ours->bytes().data(), ours->bytes().size());
}

// What an absent reason and an absent extension mean is the same to Botan.
bool same_entry(const Botan::CRL_Entry& theirs, const x509::RevokedCertificate& ours) {
  const auto reason = static_cast<std::uint32_t>(ours.reason.value_or(x509::RevocationReason::unspecified));
  return same_serial(theirs.serial_number(), ours.serial.bytes()) &&
         same_time(theirs.expire_time(), ours.revoked_at) &&
         static_cast<std::uint32_t>(theirs.reason_code()) == reason;
}

bool same_entries(const Botan::X509_CRL& theirs, const std::vector<x509::RevokedCertificate>& ours) {
  const std::vector<Botan::CRL_Entry>& list = theirs.get_revoked();
  return std::equal(list.begin(), list.end(), ours.begin(), ours.end(), same_entry);
}

// The first thing that differs, "" when nothing does.
std::string difference(const Botan::X509_CRL& theirs, const x509::Crl& ours, const Bytes& issuer) {
  const x509::ParsedCrl& fields = ours.fields();
  if (encoded_name(theirs.issuer_dn()) != issuer) return "who issued it";
  if (fields.issuer != issuer) return "issuer";
  if (!same_time(theirs.this_update(), fields.this_update)) return "thisUpdate";
  if (!same_time(theirs.next_update(), fields.next_update)) return "nextUpdate";
  if (!same_number(theirs, fields.number)) return "CRL number";
  if (theirs.authority_key_id() != fields.authority_key_identifier) return "authority key identifier";
  if (!same_entries(theirs, fields.revoked)) return "revoked certificates";
  if (!equal(theirs.tbs_data(), ours.tbs())) return "signed bytes";
  if (!equal(theirs.signature(), ours.signature())) return "signature";
  return {};
}

}  // namespace

Result<void> CrossCheck::check(const x509::Crl& ours) const {
  try {
    const Botan::X509_CRL theirs(Bytes(ours.der().begin(), ours.der().end()));
    if (const std::string what = difference(theirs, ours, state_->subject); !what.empty())
      return disagreement("the CRL", what);
    if (ours.signature_algorithm() != state_->algorithm)
      return disagreement("the CRL", "signature algorithm");
    if (!state_->verify(ours.tbs(), ours.signature()))
      return disagreement("the CRL", "the signature does not verify");
    return {};
  } catch (const std::exception& error) {
    return disagreement("the CRL", "it cannot read it", error.what());
  }
}

}  // namespace chancery::lint
