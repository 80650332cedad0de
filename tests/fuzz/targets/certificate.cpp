// A certificate from anywhere. Promises: what is accepted is written again to the same octets, as far as it
// says only what Chancery writes; OpenSSL reads the same serial number, names and times in it; lints, path
// building and Botan's second reading take whatever was accepted without a crash, and what Botan takes for
// the issuer's, OpenSSL does too.
#include "ca/x509/certificate.h"

#include "ca/lint/cross_check.h"
#include "ca/lint/lint.h"
#include "ca/x509/chain.h"
#include "tests/fuzz/support/openssl_reading.h"
#include "tests/fuzz/support/target.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::fuzz {
namespace {

using x509::Certificate;

Certificate golden(const std::string& name) {
  return test::must(Certificate::parse_pem(test::testdata("lint/" + name + ".pem")));
}

struct Hierarchy {
  std::vector<Certificate> roots{golden("root")}, intermediates{golden("intermediate")};
  Certificate target = golden("target");
  lint::CrossCheck botan = test::must(lint::CrossCheck::for_issuer(intermediates.front()));
  crypto::KeyBlocklist blocked;
};

void is_written_again(const Certificate& certificate) {
  const x509::ParsedTbs& read = certificate.fields();
  const bool nameless = read.subject.size() == 2;
  const bool only_ours =
      !read.has_unique_ids && x509::encode_extensions(read.extensions, nameless) == read.raw_extensions;
  if (!only_ours) return;
  const Bytes tbs = x509::encode_tbs({.serial = read.serial,
                                      .signature = certificate.signature_algorithm(),
                                      .issuer = read.issuer,
                                      .validity = read.validity,
                                      .subject = {},
                                      .spki = read.spki,
                                      .extensions = read.extensions,
                                      .exact_subject = read.subject});
  invariant(equal(tbs, certificate.tbs()), "a TBSCertificate of Chancery's own parts has one encoding");
  invariant(equal(x509::assemble_certificate(tbs, certificate.signature_algorithm(), certificate.signature()),
                  certificate.der()),
            "a certificate has one encoding");
}

void openssl_agrees(const Certificate& ours) {
  const x509::ParsedTbs& read = ours.fields();
  if (!openssl_reads_name(read.subject) || !openssl_reads_name(read.issuer) || !openssl_reads_key(read.spki))
    return;
  const auto theirs = openssl_read<OpensslCertificate>(ours.der(), d2i_X509);
  invariant(theirs != nullptr, "OpenSSL reads what we accept");
  expect_same_serial(ours.serial().bytes(), X509_get0_serialNumber(theirs.get()));
  expect_same_time(ours.validity().not_before(), X509_get0_notBefore(theirs.get()));
  expect_same_time(ours.validity().not_after(), X509_get0_notAfter(theirs.get()));
  expect_same_name(ours.fields().subject, X509_get_subject_name(theirs.get()));
  expect_same_name(ours.fields().issuer, X509_get_issuer_name(theirs.get()));
  const OpensslNames names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(theirs.get(), NID_subject_alt_name, nullptr, nullptr)));
  expect_same_names(ours.fields().extensions.subject_alternative_names, names.get());
}

void is_judged(const Certificate& certificate, const Hierarchy& hierarchy) {
  const auto key = crypto::PublicKey::from_spki(certificate.fields().spki);
  for (const auto kind : {lint::Kind::root, lint::Kind::intermediate, lint::Kind::cross, lint::Kind::leaf}) {
    const bool leaf = kind == lint::Kind::leaf;
    const Certificate* issuer = leaf ? &hierarchy.intermediates.front() : &hierarchy.roots.front();
    const Findings findings =
        lint::run_lints({.kind = kind,
                         .tbs = certificate.fields(),
                         .issuer = kind == lint::Kind::root ? nullptr : issuer,
                         .signing_time = certificate.validity().not_before(),
                         .key = key ? &*key : nullptr,
                         .references = {.blocked_keys = &hierarchy.blocked, .target = &hierarchy.target}});
    (void)findings;
  }
  const TimePoint at = certificate.validity().not_before();
  const std::vector<Certificate> itself{certificate};
  const auto any = x509::KeyPurpose::any;
  (void)x509::verify_chain(certificate, hierarchy.intermediates, hierarchy.roots, at, any);
  (void)x509::verify_chain(hierarchy.intermediates.front(), itself, hierarchy.roots, at, any);
  (void)x509::verify_chain(certificate, itself, itself, at, any);
  (void)lint::CrossCheck::for_issuer(certificate);
  if (hierarchy.botan.check(certificate)) {
    invariant(x509::verify_issued_by(certificate, hierarchy.intermediates.front()).has_value(),
              "what Botan takes for the issuer's, OpenSSL does too");
  }
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  static const fuzz::Hierarchy hierarchy;
  const auto certificate = x509::Certificate::parse(fuzz::input(data, size));
  if (!certificate) return 0;
  fuzz::invariant(equal(certificate->der(), fuzz::input(data, size)),
                  "a certificate is the octets it was read from");
  fuzz::is_written_again(*certificate);
  fuzz::openssl_agrees(*certificate);
  fuzz::is_judged(*certificate, hierarchy);
  return 0;
}
