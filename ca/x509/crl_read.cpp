// TBSCertList (RFC 5280 5.1.2), read.
#include <algorithm>

#include "ca/x509/crl.h"
#include "ca/x509/der.h"
#include "ca/x509/extension_list.h"
#include "ca/x509/extension_parts.h"
#include "ca/x509/oids.h"

namespace chancery::x509 {
namespace {

constexpr std::uint8_t extensions_tag = der::context_constructed(0);

Error malformed(std::string_view what) {
  return make_error(ErrorCode::validation, "malformed CRL: " + std::string(what) + " (RFC 5280 5.1)");
}

std::optional<RevocationReason> read_reason(ByteView value) {
  der::Reader reader(value);
  const std::optional<der::Element> code = reader.expect(der::Tag::enumerated);
  if (!code || !reader.at_end() || code->content.size() != 1) return std::nullopt;
  const std::uint8_t number = code->content[0];
  if (number == 7 || number > static_cast<std::uint8_t>(RevocationReason::aa_compromise)) return std::nullopt;
  return static_cast<RevocationReason>(number);
}

std::optional<TimePoint> read_invalidity_date(ByteView value) {
  der::Reader reader(value);
  const std::optional<der::Element> time = reader.expect(der::Tag::generalized_time);
  return time && reader.at_end() ? der::generalized_time(*time) : std::nullopt;
}

Result<void> interpret_entry_extensions(const std::vector<RawExtension>& list, RevokedCertificate& into) {
  for (const RawExtension& raw : list) {
    if (equal(raw.oid, oids::reason_code)) {
      into.reason = read_reason(raw.value);
      if (!into.reason) return malformed("reasonCode");
    } else if (equal(raw.oid, oids::invalidity_date)) {
      into.invalidity_date = read_invalidity_date(raw.value);
      if (!into.invalidity_date) return malformed("invalidityDate");
    } else if (raw.critical || equal(raw.oid, oids::certificate_issuer)) {
      return malformed("an entry has the extension " + oids::to_dotted(raw.oid) +
                       ", which is critical and not understood, or means an indirect CRL");
    }
  }
  return {};
}

// Remembers a kind once, so that a long list stays small.
bool remember(const std::vector<RawExtension>& list, std::vector<RawExtension>& seen) {
  for (const RawExtension& raw : list) {
    const auto same = [&](const RawExtension& known) {
      return known.critical == raw.critical && equal(known.oid, raw.oid);
    };
    if (std::any_of(seen.begin(), seen.end(), same)) continue;
    if (seen.size() == extension_limit) return false;
    seen.push_back(raw);
  }
  return true;
}

Result<RevokedCertificate> read_entry(const der::Element& element, ParsedCrl& into) {
  der::Reader reader(element.content);
  const std::optional<der::Element> number = reader.expect(der::Tag::integer);
  const std::optional<der::Element> date = reader.any();
  const std::optional<TimePoint> revoked_at = date ? der::time(*date) : std::nullopt;
  if (!number || !revoked_at) return malformed("an entry's serial number or date");
  Result<SerialNumber> serial = SerialNumber::from_bytes(number->content);
  if (!serial) return std::move(serial).error();
  RevokedCertificate entry{std::move(*serial), *revoked_at, {}, {}};
  if (const auto extensions = reader.maybe(der::Tag::sequence)) {
    const Result<std::vector<RawExtension>> list = read_extension_list(*extensions);
    if (!list) return list.error();
    if (Result<void> ok = interpret_entry_extensions(*list, entry); !ok) return std::move(ok).error();
    if (!remember(*list, into.raw_entry_extensions)) return malformed("too many kinds of entry extensions");
  }
  if (!reader.at_end()) return malformed("unexpected data in an entry");
  return entry;
}

bool repeats(const std::vector<RevokedCertificate>& entries) {
  std::vector<ByteView> serials;
  serials.reserve(entries.size());
  for (const RevokedCertificate& entry : entries) serials.push_back(entry.serial.bytes());
  std::sort(serials.begin(), serials.end(), [](ByteView a, ByteView b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
  });
  return std::adjacent_find(serials.begin(), serials.end(), equal) != serials.end();
}

Result<void> read_entries(const der::Element& sequence, ParsedCrl& into) {
  der::Reader reader(sequence.content);
  while (!reader.at_end()) {
    const std::optional<der::Element> element = reader.expect(der::Tag::sequence);
    if (!element) return malformed("revokedCertificates");
    if (into.revoked.size() == crl_entry_limit)
      return malformed("more than " + std::to_string(crl_entry_limit) + " entries");
    Result<RevokedCertificate> entry = read_entry(*element, into);
    if (!entry) return std::move(entry).error();
    into.revoked.push_back(std::move(*entry));
  }
  if (into.revoked.empty()) return malformed("revokedCertificates is empty; it must be absent");
  if (repeats(into.revoked)) return malformed("a serial number appears twice");
  return {};
}

// BOOLEAN DEFAULT FALSE under an implicit tag: FALSE is never written (X.690 11.5).
bool read_flag(der::Reader& reader, unsigned tag, bool& into) {
  const std::optional<der::Element> flag = reader.maybe(der::context(tag));
  if (!flag) return true;
  into = flag->content.size() == 1 && flag->content[0] == 0xff;
  return into;
}

// onlySomeReasons, indirectCRL and onlyContainsAttributeCerts are refused by not being read.
bool read_issuing_distribution_point(ByteView value, ParsedCrl& into) {
  const std::optional<ByteView> content = only_sequence(value);
  if (!content || content->empty()) return false;  // RFC 5280 5.2.5: never an empty sequence
  der::Reader reader(*content);
  IssuingDistributionPoint point;
  const std::optional<der::Element> name = reader.maybe(der::context_constructed(0));
  if (name && (!read_distribution_point_name(*name, point.uris) || point.uris.empty())) return false;
  if (!read_flag(reader, 1, point.only_user_certificates)) return false;
  if (!read_flag(reader, 2, point.only_ca_certificates)) return false;
  if (point.only_user_certificates && point.only_ca_certificates) return false;
  into.distribution_point = std::move(point);
  return reader.at_end();
}

bool read_crl_number(ByteView value, ParsedCrl& into) {
  der::Reader reader(value);
  const std::optional<der::Element> integer = reader.expect(der::Tag::integer);
  if (!integer || !reader.at_end()) return false;
  Result<CrlNumber> number = CrlNumber::from_bytes(integer->content);
  if (number) into.number = std::move(*number);
  return into.number.has_value();
}

// False when the extension is malformed, or must not be ignored and is not understood.
bool interpret(const RawExtension& raw, ParsedCrl& into) {
  if (equal(raw.oid, oids::crl_number)) return read_crl_number(raw.value, into);
  if (equal(raw.oid, oids::authority_key_identifier))
    return read_authority_key_identifier(raw.value, into.authority_key_identifier);
  if (equal(raw.oid, oids::issuing_distribution_point))
    return read_issuing_distribution_point(raw.value, into);
  return !raw.critical && !equal(raw.oid, oids::delta_crl_indicator);
}

Result<void> read_extensions(der::Reader& reader, ParsedCrl& into) {
  const std::optional<der::Element> wrapper = reader.maybe(extensions_tag);
  if (!wrapper) return {};
  der::Reader inner(wrapper->content);
  const std::optional<der::Element> sequence = inner.expect(der::Tag::sequence);
  if (!sequence || !inner.at_end()) return malformed("crlExtensions");
  Result<std::vector<RawExtension>> list = read_extension_list(*sequence);
  if (!list) return std::move(list).error();
  for (const RawExtension& raw : *list) {
    if (interpret(raw, into)) continue;
    return malformed("the extension " + oids::to_dotted(raw.oid) +
                     " is malformed, or critical and not understood; delta CRLs, indirect ones and those for "
                     "some reasons only are not supported");
  }
  into.raw_extensions = std::move(*list);
  return {};
}

Result<ParsedCrl> read_fields(der::Reader& reader) {
  const std::optional<der::Element> version = reader.expect(der::Tag::integer);
  if (!version || der::small_unsigned(*version) != 1) return malformed("the version is not v2");
  const std::optional<der::Element> algorithm = reader.expect(der::Tag::sequence);
  if (!algorithm) return malformed("signature algorithm");
  const std::optional<der::Element> issuer = reader.expect(der::Tag::sequence);
  if (!issuer) return malformed("issuer");
  const std::optional<der::Element> from = reader.any(), to = reader.any();
  const std::optional<TimePoint> this_update = from ? der::time(*from) : std::nullopt;
  const std::optional<TimePoint> next_update = to ? der::time(*to) : std::nullopt;
  if (!this_update) return malformed("thisUpdate");
  if (!next_update) return malformed("nextUpdate is absent or malformed");
  ParsedCrl crl;
  crl.signature_algorithm = to_bytes(algorithm->whole);
  crl.issuer = to_bytes(issuer->whole);
  crl.this_update = *this_update;
  crl.next_update = *next_update;
  return crl;
}

}  // namespace

Result<ParsedCrl> parse_tbs_cert_list(ByteView der) {
  if (der.size() > crl_limit) return malformed("larger than " + std::to_string(crl_limit) + " bytes");
  der::Reader outer(der);
  const std::optional<der::Element> sequence = outer.expect(der::Tag::sequence);
  if (!sequence || !outer.at_end()) return malformed("not one DER sequence");
  der::Reader reader(sequence->content);
  Result<ParsedCrl> parsed = read_fields(reader);
  if (!parsed) return parsed;
  if (const auto entries = reader.maybe(der::Tag::sequence)) {
    if (Result<void> ok = read_entries(*entries, *parsed); !ok) return std::move(ok).error();
  }
  if (Result<void> ok = read_extensions(reader, *parsed); !ok) return std::move(ok).error();
  if (!reader.at_end()) return malformed("unexpected data after the extensions");
  return parsed;
}

}  // namespace chancery::x509
