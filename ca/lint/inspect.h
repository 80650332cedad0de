// Any PEM text looked at without a service: what stands in it, and what the rules say to each part. The rules
// are those that the CA signs by; the words are for people.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/base/findings.h"
#include "ca/base/result.h"
#include "ca/crypto/key_blocklist.h"
#include "ca/x509/certificate.h"
#include "ca/x509/crl.h"

namespace chancery::lint {

inline constexpr std::size_t inspect_limit = 12U << 20U;  // bytes of text: the longest CRL fits
inline constexpr std::size_t inspect_block_limit = 100;   // PEM blocks

// `certificate`: one that cannot be read, so that nobody knows of which kind.
enum class ObjectKind { certificate, root, intermediate, cross, leaf, crl, request, public_key };
std::string_view to_string(ObjectKind kind);  // "root", ..., "crl", "request", "public key"

struct InspectOptions {
  // What the certificates are; none: each by itself, a cross-certificate only with a target.
  std::optional<ObjectKind> kind;
  std::vector<x509::Certificate> issuers;   // beside those in the text itself
  std::optional<x509::Certificate> target;  // of a cross-certificate
  std::optional<x509::Crl> previous;        // the last list of the same issuer
  std::optional<std::string> shard;         // see CrlScope
  std::optional<TimePoint> signing_time;    // none: notBefore of a certificate, thisUpdate of a list
  const crypto::KeyBlocklist* blocked_keys = nullptr;
};

struct Inspection {
  ObjectKind kind = ObjectKind::certificate;
  std::size_t line = 0;  // where its block begins, from 1
  std::string subject;   // RFC 4514; of a list its issuer; "" when it is empty or cannot be read
  std::string serial;    // or a list's number; "" when there is none
  Findings findings;     // parser.*, chain.* and the rules' own
  std::vector<std::string> not_judged;  // rules that compare with what was not given
};

// One element a PEM block, in order. Text outside of blocks is a notice in the first. Errors: validation,
// naming the line (no PEM, a block that cannot be decoded, holds a private key or what nobody here knows; a
// kind that does not fit), payload_too_large (more than inspect_limit).
// NOT looked at: the time now, revocation, and what a policy would allow.
Result<std::vector<Inspection>> inspect(std::string_view text, const InspectOptions& options);

}  // namespace chancery::lint
