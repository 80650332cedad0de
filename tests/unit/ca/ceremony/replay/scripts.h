// Scripts of the kinds that use the key of the fixture's root.
#pragma once

#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony::testing {

inline std::string script_of(const std::string& kind, const std::string& parts,
                             const std::string& authority = "issuer") {
  return "ceremony: " + kind + "\ntitle: \"Test of " + kind + "\"\n" + people_part +
         "previous:\n  bundle: root/bundle\n" + authority +
         ":\n  certificate: root/bundle/root.pem\n  custody:\n    file: root/custody/root.key.pem\n" + parts;
}

inline std::string crl_script(int number, const std::string& parts) {
  return script_of("crl", "outputs:\n  crl: root.crl.pem\ncrl:\n  number: " + std::to_string(number) +
                              "\n  next_update: 180d\n" + parts);
}

// The same for another root, held into "partner", that asks to be certified.
inline const std::string partner_script = with(root_script, "Test Root", "Partner Root");

inline std::string partner_request_script() {
  std::string script = script_of("cross-csr", "outputs:\n  request: partner.csr.pem\n", "authority");
  for (const std::string part : {"root/bundle\n", "root/bundle/root.pem", "root/custody/"})
    script = with(script, part, "partner" + part.substr(4));
  return script;
}

inline const std::string cross_parts = R"(target:
  certificate: partner/bundle/root.pem
  request: partner-csr/bundle/partner.csr.pem
validity:
  lifetime: 1826d
path_length: 1
extended_key_usage: [serverAuth]
crl_distribution_points: ["http://pki.example/root.crl"]
ca_issuers: ["http://pki.example/root.pem"]
name_constraints:
  permitted: ["dns:partner.example"]
serial_nonce: 8f1c0d5be2a74963b05f7e21c4d89a36
outputs:
  certificate: cross.pem
  chain: chain.pem
)";

}  // namespace chancery::ceremony::testing
