#include "ca/x509/name.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "ca/base/unicode.h"
#include "ca/x509/der.h"
#include "ca/x509/oids.h"

namespace chancery::x509 {
namespace {

constexpr std::size_t upper_bound = 64;  // RFC 5280 A.1: ub-common-name, ub-organization-name, ...
constexpr std::size_t attribute_limit = 16;

struct AttributeRow {
  AttributeType type;
  ByteView oid;
  std::string_view short_name;
};
// In the order of the enumeration.
constexpr std::array<AttributeRow, 4> attribute_rows{{
    {AttributeType::country, oids::country, "C"},
    {AttributeType::organization, oids::organization, "O"},
    {AttributeType::organizational_unit, oids::organizational_unit, "OU"},
    {AttributeType::common_name, oids::common_name, "CN"},
}};

const AttributeRow& row(AttributeType type) {
  return attribute_rows.at(static_cast<std::size_t>(type));
}

Error malformed(std::string_view what) {
  return make_error(ErrorCode::validation,
                    "malformed distinguished name: " + std::string(what) + " (RFC 5280 4.1.2.4)");
}

bool letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return letter(c) || (c >= '0' && c <= '9') ||
           std::string_view(" '()+,-./:=?").find(c) != std::string_view::npos;
  });
}

Result<void> check_attribute(const NameAttribute& attribute) {
  const std::string field(row(attribute.type).short_name);
  const std::string_view value = attribute.value;
  if (value.find('\0') != std::string_view::npos) return malformed(field + " contains a NUL character");
  if (const std::optional<TextFault> fault = find_text_fault(value))
    return malformed(field + " holds " + fault->what);
  const std::size_t characters = count_characters(value);
  if (characters == 0 || characters > upper_bound) {
    return malformed(field + " has " + std::to_string(characters) + " characters; 1 to 64 are allowed");
  }
  if (attribute.type == AttributeType::country &&
      (value.size() != 2 || !letter(value[0]) || !letter(value[1]))) {
    return malformed("C is \"" + attribute.value + "\"; two letters are needed (ISO 3166)");
  }
  return {};
}

Result<NameAttribute> read_attribute(const der::Element& rdn) {
  der::Reader set(rdn.content);
  const std::optional<der::Element> pair = set.expect(der::Tag::sequence);
  if (!pair) return malformed("not DER");
  if (!set.at_end()) return malformed("several attributes in one relative distinguished name");
  der::Reader parts(pair->content);
  const std::optional<der::Element> type = parts.expect(der::Tag::oid);
  const std::optional<der::Element> value = parts.any();
  if (!type || !value || !parts.at_end()) return malformed("not DER");
  const auto known =
      std::find_if(attribute_rows.begin(), attribute_rows.end(),
                   [&](const AttributeRow& candidate) { return equal(candidate.oid, type->content); });
  if (known == attribute_rows.end()) {
    return malformed("attribute " + oids::to_dotted(type->content) +
                     " is not supported; use C, O, OU and CN");
  }
  const bool is_printable = value->tag == static_cast<std::uint8_t>(der::Tag::printable_string);
  if (!is_printable && value->tag != static_cast<std::uint8_t>(der::Tag::utf8_string)) {
    return malformed(std::string(known->short_name) + " is neither UTF8String nor PrintableString");
  }
  NameAttribute attribute{known->type, std::string(as_text(value->content))};
  if (Result<void> ok = check_attribute(attribute); !ok) return std::move(ok).error();
  if (is_printable && !printable(attribute.value)) {
    return malformed(std::string(known->short_name) + " has characters that a PrintableString cannot hold");
  }
  return attribute;
}

std::string escape(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool edge_space = value[i] == ' ' && (i == 0 || i + 1 == value.size());
    const bool leading_hash = value[i] == '#' && i == 0;
    if (edge_space || leading_hash ||
        std::string_view(",+\"\\<>;").find(value[i]) != std::string_view::npos) {
      text += '\\';
    }
    text += value[i];
  }
  return text;
}

}  // namespace

Result<Name> Name::parse(ByteView der) {
  der::Reader reader(der);
  const std::optional<der::Element> sequence = reader.expect(der::Tag::sequence);
  if (!sequence || !reader.at_end()) return malformed("not DER");
  std::vector<NameAttribute> attributes;
  der::Reader rdns(sequence->content);
  while (!rdns.at_end()) {
    const std::optional<der::Element> rdn = rdns.expect(der::Tag::set);
    if (!rdn) return malformed("not DER");
    if (attributes.size() == attribute_limit) return malformed("more than 16 attributes");
    Result<NameAttribute> attribute = read_attribute(*rdn);
    if (!attribute) return std::move(attribute).error();
    attributes.push_back(std::move(*attribute));
  }
  return Name(std::move(attributes));
}

Bytes Name::to_der() const {
  Bytes out;
  der::Writer writer(out);
  writer.sequence([&] {
    for (const NameAttribute& attribute : attributes_) {
      writer.constructed(static_cast<std::uint8_t>(der::Tag::set), [&] {
        writer.sequence([&] {
          const bool country = attribute.type == AttributeType::country;
          writer.oid(row(attribute.type).oid);
          writer.element(country ? der::Tag::printable_string : der::Tag::utf8_string,
                         as_bytes(attribute.value));
        });
      });
    }
  });
  return out;
}

std::string Name::to_string() const {
  std::string text;
  for (auto attribute = attributes_.rbegin(); attribute != attributes_.rend(); ++attribute) {
    if (!text.empty()) text += ',';
    text += std::string(row(attribute->type).short_name) + "=" + escape(attribute->value);
  }
  return text;
}

std::string Name::common_name() const {
  for (auto attribute = attributes_.rbegin(); attribute != attributes_.rend(); ++attribute) {
    if (attribute->type == AttributeType::common_name) return attribute->value;
  }
  return {};
}

Result<void> check_name(const Name& name) {
  if (name.attributes().size() > attribute_limit) return malformed("more than 16 attributes");
  for (const NameAttribute& attribute : name.attributes()) {
    if (Result<void> ok = check_attribute(attribute); !ok) return ok;
  }
  return {};
}

}  // namespace chancery::x509
