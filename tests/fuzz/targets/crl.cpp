// A revocation list. Promises: what is accepted and says only what Chancery writes means the same after it
// was written again; OpenSSL reads the same issuer, times and entries; lints and Botan take it without a
// crash.
#include "ca/x509/crl.h"

#include "ca/lint/crl_lint.h"
#include "ca/lint/cross_check.h"
#include "tests/fuzz/support/openssl_reading.h"
#include "tests/fuzz/support/target.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::fuzz {
namespace {

using x509::Crl;

void openssl_agrees(const Crl& ours) {
  if (!openssl_reads_name(ours.fields().issuer)) return;
  const auto theirs = openssl_read<OpensslCrl>(ours.der(), d2i_X509_CRL);
  invariant(theirs != nullptr, "OpenSSL reads what we accept");
  expect_same_name(ours.fields().issuer, X509_CRL_get_issuer(theirs.get()));
  expect_same_time(ours.fields().this_update, X509_CRL_get0_lastUpdate(theirs.get()));
  expect_same_time(ours.fields().next_update, X509_CRL_get0_nextUpdate(theirs.get()));
  STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(theirs.get());
  const auto count = static_cast<std::size_t>(entries == nullptr ? 0 : sk_X509_REVOKED_num(entries));
  invariant(count == ours.fields().revoked.size(), "OpenSSL reads as many entries");
  for (std::size_t i = 0; i < count; ++i) {
    const X509_REVOKED* entry = sk_X509_REVOKED_value(entries, static_cast<int>(i));
    expect_same_time(ours.fields().revoked[i].revoked_at, X509_REVOKED_get0_revocationDate(entry));
    expect_same_serial(ours.fields().revoked[i].serial.bytes(), X509_REVOKED_get0_serialNumber(entry));
  }
}

void entries_are_found(const Crl& crl) {
  for (const x509::RevokedCertificate& entry : crl.fields().revoked) {
    invariant(x509::find_revoked(crl.fields(), entry.serial) == &entry,
              "an entry is found by its serial number, and there is one");
  }
}

// unspecified is never written: the reason is left out instead.
bool same_reason(std::optional<x509::RevocationReason> read, std::optional<x509::RevocationReason> kept) {
  const auto none = x509::RevocationReason::unspecified;
  return read.value_or(none) == kept.value_or(none);
}

void means_the_same_when_written_again(const Crl& crl) {
  const x509::ParsedCrl& read = crl.fields();
  if (!read.number || read.authority_key_identifier.empty()) return;
  const Bytes tbs = x509::encode_tbs_cert_list({.signature = crl.signature_algorithm(),
                                                .issuer = read.issuer,
                                                .this_update = read.this_update,
                                                .next_update = read.next_update,
                                                .revoked = read.revoked,
                                                .number = *read.number,
                                                .authority_key_identifier = read.authority_key_identifier,
                                                .distribution_point = read.distribution_point});
  const auto again = x509::parse_tbs_cert_list(tbs);
  invariant(again.has_value(), "what we write, we read");
  invariant(again->revoked.size() == read.revoked.size(), "writing again keeps every entry");
  for (const x509::RevokedCertificate& entry : read.revoked) {
    const auto* kept = x509::find_revoked(*again, entry.serial);
    invariant(kept != nullptr && kept->revoked_at == entry.revoked_at &&
                  same_reason(entry.reason, kept->reason) && kept->invalidity_date == entry.invalidity_date,
              "writing again keeps what an entry says");
  }
  invariant(again->number == read.number && again->distribution_point == read.distribution_point &&
                equal(again->authority_key_identifier, read.authority_key_identifier) &&
                again->this_update == read.this_update && again->next_update == read.next_update,
            "writing again keeps what a list says");
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  static const auto issuer = test::must(x509::Certificate::parse_pem(test::testdata("crl/root.pem")));
  static const auto botan = test::must(lint::CrossCheck::for_issuer(issuer));
  const auto crl = x509::Crl::parse(fuzz::input(data, size));
  if (!crl) return 0;
  fuzz::openssl_agrees(*crl);
  fuzz::entries_are_found(*crl);
  fuzz::means_the_same_when_written_again(*crl);
  (void)lint::run_crl_lints(
      {.crl = crl->fields(), .issuer = &issuer, .signing_time = crl->fields().this_update, .scope = {}});
  if (botan.check(*crl)) {
    fuzz::invariant(x509::verify_crl_issued_by(*crl, issuer).has_value(),
                    "what Botan takes for the issuer's, OpenSSL does too");
  }
  return 0;
}
