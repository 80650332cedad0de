#include "ca/crypto/no_configuration.h"

#include <openssl/crypto.h>

#include <array>
#include <cstdlib>

namespace chancery::crypto {

void ignore_openssl_configuration() {
  constexpr std::array names{"OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES"};
  for (const char* name : names) ::unsetenv(name);
  // Fails only without memory, and then so does all that follows.
  static_cast<void>(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr));
}

}  // namespace chancery::crypto
