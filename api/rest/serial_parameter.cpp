#include "api/rest/serial_parameter.h"

#include "ca/x509/serial.h"

namespace chancery::rest {

Result<std::string> serial_parameter(const Call& call) {
  const auto serial = x509::SerialNumber::parse(call.parameters.front());
  if (serial) return serial->to_string();
  return make_error(ErrorCode::validation,
                    "the path needs a certificate's serial number in hexadecimal: " + serial.error().message);
}

}  // namespace chancery::rest
