#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

bool long_enough(const crypto::KeyType& type) {
  return type.algorithm != crypto::KeyAlgorithm::rsa || (type.bits >= 2048 && type.bits % 8 == 0);
}

void run(const Subject& subject, const Lint& self, Findings& findings) {
  if (subject.key == nullptr) {
    report(self, findings,
           "the public key has not been decoded; nothing may be signed over a key nobody has looked at");
    return;
  }
  if (!equal(subject.key->spki(), subject.tbs.spki)) {
    report(self, findings, "the certificate holds another public key than the one that was checked");
  }
  if (subject.kind != Kind::leaf && subject.key->type().algorithm == crypto::KeyAlgorithm::ed25519) {
    report(self, findings, "Ed25519 is for leaves only: too many validators do not take it in a CA");
  }
  if (!long_enough(subject.key->type())) {
    report(self, findings,
           "an RSA key must have at least 2048 bits and a multiple of 8, it has " +
               std::to_string(subject.key->type().bits));
  }
  const crypto::KeyBlocklist* blocked = subject.references.blocked_keys;
  if (blocked != nullptr && blocked->contains(*subject.key)) {
    report(self, findings, "the key is on the block-list of compromised or weak keys");
  }
  if (subject.key_quality_known) return;
  if (const Result<void> ok = crypto::check_key_quality(*subject.key); !ok)
    report(self, findings, ok.error().message);
}

}  // namespace

constinit const Lint public_key{
    .id = "house.public_key",
    .citation = "BR 6.1.1.3, 6.1.5 and 6.1.6",
    .quote =
        "The CA SHALL reject a certificate request if one or more of the following conditions are met: 1. "
        "The Key Pair does not meet the requirements set forth in Section 6.1.5 and/or Section 6.1.6; [...]",
    .advice = "Make a new key, for example P-256 or RSA of 3072 bits, and have a new certificate issued.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::house
