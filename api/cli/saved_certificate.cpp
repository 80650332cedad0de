#include "api/cli/saved_certificate.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "api/cli/json_text.h"
#include "api/cli/proof.h"
#include "api/cli/table.h"
#include "ca/base/file.h"

namespace chancery::cli {
namespace {

using nlohmann::json;

std::string pem_of(const json& certificate) {
  return text(certificate, "certificate") + text(certificate, "chain");
}

}  // namespace

Result<void> save_certificate(const json& certificate, const std::string& out_file,
                              const std::string& proof_file) {
  const std::string name = "certificate " + text(certificate, "serial");
  if (!out_file.empty()) {
    constexpr mode_t readable_by_all = 0644;
    const std::string pem = pem_of(certificate);
    if (Result<void> done = write_new_file(out_file, as_bytes(pem), readable_by_all); !done) {
      return with_context(done.error(),
                          name + " was issued but not saved, fetch it with `chancery show --json`");
    }
  }
  if (Result<void> saved = save_proof(certificate, proof_file); !saved) {
    return with_context(saved.error(), name +
                                           " was issued, but its proof is not saved; fetch it with "
                                           "`chancery show --proof`");
  }
  return {};
}

void print_saved(const json& certificate, const std::string& out_file, const Terminal& terminal) {
  if (out_file.empty()) {
    terminal.out << pem_of(certificate);
    return;
  }
  terminal.out << "certificate " << printable(text(certificate, "serial")) << " for "
               << printable(joined(certificate, "names")) << ", valid until "
               << printable(text(certificate, "not_after")) << ", is in " << out_file << "\n";
}

}  // namespace chancery::cli
