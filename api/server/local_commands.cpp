#include "api/server/local_commands.h"

#include <cstdlib>
#include <ostream>

#include "api/server/wiring.h"
#include "ca/base/file.h"
#include "ca/x509/csr.h"

namespace chancery::server {
namespace {

constexpr std::size_t csr_file_limit = 64UL * 1024;

Result<x509::CertificateRequest> read_csr(const std::string& path) {
  auto text = read_file(path, csr_file_limit);
  if (!text) return text.error();
  auto csr = x509::CertificateRequest::parse_pem(*text);
  if (!csr) return with_context(csr.error(), path);
  return csr;
}

}  // namespace

// An operator's rights: whoever holds the CA's key and database could do anything anyway.
class LocalOperator {
 public:
  static authority::Authentication authenticate() { return {Identity("local"), policy::Role::operator_}; }
};

namespace {

RequestId local_request_id(RandomSource& random) {
  Bytes id(16);
  random.fill(id);
  return RequestId("local-" + to_hex(id));
}

Result<std::string> issue(const LocalIssue& arguments) {
  if (auto ok = check_new_files({arguments.out_file}); !ok) return ok.error();
  auto config = load_config(arguments.config, process_environment());
  if (!config) return config.error();
  auto csr = read_csr(arguments.csr_file);
  if (!csr) return csr.error();
  const SystemClock clock;
  SystemRandom random;
  auto core = build_core(*config, clock, random);
  if (!core) return core.error();
  const auto request =
      LocalOperator::authenticate().for_other(Identity(arguments.identity), ProfileName(arguments.profile),
                                              {std::move(*csr), "", local_request_id(random)});
  if (!request) return request.error();
  auto recorded = core->authority->issue(*request);
  if (!recorded) return recorded.error();
  return to_pem("CERTIFICATE", recorded->record().der) + core->issuer->certificate().to_pem();
}

}  // namespace

int complain(const Error& error, std::ostream& err) {
  err << "chancery-ca: " << error.message << '\n';
  for (const ErrorDetail& detail : error.details) {
    if (error.message.find(detail.message) != std::string::npos) continue;  // said already
    err << "  " << detail.rule;
    if (!detail.location.empty()) err << " (" << detail.location << ")";
    err << ": " << detail.message << '\n';
  }
  return EXIT_FAILURE;
}

int issue_locally(const LocalIssue& arguments, std::ostream& out, std::ostream& err) {
  auto chain = issue(arguments);
  if (!chain) return complain(chain.error(), err);
  if (arguments.out_file.empty()) {
    out << *chain;
    return EXIT_SUCCESS;
  }
  constexpr mode_t readable_by_all = 0644;
  if (auto ok = write_new_file(arguments.out_file, as_bytes(*chain), readable_by_all); !ok) {
    // Not lost: it is issued and recorded, so it is shown instead.
    out << *chain;
    return complain(with_context(ok.error(), "the certificate was issued but not written"), err);
  }
  return EXIT_SUCCESS;
}

}  // namespace chancery::server
