// What PKCS#11 return values mean to the people at the table: inside ca/keys/token only.
#pragma once

#include <string>

#include "ca/base/error.h"

namespace chancery::keys {

// `value` is a CK_RV other than CKR_OK; `action` completes "the token cannot ...": "sign".
Error pkcs11_error(unsigned long value, const std::string& action);

}  // namespace chancery::keys
