#include "ca/base/file.h"
#include "ca/ceremony/preflight/preflight.h"

namespace chancery::ceremony {

Evidence check_binary(const Machine& machine, const std::string& expected_hex) {
  constexpr std::size_t limit = std::size_t{256} << 20U;
  const Result<std::string> program = read_file(machine.root + "/proc/self/exe", limit);
  if (!program) return {"binary", false, program.error().message};
  const std::string hash = to_hex(crypto::sha256(as_bytes(*program)));
  if (expected_hex.empty() || hash == expected_hex) return {"binary", true, "sha256 " + hash};
  return {"binary", false, "sha256 " + hash + ", but the script expects " + expected_hex};
}

Evidence check_script(const crypto::Sha256Digest& hash) {
  return {"script", true, "sha256 " + to_hex(hash)};
}

}  // namespace chancery::ceremony
