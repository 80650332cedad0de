// One object of a file, judged. Internal to ca/lint.
#pragma once

#include "ca/lint/inspect.h"
#include "ca/lint/inspect/refusal.h"

namespace chancery::lint {

struct Surroundings {
  const InspectOptions& options;
  // What may have issued something: the options' issuers first, then those in the text.
  std::vector<x509::Certificate> certificates;
};

// The CA of that name, with that key identifier where there are several. Without any, the first of the
// options' issuers, so that the rules say how it differs. nullptr when there is none at all.
const x509::Certificate* issuer_of(ByteView name, ByteView key_identifier, const Surroundings& surroundings);

// What stands around the signed bytes: parser.algorithms_differ, and chain.signature when it is not the
// signer's. `signer_spki` is the issuer's, of a root its own; empty when nobody knows. An algorithm that
// nobody knows is left to the rules.
void judge_outside(const SignedParts& parts, ByteView inner_algorithm, ByteView signer_spki,
                   Findings& findings);

// house.public_key, with the arithmetic and the block-list.
void check_key(const crypto::PublicKey& key, const Surroundings& surroundings, Findings& findings);

// RFC 4514, or "" when it cannot be read.
std::string name_text(ByteView name);

Inspection judge_certificate(ByteView der, const Surroundings& surroundings);
Inspection judge_crl(ByteView der, const Surroundings& surroundings);
Inspection judge_request(ByteView der, const Surroundings& surroundings);
Inspection judge_public_key(ByteView der, const Surroundings& surroundings);

}  // namespace chancery::lint
