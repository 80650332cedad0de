// chancery lint: whatever a file holds, an answer; what the strict parsers refuse has an error among its
// findings; what they accept has none of theirs, but for the DER of names and keys, which they do not read.
#include "ca/lint/inspect.h"

#include <algorithm>

#include "ca/lint/inspect/der_fault.h"
#include "ca/x509/csr.h"
#include "tests/fuzz/support/target.h"
#include "tests/support/testdata.h"
#include "tests/support/x509_builder.h"

namespace chancery::fuzz {
namespace {

lint::InspectOptions with_issuers() {
  lint::InspectOptions options;
  for (const char* name : {"lint/intermediate.pem", "lint/root.pem"})
    options.issuers.push_back(test::must(x509::Certificate::parse_pem(test::testdata(name))));
  return options;
}

// Keys are no part of a certificate's parser, signatures none of any but a request's.
bool refused(const Findings& findings) {
  for (const Finding& finding : findings.list()) {
    if (finding.id.starts_with("parser.") && finding.id != "parser.public_key") return true;
  }
  return false;
}

using Unread = std::vector<Bytes>;

// Names and keys are kept by the parsers as the octets they are; lint looks into them as well.
Unread unread_of(const x509::Certificate& certificate) {
  const x509::ParsedTbs& fields = certificate.fields();
  return {fields.issuer, fields.subject, fields.spki};
}
Unread unread_of(const x509::Crl& crl) {
  return {crl.fields().issuer};
}
Unread unread_of(const x509::CertificateRequest&) {
  return {};
}

bool stands_in(std::size_t offset, ByteView der, const Unread& unread) {
  return std::any_of(unread.begin(), unread.end(), [&](const Bytes& part) {
    for (auto at = der.begin(); (at = std::search(at, der.end(), part.begin(), part.end())) != der.end();
         ++at) {
      const auto begin = static_cast<std::size_t>(at - der.begin());
      if (offset >= begin && offset < begin + part.size()) return true;
    }
    return false;
  });
}

template <typename T>
void is_judged_as(const char* label, ByteView der, const Result<T>& parsed,
                  const lint::InspectOptions& options) {
  if (der.empty()) return;
  const auto found = lint::inspect(to_pem(label, der), options);
  invariant(found && found->size() == 1, "one block gives one answer");
  const Findings& findings = found->front().findings;
  if (!parsed) {
    invariant(findings.has_errors(), "what a parser refuses has an error");
  } else if (refused(findings)) {
    const auto fault = lint::first_der_fault(der);
    invariant(fault && stands_in(fault->offset, der, unread_of(*parsed)),
              "what a parser accepts is refused for no more than the DER of what it does not read");
  }
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  static const lint::InspectOptions options = fuzz::with_issuers();
  const ByteView bytes = fuzz::input(data, size);
  fuzz::is_judged_as("CERTIFICATE", bytes, x509::Certificate::parse(bytes), options);
  fuzz::is_judged_as("X509 CRL", bytes, x509::Crl::parse(bytes), options);
  fuzz::is_judged_as("CERTIFICATE REQUEST", bytes, x509::CertificateRequest::parse(bytes), options);
  (void)lint::inspect(as_text(bytes), options);
  return 0;
}
