// TBSCertList (RFC 5280 5.1.2), written.
#include <algorithm>
#include <array>

#include "ca/x509/crl.h"
#include "ca/x509/der.h"
#include "ca/x509/extension_list.h"
#include "ca/x509/extension_parts.h"
#include "ca/x509/oids.h"

namespace chancery::x509 {
namespace {

constexpr std::uint64_t version_2 = 1;
constexpr std::uint8_t extensions_tag = der::context_constructed(0);
constexpr std::size_t usual_size = 512, usual_entry_size = 48;

bool before(const RevokedCertificate* a, const RevokedCertificate* b) {
  if (a->revoked_at != b->revoked_at) return a->revoked_at < b->revoked_at;
  const ByteView left = a->serial.bytes(), right = b->serial.bytes();
  if (left.size() != right.size()) return left.size() < right.size();
  return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
}

void write_entry_extensions(der::Writer& writer, const RevokedCertificate& entry) {
  if (entry.reason && *entry.reason != RevocationReason::unspecified) {
    const auto code = static_cast<std::uint8_t>(*entry.reason);
    write_extension(writer, oids::reason_code, false,
                    [&] { writer.element(der::Tag::enumerated, ByteView(&code, 1)); });
  }
  if (entry.invalidity_date) {
    write_extension(writer, oids::invalidity_date, false,
                    [&] { writer.generalized_time(*entry.invalidity_date); });
  }
}

void write_entry(der::Writer& writer, const RevokedCertificate& entry) {
  const bool reason = entry.reason && *entry.reason != RevocationReason::unspecified;
  writer.sequence([&] {
    writer.element(der::Tag::integer, entry.serial.bytes());
    writer.time(entry.revoked_at);
    if (reason || entry.invalidity_date) writer.sequence([&] { write_entry_extensions(writer, entry); });
  });
}

void write_entries(der::Writer& writer, const std::vector<RevokedCertificate>& revoked) {
  std::vector<const RevokedCertificate*> order;
  order.reserve(revoked.size());
  for (const RevokedCertificate& entry : revoked) order.push_back(&entry);
  std::sort(order.begin(), order.end(), before);
  writer.sequence([&] {
    for (const RevokedCertificate* entry : order) write_entry(writer, *entry);
  });
}

// BOOLEAN DEFAULT FALSE under an implicit tag.
void write_flag(der::Writer& writer, unsigned tag, bool value) {
  constexpr std::array<std::uint8_t, 1> yes{0xff};
  if (value) writer.element(der::context(tag), yes);
}

void write_issuing_distribution_point(der::Writer& writer, const IssuingDistributionPoint& point) {
  write_extension(writer, oids::issuing_distribution_point, true, [&] {
    writer.sequence([&] {
      if (!point.uris.empty()) write_distribution_point_name(writer, point.uris);
      write_flag(writer, 1, point.only_user_certificates);
      write_flag(writer, 2, point.only_ca_certificates);
    });
  });
}

void write_crl_extensions(der::Writer& writer, const CrlFields& fields) {
  writer.sequence([&] {
    if (!fields.authority_key_identifier.empty())
      write_authority_key_identifier(writer, fields.authority_key_identifier);
    if (fields.distribution_point) write_issuing_distribution_point(writer, *fields.distribution_point);
    write_extension(writer, oids::crl_number, false,
                    [&] { writer.element(der::Tag::integer, fields.number.bytes()); });
  });
}

}  // namespace

Bytes encode_tbs_cert_list(const CrlFields& fields) {
  Bytes out;
  out.reserve(usual_size + usual_entry_size * fields.revoked.size());
  der::Writer writer(out);
  writer.sequence([&] {
    writer.small_integer(version_2);
    writer.raw(crypto::algorithm_identifier(fields.signature));
    writer.raw(fields.issuer);
    writer.time(fields.this_update);
    writer.time(fields.next_update);
    if (!fields.revoked.empty()) write_entries(writer, fields.revoked);
    writer.constructed(extensions_tag, [&] { write_crl_extensions(writer, fields); });
  });
  return out;
}

}  // namespace chancery::x509
