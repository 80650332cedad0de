// A key in one encrypted file: PKCS#8 under scrypt and AES-256 (crypto/private_key.h).
#pragma once

#include "ca/ceremony/custody/custody.h"

namespace chancery::ceremony {

std::unique_ptr<Custody> file_custody(const FileCustody& plan, const CustodySurroundings& surroundings);

}  // namespace chancery::ceremony
