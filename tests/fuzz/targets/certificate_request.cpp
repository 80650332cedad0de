// A certificate request from anybody. No change of a signed request survives its signature, so the input is
// read twice: as a whole request, and as a CertificationRequestInfo that is signed here with the key of
// tests/testdata/crypto/p256.key.pem (the seeds ask for that key). Promise: OpenSSL reads what is accepted,
// with the same key, subject and names.
#include "ca/x509/csr.h"

#include "ca/crypto/private_key.h"
#include "ca/lint/cross_check.h"
#include "tests/fuzz/support/openssl_reading.h"
#include "tests/fuzz/support/target.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::fuzz {
namespace {

OpensslNames names_in(X509_REQ* request) {
  STACK_OF(X509_EXTENSION)* extensions = X509_REQ_get_extensions(request);
  OpensslNames names(
      static_cast<GENERAL_NAMES*>(X509V3_get_d2i(extensions, NID_subject_alt_name, nullptr, nullptr)));
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  return names;
}

void openssl_agrees(const x509::CertificateRequest& ours) {
  const auto theirs = openssl_read<OpensslRequest>(ours.der(), d2i_X509_REQ);
  invariant(theirs != nullptr, "OpenSSL reads what we accept");
  unsigned char* spki = nullptr;
  const int size = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(theirs.get()), &spki);
  const std::unique_ptr<unsigned char, Freed<[](unsigned char* octets) { OPENSSL_free(octets); }>> freed(
      spki);
  invariant(size > 0 && equal(ours.public_key().spki(), ByteView(spki, static_cast<std::size_t>(size))),
            "OpenSSL reads the same key");
  EVP_PKEY* key = X509_REQ_get0_pubkey(theirs.get());
  invariant(key != nullptr && X509_REQ_verify(theirs.get(), key) == 1, "OpenSSL verifies the signature too");
  expect_same_names(ours.subject_alternative_names(), names_in(theirs.get()).get());
  const auto entries =
      static_cast<std::size_t>(X509_NAME_entry_count(X509_REQ_get_subject_name(theirs.get())));
  invariant(entries == ours.subject().attributes().size(), "OpenSSL reads as many parts of the subject");
}

void accepted(const x509::CertificateRequest& request) {
  for (const x509::GeneralName& name : request.subject_alternative_names()) {
    invariant(x509::check_general_name(name).has_value(), "names of a request are canonical");
  }
  invariant(x509::check_name(request.subject()).has_value(), "a subject is within its limits");
  openssl_agrees(request);
  (void)lint::cross_check_request(request.der(), request);  // which is stricter, and may refuse it
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  static const crypto::PrivateKey key =
      test::must(crypto::PrivateKey::from_pkcs8(test::testdata_der("crypto/p256.key.pem")));
  const ByteView bytes = fuzz::input(data, size);
  if (const auto whole = x509::CertificateRequest::parse(bytes)) fuzz::accepted(*whole);
  if (size > x509::csr_limit) return 0;
  const auto algorithm = crypto::SignatureAlgorithm::ecdsa_sha256;
  const Bytes signature = test::must(key.sign(algorithm, bytes));
  const auto made = x509::CertificateRequest::parse(x509::assemble_request(bytes, algorithm, signature));
  if (made) fuzz::accepted(*made);
  return 0;
}
