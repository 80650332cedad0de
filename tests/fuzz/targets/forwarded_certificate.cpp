// The header in which nginx forwards a client's certificate. The input is the header; or, when it begins with
// '!', changes to the header of a certificate that is recorded: for each three octets, a place (two octets)
// and what stands there. Promises: decoding loses nothing; nobody is let in but with exactly the certificate
// that is recorded, as its identity, and nobody becomes an operator.
#include "api/http/request.h"
#include "tests/fuzz/support/changes.h"
#include "tests/fuzz/support/service_in_memory.h"
#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

std::string decode(const std::string& header) {
  std::string pem;
  if (!http::percent_decode(header, pem)) return {};
  std::string again;
  invariant(http::percent_decode(percent_encode(pem), again) && again == pem, "decoding undoes encoding");
  return pem;
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  static fuzz::ServiceInMemory service;
  static const x509::Certificate recorded = service.issue("web-01", "service", "web.svc.test");
  static const std::string good = fuzz::percent_encode(recorded.to_pem());
  const ByteView bytes = fuzz::input(data, size);
  std::string header(as_text(bytes));
  if (header.starts_with('!')) {
    header = fuzz::with_changes(good, bytes.subspan(1));
  }
  const std::string pem = fuzz::decode(header);
  const auto caller = service.authenticator().authenticate({.authorization = {}, .certificate_pem = pem});
  fuzz::invariant(header != good || caller.has_value(), "the recorded certificate is let in");
  if (!caller || caller->kind() == identity::CallerKind::anonymous) return 0;
  const auto shown = x509::Certificate::parse_pem(pem);
  fuzz::invariant(shown && equal(shown->der(), recorded.der()), "only the recorded certificate is let in");
  fuzz::invariant(caller->identity() == Identity("web-01") && !caller->is_operator(), "it is nobody else's");
  return 0;
}
