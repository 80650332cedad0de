#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

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
  if (const Result<void> ok = crypto::check_key_quality(*subject.key); !ok)
    report(self, findings, ok.error().message);
}

}  // namespace

constinit const Lint public_key{.id = "house.public_key",
                                .citation = "BR 6.1.1.3, 6.1.5 and 6.1.6",
                                .root = true,
                                .intermediate = true,
                                .leaf = true,
                                .run = run};

}  // namespace chancery::lint::house
