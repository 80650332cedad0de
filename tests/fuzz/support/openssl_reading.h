// What OpenSSL reads in the same bytes: the independent judge of the X.509 targets. Nothing here calls
// Chancery's own parsers.
#pragma once

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <vector>

#include "ca/base/bytes.h"
#include "ca/base/clock.h"
#include "ca/x509/general_name.h"

namespace chancery::fuzz {

template <auto function>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    function(object);
  }
};
using OpensslCertificate = std::unique_ptr<X509, Freed<X509_free>>;
using OpensslRequest = std::unique_ptr<X509_REQ, Freed<X509_REQ_free>>;
using OpensslCrl = std::unique_ptr<X509_CRL, Freed<X509_CRL_free>>;
using OpensslNames = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using OpensslKey = std::unique_ptr<X509_PUBKEY, Freed<X509_PUBKEY_free>>;
using OpensslName = std::unique_ptr<X509_NAME, Freed<X509_NAME_free>>;

// The whole of `der`, read by a d2i_ function; null when it cannot, or does not want all of it.
template <typename Pointer, typename Read>
Pointer openssl_read(ByteView der, Read read) {
  const unsigned char* at = der.data();
  Pointer object(read(nullptr, &at, static_cast<long>(der.size())));
  return object && at == der.data() + der.size() ? std::move(object) : nullptr;
}

// Parsers of certificates and lists keep names and keys as the octets they are, without looking into them;
// OpenSSL looks.
bool openssl_reads_name(ByteView der);
bool openssl_reads_key(ByteView spki);

// Dies unless both list the same names in the same order. DNS names compare without case, addresses by their
// octets.
void expect_same_names(const std::vector<x509::GeneralName>& ours, const GENERAL_NAMES* theirs);
void expect_same_time(TimePoint ours, const ASN1_TIME* theirs);
void expect_same_serial(ByteView ours, const ASN1_INTEGER* theirs);
void expect_same_name(ByteView ours, const X509_NAME* theirs);

}  // namespace chancery::fuzz
