#include "ca/x509/extension_list.h"
#include "ca/x509/extension_parts.h"
#include "ca/x509/key_purpose.h"
#include "ca/x509/oids.h"

namespace chancery::x509 {
namespace {

void write_basic_constraints(der::Writer& writer, const BasicConstraints& constraints) {
  write_extension(writer, oids::basic_constraints, constraints.ca, [&] {
    writer.sequence([&] {
      if (constraints.ca) writer.boolean(true);
      if (constraints.path_len) writer.small_integer(*constraints.path_len);
    });
  });
}

// A named bit list: trailing zero bits are cut off (X.690 11.2.2).
void write_key_usage(der::Writer& writer, const KeyUsage& usage) {
  const auto bits = static_cast<std::uint8_t>(
      (usage.digital_signature ? 0x80U : 0U) | (usage.key_encipherment ? 0x20U : 0U) |
      (usage.key_cert_sign ? 0x04U : 0U) | (usage.crl_sign ? 0x02U : 0U));
  std::uint8_t unused = 0;
  while (bits != 0 && ((bits >> unused) & 1U) == 0) ++unused;
  const Bytes content = bits == 0 ? Bytes{0} : Bytes{unused, bits};
  write_extension(writer, oids::key_usage, true, [&] { writer.element(der::Tag::bit_string, content); });
}

void write_extended_key_usage(der::Writer& writer, const std::vector<KeyPurpose>& purposes) {
  write_extension(writer, oids::extended_key_usage, false, [&] {
    writer.sequence([&] {
      for (const KeyPurpose purpose : purposes) {
        writer.oid(key_purpose_rows.at(static_cast<std::size_t>(purpose)).oid);
      }
    });
  });
}

void write_crl_distribution_points(der::Writer& writer, const std::vector<std::string>& uris) {
  write_extension(writer, oids::crl_distribution_points, false, [&] {
    writer.sequence([&] {
      for (const std::string& uri : uris) {
        writer.sequence([&] { write_distribution_point_name(writer, std::span(&uri, 1)); });
      }
    });
  });
}

void write_access_descriptions(der::Writer& writer, ByteView method, const std::vector<std::string>& uris) {
  for (const std::string& uri : uris) {
    writer.sequence([&] {
      writer.oid(method);
      writer.element(uri_tag, as_bytes(uri));
    });
  }
}

void write_authority_information_access(der::Writer& writer, const Extensions& extensions) {
  write_extension(writer, oids::authority_information_access, false, [&] {
    writer.sequence([&] {
      write_access_descriptions(writer, oids::ocsp, extensions.ocsp);
      write_access_descriptions(writer, oids::ca_issuers, extensions.ca_issuers);
    });
  });
}

void write_key_identifiers(der::Writer& writer, const Extensions& extensions) {
  if (!extensions.subject_key_identifier.empty()) {
    write_extension(writer, oids::subject_key_identifier, false,
                    [&] { writer.element(der::Tag::octet_string, extensions.subject_key_identifier); });
  }
  if (!extensions.authority_key_identifier.empty()) {
    write_authority_key_identifier(writer, extensions.authority_key_identifier);
  }
}

}  // namespace

void write_extensions(der::Writer& writer, const Extensions& extensions, bool subject_empty) {
  if (extensions == Extensions{}) return;
  writer.sequence([&] {
    if (extensions.basic_constraints) write_basic_constraints(writer, *extensions.basic_constraints);
    if (extensions.key_usage) write_key_usage(writer, *extensions.key_usage);
    if (!extensions.extended_key_usage.empty())
      write_extended_key_usage(writer, extensions.extended_key_usage);
    write_key_identifiers(writer, extensions);
    if (!extensions.subject_alternative_names.empty()) {
      write_extension(writer, oids::subject_alternative_name, subject_empty,
                      [&] { writer.raw(general_names_to_der(extensions.subject_alternative_names)); });
    }
    if (extensions.name_constraints) {
      write_extension(writer, oids::name_constraints, true,
                      [&] { writer.raw(name_constraints_to_der(*extensions.name_constraints)); });
    }
    if (!extensions.crl_distribution_points.empty()) {
      write_crl_distribution_points(writer, extensions.crl_distribution_points);
    }
    if (!extensions.ca_issuers.empty() || !extensions.ocsp.empty()) {
      write_authority_information_access(writer, extensions);
    }
  });
}

std::vector<RawExtension> encode_extensions(const Extensions& extensions, bool subject_empty) {
  Bytes der;
  der::Writer writer(der);
  write_extensions(writer, extensions, subject_empty);
  der::Reader reader(der);
  const std::optional<der::Element> sequence = reader.maybe(der::Tag::sequence);
  if (!sequence) return {};
  Result<std::vector<RawExtension>> list = read_extension_list(*sequence);
  return list ? std::move(*list) : std::vector<RawExtension>{};
}

}  // namespace chancery::x509
