#include <cstdlib>

#include "ca/ceremony/preflight/kernel_file.h"
#include "ca/crypto/file_digest.h"

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

// ld.so(8) loads what this file names into every program, whatever its environment. Anything but blanks
// counts: the linker's idea of a comment is its own.
std::string preload_fault(const Machine& machine) {
  const std::string path = "/etc/ld.so.preload";
  const Result<std::string> text = read_kernel_file(machine, path);
  if (!text) return text.error().code == ErrorCode::not_found ? "" : text.error().message;
  if (text->find_first_not_of(" \t\r\n") == std::string::npos) return "";
  return path + " is not empty, and loads other code into every program; empty it and begin again";
}

}  // namespace

Evidence check_binary(const Machine& machine, const std::string& expected_hex) {
  if (const std::string name = foreign_code(); !name.empty()) {
    return {"binary", false,
            name + " is set, which loads other code into this program; unset it and begin again"};
  }
  if (const std::string fault = preload_fault(machine); !fault.empty()) return {"binary", false, fault};
  const Result<crypto::Sha256Digest> program =
      crypto::sha256_of_file(machine.root + "/proc/self/exe", crypto::program_limit);
  if (!program) return {"binary", false, program.error().message};
  const std::string hash = to_hex(*program);
  if (expected_hex.empty() || hash == expected_hex) return {"binary", true, "sha256 " + hash};
  return {"binary", false, "sha256 " + hash + ", but the script expects " + expected_hex};
}

Evidence check_script(const crypto::Sha256Digest& hash) {
  return {"script", true, "sha256 " + to_hex(hash)};
}

}  // namespace chancery::ceremony
