// TBSCertificate (RFC 5280 4.1.1.1), written and read.
#include "ca/x509/certificate.h"
#include "ca/x509/der.h"
#include "ca/x509/extension_list.h"

namespace chancery::x509 {
namespace {

constexpr std::uint8_t version_tag = der::context_constructed(0);
constexpr std::uint8_t extensions_tag = der::context_constructed(3);
constexpr std::uint64_t version_3 = 2;
constexpr std::size_t usual_size = 1024;

Error malformed(std::string_view what) {
  return make_error(ErrorCode::validation, "malformed certificate: " + std::string(what) + " (RFC 5280 4.1)");
}

bool read_version(der::Reader& reader) {
  const std::optional<der::Element> wrapper = reader.expect(version_tag);
  if (!wrapper) return false;
  der::Reader inner(wrapper->content);
  const std::optional<der::Element> number = inner.expect(der::Tag::integer);
  return number && inner.at_end() && der::small_unsigned(*number) == version_3;
}

std::optional<Validity> read_validity(der::Reader& reader) {
  const std::optional<der::Element> sequence = reader.expect(der::Tag::sequence);
  if (!sequence) return std::nullopt;
  der::Reader times(sequence->content);
  const std::optional<der::Element> from = times.any();
  const std::optional<der::Element> to = times.any();
  if (!from || !to || !times.at_end()) return std::nullopt;
  const std::optional<TimePoint> not_before = der::time(*from), not_after = der::time(*to);
  if (!not_before || !not_after) return std::nullopt;
  return Validity::from_bounds(*not_before, *not_after);
}

// issuerUniqueID and subjectUniqueID.
bool read_unique_ids(der::Reader& reader) {
  const bool issuer = reader.maybe(der::context(1)).has_value();
  const bool subject = reader.maybe(der::context(2)).has_value();
  return issuer || subject;
}

Result<void> read_extensions(der::Reader& reader, ParsedTbs& into) {
  const std::optional<der::Element> wrapper = reader.maybe(extensions_tag);
  if (!wrapper) return {};
  der::Reader inner(wrapper->content);
  const std::optional<der::Element> sequence = inner.expect(der::Tag::sequence);
  if (!sequence || !inner.at_end()) return malformed("extensions");
  Result<std::vector<RawExtension>> list = read_extension_list(*sequence);
  if (!list) return std::move(list).error();
  Result<Extensions> understood = interpret_extensions(*list);
  if (!understood) return std::move(understood).error();
  into.raw_extensions = std::move(*list);
  into.extensions = std::move(*understood);
  return {};
}

Result<ParsedTbs> read_fields(der::Reader& reader) {
  if (!read_version(reader)) return malformed("the version is not v3");
  const std::optional<der::Element> number = reader.expect(der::Tag::integer);
  if (!number) return malformed("serialNumber");
  Result<SerialNumber> serial = SerialNumber::from_bytes(number->content);
  if (!serial) return std::move(serial).error();
  const std::optional<der::Element> algorithm = reader.expect(der::Tag::sequence);
  if (!algorithm) return malformed("signature algorithm");
  const std::optional<der::Element> issuer = reader.expect(der::Tag::sequence);
  if (!issuer) return malformed("issuer");
  const std::optional<Validity> validity = read_validity(reader);
  if (!validity) return malformed("validity (UTCTime until 2049, GeneralizedTime from 2050, seconds and Z)");
  const std::optional<der::Element> subject = reader.expect(der::Tag::sequence);
  if (!subject) return malformed("subject");
  const std::optional<der::Element> spki = reader.expect(der::Tag::sequence);
  if (!spki) return malformed("subjectPublicKeyInfo");
  return ParsedTbs{.serial = std::move(*serial),
                   .signature_algorithm = to_bytes(algorithm->whole),
                   .issuer = to_bytes(issuer->whole),
                   .validity = *validity,
                   .subject = to_bytes(subject->whole),
                   .spki = to_bytes(spki->whole)};
}

bool subject_is_empty(const CertificateFields& fields) {
  if (fields.exact_subject.empty()) return fields.subject.empty();
  return equal(fields.exact_subject, Name().to_der());
}

}  // namespace

Bytes encode_tbs(const CertificateFields& fields) {
  Bytes out;
  out.reserve(usual_size);
  der::Writer writer(out);
  writer.sequence([&] {
    writer.constructed(version_tag, [&] { writer.small_integer(version_3); });
    writer.element(der::Tag::integer, fields.serial.bytes());
    writer.raw(crypto::algorithm_identifier(fields.signature));
    writer.raw(fields.issuer);
    writer.sequence([&] {
      writer.time(fields.validity.not_before());
      writer.time(fields.validity.not_after());
    });
    writer.raw(fields.exact_subject.empty() ? fields.subject.to_der() : fields.exact_subject);
    writer.raw(fields.spki);
    if (fields.extensions != Extensions{}) {
      writer.constructed(extensions_tag,
                         [&] { write_extensions(writer, fields.extensions, subject_is_empty(fields)); });
    }
  });
  return out;
}

Result<ParsedTbs> parse_tbs(ByteView der) {
  if (der.size() > certificate_limit) return malformed("larger than 65536 bytes");
  der::Reader outer(der);
  const std::optional<der::Element> sequence = outer.expect(der::Tag::sequence);
  if (!sequence || !outer.at_end()) return malformed("not one DER sequence");
  der::Reader reader(sequence->content);
  Result<ParsedTbs> parsed = read_fields(reader);
  if (!parsed) return parsed;
  parsed->has_unique_ids = read_unique_ids(reader);
  if (Result<void> ok = read_extensions(reader, *parsed); !ok) return std::move(ok).error();
  if (!reader.at_end()) return malformed("unexpected data after the extensions");
  return parsed;
}

}  // namespace chancery::x509
