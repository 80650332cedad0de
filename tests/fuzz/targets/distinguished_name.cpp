// A distinguished name. Promises: what is accepted is within its limits and is read back as it was written;
// OpenSSL reads as many attributes, each with the same value.
#include "ca/x509/name.h"
#include "tests/fuzz/support/openssl_reading.h"
#include "tests/fuzz/support/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  const ByteView bytes = fuzz::input(data, size);
  const auto name = x509::Name::parse(bytes);
  if (!name) return 0;
  fuzz::invariant(x509::check_name(*name).has_value(), "an accepted name is within its limits");
  const auto again = x509::Name::parse(name->to_der());
  fuzz::invariant(again && *again == *name, "a name is read back as it was written");
  const auto theirs = fuzz::openssl_read<fuzz::OpensslName>(bytes, d2i_X509_NAME);
  fuzz::invariant(theirs != nullptr, "OpenSSL reads what we accept");
  const int entries = X509_NAME_entry_count(theirs.get());
  fuzz::invariant(static_cast<std::size_t>(entries) == name->attributes().size(),
                  "OpenSSL reads as many attributes");
  for (int i = 0; i < entries; ++i) {
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(theirs.get(), i));
    const ByteView content(ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value)));
    fuzz::invariant(as_text(content) == name->attributes()[static_cast<std::size_t>(i)].value,
                    "OpenSSL reads the same value");
  }
  return 0;
}
