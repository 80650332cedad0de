#include <algorithm>
#include <bit>

#include "ca/x509/extension_list.h"
#include "ca/x509/extension_parts.h"
#include "ca/x509/key_purpose.h"
#include "ca/x509/oids.h"

namespace chancery::x509 {
namespace {

constexpr std::uint64_t path_length_limit = 255;

// Reads one extension's value into its member; false when it is malformed.
using Interpret = bool (*)(ByteView value, Extensions& into);

bool read_basic_constraints(ByteView value, Extensions& into) {
  const std::optional<ByteView> content = only_sequence(value);
  if (!content) return false;
  der::Reader reader(*content);
  BasicConstraints constraints;
  if (const auto flag = reader.maybe(der::Tag::boolean)) {
    if (der::boolean(*flag) != true) return false;  // DEFAULT FALSE is never written (X.690 11.5)
    constraints.ca = true;
  }
  if (const auto length = reader.maybe(der::Tag::integer)) {
    const std::optional<std::uint64_t> number = der::small_unsigned(*length);
    if (!number || *number > path_length_limit) return false;
    constraints.path_len = static_cast<unsigned>(*number);
  }
  into.basic_constraints = constraints;
  return reader.at_end();
}

bool read_key_usage(ByteView value, Extensions& into) {
  der::Reader reader(value);
  const std::optional<der::Element> bits = reader.expect(der::Tag::bit_string);
  if (!bits || !reader.at_end()) return false;
  const ByteView content = bits->content;
  if (content.size() < 2 || content.size() > 3) return false;  // nine bits are defined, and one must be set
  // A named bit list ends with a one bit (X.690 11.2.2).
  if (content.back() == 0 || content[0] != std::countr_zero(content.back())) return false;
  into.key_usage = KeyUsage{.digital_signature = (content[1] & 0x80U) != 0,
                            .key_encipherment = (content[1] & 0x20U) != 0,
                            .key_cert_sign = (content[1] & 0x04U) != 0,
                            .crl_sign = (content[1] & 0x02U) != 0};
  return true;
}

bool read_extended_key_usage(ByteView value, Extensions& into) {
  const std::optional<ByteView> content = only_sequence(value);
  if (!content || content->empty()) return false;
  der::Reader reader(*content);
  while (!reader.at_end()) {
    const std::optional<der::Element> oid = reader.expect(der::Tag::oid);
    if (!oid || oids::to_dotted(oid->content) == "?") return false;
    const auto known = std::find_if(key_purpose_rows.begin(), key_purpose_rows.end(),
                                    [&](const KeyPurposeRow& row) { return equal(row.oid, oid->content); });
    if (known != key_purpose_rows.end()) into.extended_key_usage.push_back(known->purpose);
  }
  return true;
}

bool read_subject_key_identifier(ByteView value, Extensions& into) {
  der::Reader reader(value);
  const std::optional<der::Element> octets = reader.expect(der::Tag::octet_string);
  if (!octets || octets->content.empty() || !reader.at_end()) return false;
  into.subject_key_identifier = to_bytes(octets->content);
  return true;
}

bool read_authority_key_id(ByteView value, Extensions& into) {
  return read_authority_key_identifier(value, into.authority_key_identifier);
}

bool read_subject_alternative_name(ByteView value, Extensions& into) {
  Result<std::vector<GeneralName>> names = parse_general_names(value);
  if (!names) return false;
  into.subject_alternative_names = std::move(*names);
  return true;
}

bool read_name_constraints(ByteView value, Extensions& into) {
  Result<NameConstraints> constraints = parse_name_constraints(value);
  if (!constraints) return false;
  into.name_constraints = std::move(*constraints);
  return true;
}

bool read_crl_distribution_points(ByteView value, Extensions& into) {
  const std::optional<ByteView> content = only_sequence(value);
  if (!content || content->empty()) return false;
  der::Reader reader(*content);
  while (!reader.at_end()) {
    const std::optional<der::Element> point = reader.expect(der::Tag::sequence);
    if (!point) return false;
    der::Reader fields(point->content);
    const std::optional<der::Element> name = fields.maybe(der::context_constructed(0));
    if (name && !read_distribution_point_name(*name, into.crl_distribution_points)) return false;
    (void)fields.maybe(der::context(1));              // reasons
    (void)fields.maybe(der::context_constructed(2));  // cRLIssuer
    if (!fields.at_end()) return false;
  }
  return true;
}

bool read_authority_information_access(ByteView value, Extensions& into) {
  const std::optional<ByteView> content = only_sequence(value);
  if (!content || content->empty()) return false;
  der::Reader reader(*content);
  while (!reader.at_end()) {
    const std::optional<der::Element> description = reader.expect(der::Tag::sequence);
    if (!description) return false;
    der::Reader fields(description->content);
    const std::optional<der::Element> method = fields.expect(der::Tag::oid);
    const std::optional<der::Element> location = fields.any();
    if (!method || !location || !fields.at_end()) return false;
    if (location->tag != uri_tag) continue;
    if (equal(method->content, oids::ocsp) && !read_uri(*location, into.ocsp)) return false;
    if (equal(method->content, oids::ca_issuers) && !read_uri(*location, into.ca_issuers)) return false;
  }
  return true;
}

struct Row {
  ByteView oid;
  std::string_view name;
  Interpret interpret;
};
constexpr std::array<Row, 9> rows{{
    {oids::basic_constraints, "basicConstraints", read_basic_constraints},
    {oids::key_usage, "keyUsage", read_key_usage},
    {oids::extended_key_usage, "extKeyUsage", read_extended_key_usage},
    {oids::subject_key_identifier, "subjectKeyIdentifier", read_subject_key_identifier},
    {oids::authority_key_identifier, "authorityKeyIdentifier", read_authority_key_id},
    {oids::subject_alternative_name, "subjectAltName", read_subject_alternative_name},
    {oids::name_constraints, "nameConstraints", read_name_constraints},
    {oids::crl_distribution_points, "cRLDistributionPoints", read_crl_distribution_points},
    {oids::authority_information_access, "authorityInfoAccess", read_authority_information_access},
}};

}  // namespace

Result<Extensions> interpret_extensions(const std::vector<RawExtension>& list) {
  Extensions extensions;
  for (const RawExtension& raw : list) {
    for (const Row& row : rows) {
      if (!equal(row.oid, raw.oid)) continue;
      if (!row.interpret(raw.value, extensions)) {
        return make_error(ErrorCode::validation,
                          "extension " + std::string(row.name) + " is malformed (RFC 5280 4.2)");
      }
    }
  }
  return extensions;
}

}  // namespace chancery::x509
