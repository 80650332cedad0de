#include "ca/keys/token/firmware.h"

#include <array>

namespace chancery::keys {
namespace {

constexpr std::string_view euclid =
    "ECDSA keys leak through the inversion's running time (EUCLEAK, CVE-2024-45678, Yubico YSA-2024-03)";
constexpr std::string_view roca =
    "RSA keys made in it can be factored (ROCA, CVE-2017-15361, Yubico YSA-2017-01), and ECDSA keys leak "
    "(EUCLEAK, "
    "NinjaLab 2024)";

// ykcs11 puts minor * 10 + patch into the minor octet: 4.2.6 is 4.26, 5.7.0 is 5.70. yubihsm_pkcs11 puts
// minor * 100 + patch there, without what exceeds an octet: 2.0.x is 2.0 on, 2.1.x 2.100 on, 2.2.x 2.200
// on, 2.3.x 2.44 on, and the repaired 2.4.x 2.144 on.
constexpr std::array<DeniedFirmware, 4> known{{
    {"Yubico", "YubiKey", {4, 26}, {4, 34}, roca},
    {"Yubico", "YubiKey", {5, 0}, {5, 69}, euclid},
    {"Yubico", "YubiHSM", {2, 0}, {2, 143}, euclid},
    {"Yubico", "YubiHSM", {2, 200}, {2, 255}, euclid},
}};

}  // namespace

std::span<const DeniedFirmware> denied_firmware() {
  return known;
}

Result<void> check_firmware(const TokenInfo& token, std::span<const DeniedFirmware> list) {
  for (const DeniedFirmware& denied : list) {
    if (token.manufacturer.starts_with(denied.manufacturer) && token.model.starts_with(denied.model) &&
        token.firmware >= denied.from && token.firmware <= denied.to) {
      return make_error(ErrorCode::forbidden,
                        "token \"" + token.label + "\" (" + token.manufacturer + " " + token.model +
                            ", firmware " + to_string(token.firmware) +
                            ") must not hold a CA's key: " + std::string(denied.reason));
    }
  }
  return {};
}

}  // namespace chancery::keys
