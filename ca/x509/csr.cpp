#include "ca/x509/csr.h"

#include <optional>

#include "ca/x509/der.h"
#include "ca/x509/extension_list.h"
#include "ca/x509/oids.h"
#include "ca/x509/signed_object.h"

namespace chancery::x509 {
namespace {

constexpr std::size_t name_limit = 100;
constexpr std::size_t pem_limit = 2 * csr_limit;
constexpr std::string_view pem_label = "CERTIFICATE REQUEST", old_pem_label = "NEW CERTIFICATE REQUEST";
constexpr std::uint8_t attributes_tag = der::context_constructed(0);

Error refusal(std::string_view what) {
  return make_error(ErrorCode::validation, "the certification request is refused: " + std::string(what));
}

Error malformed(std::string_view what) {
  return refusal("malformed " + std::string(what) +
                 " (RFC 2986); make it anew with openssl req, certtool or chancery");
}

Error too_large(std::size_t size, std::size_t limit) {
  return make_error(ErrorCode::payload_too_large, "the certification request has " + std::to_string(size) +
                                                      " bytes; at most " + std::to_string(limit) +
                                                      " are accepted");
}

struct Attributes {
  std::optional<der::Element> extensions;  // the SEQUENCE OF Extension
  bool challenge = false;
};

// The order of the SET is not checked: GnuTLS and others write attributes unsorted.
Result<Attributes> read_attributes(const der::Element& set) {
  Attributes attributes;
  der::Reader reader(set.content);
  while (!reader.at_end()) {
    const std::optional<der::Element> attribute = reader.expect(der::Tag::sequence);
    if (!attribute) return malformed("attributes");
    der::Reader parts(attribute->content);
    const std::optional<der::Element> type = parts.expect(der::Tag::oid);
    const std::optional<der::Element> values = parts.expect(der::Tag::set);
    if (!type || !values || !parts.at_end()) return malformed("attribute");
    der::Reader value(values->content);
    const std::optional<der::Element> only = value.any();
    if (!only || !value.at_end()) return malformed("attribute: exactly one value belongs in it");
    if (equal(type->content, oids::extension_request) && !attributes.extensions) {
      attributes.extensions = only;
    } else if (equal(type->content, oids::challenge_password) && !attributes.challenge) {
      attributes.challenge = true;
    } else {
      return refusal(
          "attribute " + oids::to_dotted(type->content) +
          " is repeated or not supported; only one extensionRequest and one challengePassword may be there");
    }
  }
  return attributes;
}

Result<std::vector<GeneralName>> requested_names(const Attributes& attributes) {
  if (!attributes.extensions) return std::vector<GeneralName>{};
  if (attributes.extensions->tag != static_cast<std::uint8_t>(der::Tag::sequence))
    return malformed("extensionRequest");
  const Result<std::vector<RawExtension>> list = read_extension_list(*attributes.extensions);
  if (!list) return refusal(list.error().message);
  const RawExtension* names = find_extension(*list, oids::subject_alternative_name);
  if (names == nullptr) return std::vector<GeneralName>{};
  Result<std::vector<GeneralName>> parsed = parse_general_names(names->value, name_limit);
  if (!parsed) return refusal(parsed.error().message);
  return parsed;
}

struct Outer {
  der::Element info;
  crypto::SignatureAlgorithm algorithm;
  ByteView signature;
};

Result<Outer> read_outer(ByteView der) {
  const std::optional<SignedParts> parts = read_signed(der);
  if (!parts) return malformed("DER, or other bytes follow it");
  const std::optional<crypto::SignatureAlgorithm> known =
      crypto::parse_algorithm_identifier(parts->algorithm);
  if (!known)
    return refusal("its signature algorithm is not supported; use ECDSA or RSA with SHA-2, or Ed25519");
  return Outer{parts->body, *known, parts->signature};
}

struct Info {
  ByteView subject, spki;
  der::Element attributes;
};

Result<Info> read_info(const der::Element& info) {
  der::Reader reader(info.content);
  const std::optional<der::Element> version = reader.expect(der::Tag::integer);
  if (!version || der::small_unsigned(*version) != 0) return malformed("version: it must be v1");
  const std::optional<der::Element> subject = reader.expect(der::Tag::sequence);
  const std::optional<der::Element> spki = reader.expect(der::Tag::sequence);
  const std::optional<der::Element> attributes = reader.expect(attributes_tag);
  if (!subject || !spki || !attributes || !reader.at_end()) return malformed("CertificationRequestInfo");
  return Info{subject->whole, spki->whole, *attributes};
}

Bytes encode_info(const crypto::PrivateKey& key, const Name& subject, const std::vector<GeneralName>& names) {
  Bytes info;
  der::Writer writer(info);
  writer.sequence([&] {
    writer.small_integer(0);
    writer.raw(subject.to_der());
    writer.raw(key.public_key().spki());
    writer.constructed(attributes_tag, [&] {
      if (names.empty()) return;
      writer.sequence([&] {
        writer.oid(oids::extension_request);
        writer.constructed(static_cast<std::uint8_t>(der::Tag::set), [&] {
          write_extensions(writer, Extensions{.subject_alternative_names = names}, subject.empty());
        });
      });
    });
  });
  return info;
}

}  // namespace

Result<CertificateRequest> CertificateRequest::parse(ByteView der) {
  if (der.size() > csr_limit) return too_large(der.size(), csr_limit);
  const Result<Outer> outer = read_outer(der);
  if (!outer) return outer.error();
  const Result<Info> info = read_info(outer->info);
  if (!info) return info.error();
  Result<Name> subject = Name::parse(info->subject);
  if (!subject) return refusal(subject.error().message);
  const Result<Attributes> attributes = read_attributes(info->attributes);
  if (!attributes) return attributes.error();
  Result<std::vector<GeneralName>> names = requested_names(*attributes);
  if (!names) return std::move(names).error();
  // Last, because it costs most.
  Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(info->spki);
  if (!key) return with_context(std::move(key).error(), "the certification request is refused");
  if (Result<void> ok = key->verify(outer->algorithm, outer->info.whole, outer->signature); !ok) {
    return with_context(std::move(ok).error(),
                        "the certification request is refused: proof of possession failed");
  }
  return CertificateRequest(to_bytes(der), std::move(*subject), std::move(*key), std::move(*names));
}

Result<CertificateRequest> CertificateRequest::parse_pem(std::string_view pem) {
  if (pem.size() > pem_limit) return too_large(pem.size(), pem_limit);
  const std::optional<std::vector<PemBlock>> blocks = chancery::parse_pem(pem);
  if (!blocks)
    return refusal("it is not PEM; send one block -----BEGIN CERTIFICATE REQUEST----- and nothing else");
  if (blocks->size() != 1)
    return refusal("it has " + std::to_string(blocks->size()) + " PEM blocks; send exactly one");
  const std::string& label = blocks->front().label;
  if (label != pem_label && label != old_pem_label) {
    return refusal("its PEM label is \"" + label.substr(0, 64) + "\"; send a CERTIFICATE REQUEST");
  }
  return parse(blocks->front().der);
}

// Read once already, so that neither can fail.
RequestParts CertificateRequest::parts() const {
  const Outer outer = read_outer(der_).value();
  const Info info = read_info(outer.info).value();
  return {outer.info.whole, info.subject, info.spki, outer.algorithm, outer.signature};
}

Result<std::string> create_request(const crypto::PrivateKey& key, const Name& subject,
                                   const std::vector<GeneralName>& names) {
  if (Result<void> ok = check_name(subject); !ok) return std::move(ok).error();
  for (const GeneralName& name : names) {
    if (Result<void> ok = check_general_name(name); !ok) return std::move(ok).error();
  }
  if (!names.empty()) {  // limit and duplicates, by the same rules as the reader's
    if (auto ok = parse_general_names(general_names_to_der(names), name_limit); !ok)
      return std::move(ok).error();
  }
  const Bytes info = encode_info(key, subject, names);
  const crypto::SignatureAlgorithm algorithm = crypto::default_signature(key.public_key().type());
  const Result<Bytes> signature = key.sign(algorithm, info);
  if (!signature) return signature.error();
  const Bytes der = assemble_signed(info, algorithm, *signature);
  if (der.size() > csr_limit) return too_large(der.size(), csr_limit);
  return to_pem(pem_label, der);
}

Bytes encode_request_info(ByteView subject, ByteView spki) {
  Bytes info;
  der::Writer out(info);
  out.sequence([&] {
    out.small_integer(0);
    out.raw(subject);
    out.raw(spki);
    out.element(attributes_tag, {});
  });
  return info;
}

Bytes assemble_request(ByteView info, crypto::SignatureAlgorithm algorithm, ByteView signature) {
  return assemble_signed(info, algorithm, signature);
}

}  // namespace chancery::x509
