// SubjectAltName's value, and one name as text ("dns:web.example"), as policies, tokens and command lines
// write it. Promises: what is accepted is canonical and has one text and one encoding; OpenSSL reads the same
// names.
#include "ca/x509/general_name.h"

#include "tests/fuzz/support/openssl_reading.h"
#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

using x509::GeneralName;

void has_one_text(const GeneralName& name) {
  invariant(x509::check_general_name(name).has_value(), "an accepted name is canonical");
  const auto again = x509::parse_general_name(x509::to_string(name));
  invariant(again && *again == name, "a canonical name is read back as itself");
}

void have_one_encoding(const std::vector<GeneralName>& names) {
  const Bytes der = x509::general_names_to_der(names);
  const auto again = x509::parse_general_names(der);
  invariant(again && *again == names, "names are read back as they were written");
  const auto theirs = openssl_read<OpensslNames>(der, d2i_GENERAL_NAMES);
  invariant(theirs != nullptr, "OpenSSL reads what we write");
  expect_same_names(names, theirs.get());
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  const ByteView bytes = fuzz::input(data, size);
  if (const auto names = x509::parse_general_names(bytes)) {
    for (const auto& name : *names) fuzz::has_one_text(name);
    fuzz::have_one_encoding(*names);
    const auto theirs = fuzz::openssl_read<fuzz::OpensslNames>(bytes, d2i_GENERAL_NAMES);
    fuzz::invariant(theirs != nullptr, "OpenSSL reads what we accept");
    fuzz::expect_same_names(*names, theirs.get());
  }
  if (const auto name = x509::parse_general_name(as_text(bytes))) {
    fuzz::has_one_text(*name);
    fuzz::have_one_encoding({*name});
  }
  return 0;
}
