#include "ca/lint/inspect.h"

#include <array>

#include "ca/lint/inspect/judge.h"
#include "ca/lint/inspect/reading/rules.h"
#include "ca/lint/inspect/text_blocks.h"
#include "ca/lint/rules.h"
#include "ca/x509/name.h"

namespace chancery::lint {
namespace {

struct Reader {
  std::string_view label;
  Inspection (*judge)(ByteView der, const Surroundings& surroundings);
};
constexpr std::array<Reader, 6> readers{{
    {"CERTIFICATE", judge_certificate},
    {"X509 CERTIFICATE", judge_certificate},
    {"X509 CRL", judge_crl},
    {"CERTIFICATE REQUEST", judge_request},
    {"NEW CERTIFICATE REQUEST", judge_request},
    {"PUBLIC KEY", judge_public_key},
}};

Error refusal(const TextBlock& block, const std::string& what) {
  return make_error(ErrorCode::validation, "line " + std::to_string(block.line) + ": " + what);
}

Result<const Reader*> reader_for(const TextBlock& block) {
  if (block.label.find("PRIVATE KEY") != std::string::npos) {
    return refusal(block, "a private key has nothing to lint; keep it where nobody but its user reads it");
  }
  for (const Reader& reader : readers) {
    if (reader.label == block.label) return &reader;
  }
  return refusal(block,
                 "a block " + block.label +
                     " is nothing that is linted; give a CERTIFICATE, X509 CRL, CERTIFICATE REQUEST or "
                     "PUBLIC KEY");
}

bool is_certificate(ObjectKind kind) {
  return kind == ObjectKind::root || kind == ObjectKind::intermediate || kind == ObjectKind::cross ||
         kind == ObjectKind::leaf;
}

// A kind that was asked for must be possible for the block it is asked of.
bool fits(ObjectKind asked, const Reader& reader) {
  if (is_certificate(asked)) return reader.judge == judge_certificate;
  return asked == ObjectKind::crl && reader.judge == judge_crl;
}

Surroundings surroundings_of(const std::vector<TextBlock>& blocks, const InspectOptions& options) {
  Surroundings surroundings{options, options.issuers};
  for (const TextBlock& block : blocks) {
    if (block.label != readers.front().label) continue;
    if (Result<x509::Certificate> certificate = x509::Certificate::parse(block.der))
      surroundings.certificates.push_back(std::move(*certificate));
  }
  return surroundings;
}

void check_signature(ByteView signer_spki, ByteView algorithm, ByteView body, ByteView signature,
                     Findings& findings) {
  const std::optional<crypto::SignatureAlgorithm> known = crypto::parse_algorithm_identifier(algorithm);
  if (!known) return;
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(signer_spki);
  if (!key) return report(reading::signature, findings, "the signer's key: " + key.error().message);
  if (const Result<void> ok = key->verify(*known, body, signature); !ok)
    report(reading::signature, findings, "the signature is not the signer's: " + ok.error().message);
}

}  // namespace

std::string_view to_string(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::certificate:
      return "certificate";
    case ObjectKind::root:
      return "root";
    case ObjectKind::intermediate:
      return "intermediate";
    case ObjectKind::cross:
      return "cross";
    case ObjectKind::leaf:
      return "leaf";
    case ObjectKind::crl:
      return "crl";
    case ObjectKind::request:
      return "request";
    case ObjectKind::public_key:
      return "public key";
  }
  return "?";
}

const x509::Certificate* issuer_of(ByteView name, ByteView key_identifier, const Surroundings& surroundings) {
  const x509::Certificate* found = nullptr;
  for (const x509::Certificate& certificate : surroundings.certificates) {
    const x509::ParsedTbs& fields = certificate.fields();
    if (!equal(fields.subject, name)) continue;
    if (equal(fields.extensions.subject_key_identifier, key_identifier)) return &certificate;
    if (found == nullptr) found = &certificate;
  }
  if (found == nullptr && !surroundings.options.issuers.empty()) return &surroundings.certificates.front();
  return found;
}

void judge_outside(const SignedParts& parts, ByteView inner_algorithm, ByteView signer_spki,
                   Findings& findings) {
  if (!equal(parts.algorithm, inner_algorithm)) {
    report(reading::algorithms_differ, findings,
           "outside of what is signed stands " + to_hex(parts.algorithm) + ", inside " +
               to_hex(inner_algorithm));
  } else if (!signer_spki.empty()) {
    check_signature(signer_spki, parts.algorithm, parts.tbs, parts.signature, findings);
  }
}

void check_key(const crypto::PublicKey& key, const Surroundings& surroundings, Findings& findings) {
  const Result<void> ok = crypto::check_key_quality(key, surroundings.options.blocked_keys);
  if (!ok) report(house::public_key, findings, ok.error().message);
}

std::string name_text(ByteView name) {
  const Result<x509::Name> parsed = x509::Name::parse(name);
  return parsed ? parsed->to_string() : std::string();
}

Result<std::vector<Inspection>> inspect(std::string_view text, const InspectOptions& options) {
  if (text.size() > inspect_limit) {
    return make_error(ErrorCode::payload_too_large,
                      "it has more than " + std::to_string(inspect_limit) + " bytes; split the file");
  }
  Result<TextBlocks> read = read_text_blocks(text, inspect_block_limit);
  if (!read) return std::move(read).error();
  const Surroundings surroundings = surroundings_of(read->blocks, options);
  std::vector<Inspection> inspections;
  for (const TextBlock& block : read->blocks) {
    const Result<const Reader*> reader = reader_for(block);
    if (!reader) return reader.error();
    if (options.kind && !fits(*options.kind, **reader)) {
      return refusal(block, "a block " + block.label + " cannot be of kind " +
                                std::string(to_string(*options.kind)) + "; leave the kind out");
    }
    inspections.push_back((*reader)->judge(block.der, surroundings));
    inspections.back().line = block.line;
  }
  if (read->stray_line) {
    report(reading::explanatory_text, inspections.front().findings,
           "line " + std::to_string(*read->stray_line) + " stands outside of every block");
  }
  return inspections;
}

}  // namespace chancery::lint
