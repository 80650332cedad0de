#include "ca/crypto/openssl.h"

#include <openssl/err.h>

#include <array>

namespace chancery::crypto {

std::string drain_errors() {
  std::string text;
  const char* data = nullptr;
  int flags = 0;
  while (const unsigned long code = ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags)) {
    std::array<char, 256> line{};
    ERR_error_string_n(code, line.data(), line.size());
    if (!text.empty()) text += "; ";
    text += line.data();
    if ((flags & ERR_TXT_STRING) != 0 && data != nullptr && *data != '\0')
      text += std::string(" (") + data + ")";
  }
  return text;
}

}  // namespace chancery::crypto
