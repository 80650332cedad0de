#include <cstdlib>

#include "ca/base/file.h"
#include "ca/ceremony/preflight/preflight.h"

namespace chancery::ceremony {
namespace {

// What makes the dynamic linker load code beside the program, whose hash would say nothing of it.
std::string foreign_code() {
  for (const char* name : {"LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH"}) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
    if (value != nullptr && *value != '\0') return name;
  }
  return "";
}

}  // namespace

Evidence check_binary(const Machine& machine, const std::string& expected_hex) {
  if (const std::string name = foreign_code(); !name.empty()) {
    return {"binary", false,
            name + " is set, which loads other code into this program; unset it and begin again"};
  }
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
