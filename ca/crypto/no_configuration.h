// OpenSSL without a configuration of others.
#pragma once

namespace chancery::crypto {

// From now on OpenSSL loads no configuration, and so no provider or engine that one names: neither the
// system's openssl.cnf nor OPENSSL_CONF. OPENSSL_CONF, OPENSSL_MODULES and OPENSSL_ENGINES leave the
// environment. Call it first in main, before any other use of OpenSSL and before the second thread. NOT
// covered: what the dynamic linker loads (LD_PRELOAD), which runs before main.
void ignore_openssl_configuration();

}  // namespace chancery::crypto
