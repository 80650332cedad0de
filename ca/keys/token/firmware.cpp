#include "ca/keys/token/firmware.h"

#include <array>

namespace chancery::keys {
namespace {

constexpr std::string_view euclid =
    "ECDSA keys leak through the inversion's running time (EUCLEAK, CVE-2024-45678, Yubico YSA-2024-03)";
// YSA-2024-03 speaks of all series before 5.7.0, NinjaLab's report of all that stand on Infineon's library.
constexpr std::string_view infineon =
    "ECDSA keys leak through the inversion's running time (EUCLEAK, NinjaLab 2024), and RSA keys made in "
    "4.2.6 to 4.3.4 can be factored (ROCA, CVE-2017-15361, Yubico YSA-2017-01)";

// CK_VERSION has one octet for minor and patch, and the makers' modules have filled it in two ways: newer
// ykcs11 and yubihsm_pkcs11 with minor * 10 + patch, older ones with minor * 100 + patch without what exceeds
// the octet, so that 5.4.3 is 5.43 or 5.147, and YubiHSM's 2.3.2 is 2.32 or 2.46. Ten patches of each minor
// version are taken for it; 2.4.4 to 2.4.9 of a YubiHSM, which would read as 2.3.0 to 2.3.5, are denied with
// them.
constexpr std::array<DeniedFirmware, 9> known{{
    {"Yubico", "YubiKey", {4, 0}, {4, 255}, infineon},
    {"Yubico", "YubiKey", {5, 0}, {5, 69}, euclid},
    {"Yubico", "YubiKey", {5, 100}, {5, 109}, euclid},  // 5.1
    {"Yubico", "YubiKey", {5, 144}, {5, 153}, euclid},  // 5.4
    {"Yubico", "YubiKey", {5, 200}, {5, 209}, euclid},  // 5.2
    {"Yubico", "YubiHSM", {2, 0}, {2, 39}, euclid},
    {"Yubico", "YubiHSM", {2, 44}, {2, 49}, euclid},    // 2.3
    {"Yubico", "YubiHSM", {2, 100}, {2, 109}, euclid},  // 2.1
    {"Yubico", "YubiHSM", {2, 200}, {2, 209}, euclid},  // 2.2
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
