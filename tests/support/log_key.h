// A key for a log in tests.
#pragma once

#include "ca/merkle/note.h"
#include "tests/support/x509_builder.h"

namespace chancery::test {

inline merkle::NoteSigner make_log_key() {
  return must(merkle::NoteSigner::create(
      "ca.example/log", must(crypto::PrivateKey::generate({crypto::KeyAlgorithm::ed25519, 256}))));
}

}  // namespace chancery::test
