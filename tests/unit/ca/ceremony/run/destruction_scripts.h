// A root in two shares, and its end.
#pragma once

#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony::testing {

inline const std::string shares_root =
    with(root_script, "file: root.key.pem\n  reason: only a test", "shares: {threshold: 2, officers: 2}");
inline const std::string destroy_script = "ceremony: destroy\ntitle: \"Test destruction\"\n" + people_part +
                                          R"(previous:
  bundle: root/bundle
authority:
  certificate: root/bundle/root.pem
  custody:
    shares:
      threshold: 2
      officers: 2
      files: [root/custody/root.1.share, root/custody/root.2.share]
reason: only a test of the end
copies:
  - {form: share, where: root/custody/root.1.share, holder: Flo Ford}
  - {form: share, where: root/custody/root.2.share, holder: Gil Gray}
)";

}  // namespace chancery::ceremony::testing
