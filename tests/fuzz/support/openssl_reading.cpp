#include "tests/fuzz/support/openssl_reading.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

ByteView content(const ASN1_STRING* string) {
  return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool same_address(const std::string& ours, ByteView theirs) {
  std::array<std::uint8_t, 16> octets{};
  const int family = theirs.size() == 4 ? AF_INET : AF_INET6;
  return (theirs.size() == 4 || theirs.size() == 16) && inet_pton(family, ours.c_str(), octets.data()) == 1 &&
         std::equal(theirs.begin(), theirs.end(), octets.begin());
}

bool same(const x509::GeneralName& ours, const GENERAL_NAME* theirs) {
  switch (ours.type) {
    case x509::GeneralNameType::dns:
      return theirs->type == GEN_DNS && ours.value == lower(as_text(content(theirs->d.dNSName)));
    case x509::GeneralNameType::email:
      return theirs->type == GEN_EMAIL && lower(ours.value) == lower(as_text(content(theirs->d.rfc822Name)));
    case x509::GeneralNameType::uri:
      return theirs->type == GEN_URI && ours.value == as_text(content(theirs->d.uniformResourceIdentifier));
    case x509::GeneralNameType::ip:
      return theirs->type == GEN_IPADD && same_address(ours.value, content(theirs->d.iPAddress));
  }
  return false;
}

}  // namespace

bool openssl_reads_name(ByteView der) {
  return openssl_read<OpensslName>(der, d2i_X509_NAME) != nullptr;
}

bool openssl_reads_key(ByteView spki) {
  return openssl_read<OpensslKey>(spki, d2i_X509_PUBKEY) != nullptr;
}

void expect_same_names(const std::vector<x509::GeneralName>& ours, const GENERAL_NAMES* theirs) {
  const int count = theirs == nullptr ? 0 : sk_GENERAL_NAME_num(theirs);
  invariant(static_cast<std::size_t>(count) == ours.size(), "OpenSSL reads as many names as we do");
  for (int i = 0; i < count; ++i) {
    invariant(same(ours[static_cast<std::size_t>(i)], sk_GENERAL_NAME_value(theirs, i)),
              "OpenSSL reads the same name");
  }
}

void expect_same_time(TimePoint ours, const ASN1_TIME* theirs) {
  std::tm parts{};
  invariant(ASN1_TIME_to_tm(theirs, &parts) == 1, "OpenSSL reads the time");
  invariant(timegm(&parts) == ours.time_since_epoch().count(), "OpenSSL reads the same time");
}

void expect_same_serial(ByteView ours, const ASN1_INTEGER* theirs) {
  std::array<unsigned char, 32> octets{};
  const std::unique_ptr<BIGNUM, Freed<BN_free>> number(ASN1_INTEGER_to_BN(theirs, nullptr));
  invariant(number && !BN_is_negative(number.get()) && BN_num_bytes(number.get()) <= 20,
            "OpenSSL reads a positive serial number of at most 20 octets");
  const auto size = static_cast<std::size_t>(BN_bn2bin(number.get(), octets.data()));
  ByteView digits = ours;
  if (!digits.empty() && digits.front() == 0) digits = digits.subspan(1);
  invariant(equal(digits, ByteView(octets.data(), size)), "OpenSSL reads the same serial number");
}

void expect_same_name(ByteView ours, const X509_NAME* theirs) {
  const unsigned char* der = nullptr;
  std::size_t size = 0;
  invariant(X509_NAME_get0_der(theirs, &der, &size) == 1 && equal(ours, ByteView(der, size)),
            "OpenSSL reads the same distinguished name");
}

}  // namespace chancery::fuzz
