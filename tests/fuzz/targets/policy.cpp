// A profile, as an operator writes it. Promises: what is accepted keeps what docs/reference/policy.md says of
// every profile; a key that nobody knows, or one given twice, is never accepted, wherever the file ends.
#include "ca/policy/load_yaml.h"
#include "ca/policy/placeholder.h"
#include "tests/fuzz/support/target.h"

namespace chancery::fuzz {
namespace {

bool accepted(const std::string& yaml) {
  return policy::parse_profile(yaml, "fuzz.yaml").has_value();
}

void keeps_its_promises(const policy::Profile& profile, const std::string& text) {
  invariant(!profile.name.text().empty(), "a profile has a name");
  invariant(profile.lifetime.count() > 0 && profile.renew_after.count() > 0 &&
                profile.renew_after < profile.lifetime,
            "renewal comes before the end");
  invariant(!profile.keys.empty(), "a profile says which keys it takes");
  invariant(profile.max_names >= 1 && profile.max_names <= 100, "names are limited");
  invariant(profile.hash == crypto::sha256(as_bytes(text)), "the hash is of the file's bytes");
  for (const auto* lists : {&profile.allowed, &profile.denied}) {
    for (const auto& [type, patterns] : *lists) {
      for (const policy::Pattern& pattern : patterns) {
        invariant(!pattern.text.empty() && pattern.location.starts_with("fuzz.yaml:"),
                  "a pattern has its place");
        // Whatever the template, an identity with dots or stars is put nowhere in a DNS name.
        for (const char* identity : {"a.b", "*", "*.a"}) {
          const auto filled = policy::fill_in(type, pattern.text, Identity(identity));
          invariant(type != x509::GeneralNameType::dns || !filled || *filled == pattern.text,
                    "an identity is one label");
        }
      }
    }
  }
  for (const auto& quota : {profile.per_identity, profile.per_name}) {
    invariant(!quota || (quota->count >= 1 && quota->count <= 10000 && quota->window.count() >= 1),
              "quotas are limited");
  }
}

}  // namespace
}  // namespace chancery::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chancery;
  const std::string text(as_text(fuzz::input(data, size)));
  const auto profile = policy::parse_profile(text, "fuzz.yaml");
  if (!profile) return 0;
  fuzz::keeps_its_promises(**profile, text);
  fuzz::invariant(!fuzz::accepted(text + "\nno_such_key: 1\n"), "an unknown key is refused");
  fuzz::invariant(!fuzz::accepted(text + "\nname: again\n"), "a key given twice is refused");
  return 0;
}
