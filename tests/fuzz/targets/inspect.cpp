// chancery lint: whatever a file holds, an answer; what the strict parsers refuse has an error among its
// findings, what they accept has none of theirs.
#include "ca/lint/inspect.h"

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

void is_judged_as(const char* label, ByteView der, bool accepted, const lint::InspectOptions& options) {
  if (der.empty()) return;
  const auto found = lint::inspect(to_pem(label, der), options);
  invariant(found && found->size() == 1, "one block gives one answer");
  const Findings& findings = found->front().findings;
  if (accepted) invariant(!refused(findings), "what a parser accepts is not reported as refused");
  if (!accepted) invariant(findings.has_errors(), "what a parser refuses has an error");
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  static const lint::InspectOptions options = fuzz::with_issuers();
  const ByteView bytes = fuzz::input(data, size);
  fuzz::is_judged_as("CERTIFICATE", bytes, x509::Certificate::parse(bytes).has_value(), options);
  fuzz::is_judged_as("X509 CRL", bytes, x509::Crl::parse(bytes).has_value(), options);
  fuzz::is_judged_as("CERTIFICATE REQUEST", bytes, x509::CertificateRequest::parse(bytes).has_value(),
                     options);
  (void)lint::inspect(as_text(bytes), options);
  return 0;
}
