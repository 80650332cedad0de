#include "ca/x509/general_name.h"

#include <algorithm>
#include <array>
#include <optional>

#include "ca/base/unicode.h"
#include "ca/x509/der.h"
#include "ca/x509/general_name_rules.h"

namespace chancery::x509 {
namespace {

struct TypeRow {
  GeneralNameType type;
  std::string_view text;
  std::uint8_t tag;
};
// In the order of the enumeration; tags of RFC 5280 4.2.1.6.
constexpr std::array<TypeRow, 4> type_rows{{
    {GeneralNameType::dns, "dns", der::context(2)},
    {GeneralNameType::email, "email", der::context(1)},
    {GeneralNameType::uri, "uri", der::context(6)},
    {GeneralNameType::ip, "ip", der::context(7)},
}};

const TypeRow& row(GeneralNameType type) {
  return type_rows.at(static_cast<std::size_t>(type));
}

Error refusal(const GeneralName& name, std::string_view fault) {
  const std::string shown = with_text_faults_replaced(to_string(name).substr(0, 300), "?");
  return make_error(ErrorCode::validation,
                    "\"" + shown + "\" is not a usable name: " + std::string(fault) + " (RFC 5280 4.2.1.6)");
}

Error malformed(std::string_view what) {
  return make_error(ErrorCode::validation, "subjectAltName " + std::string(what) + " (RFC 5280 4.2.1.6)");
}

void to_lower(std::string& text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

const char* fault_of(const GeneralName& name) {
  switch (name.type) {
    case GeneralNameType::dns:
      return dns_fault(name.value, true);
    case GeneralNameType::email:
      return email_fault(name.value);
    case GeneralNameType::uri:
      return uri_fault(name.value);
    case GeneralNameType::ip:
      return parse_address(name.value) ? nullptr : "it is no IPv4 or IPv6 address";
  }
  return "its type is unknown";
}

Result<GeneralName> read_name(const der::Element& element) {
  const std::optional<GeneralNameType> type = general_name_type(element.tag);
  if (!type) return malformed("has a name that is neither DNS, email, URI nor IP");
  if (*type == GeneralNameType::ip) {
    if (element.content.size() != 4 && element.content.size() != 16) {
      return malformed("has an IP address that is not of 4 or 16 octets");
    }
    return GeneralName{*type, address_text(element.content)};
  }
  GeneralName name{*type, std::string(as_text(element.content))};
  if (name.value.find('\0') != std::string::npos) return refusal(name, "it contains a NUL character");
  if (name.type == GeneralNameType::dns) to_lower(name.value);
  if (const char* fault = fault_of(name)) return refusal(name, fault);
  return name;
}

}  // namespace

std::uint8_t general_name_tag(GeneralNameType type) {
  return row(type).tag;
}

std::optional<GeneralNameType> general_name_type(std::uint8_t tag) {
  for (const TypeRow& known : type_rows) {
    if (known.tag == tag) return known.type;
  }
  return std::nullopt;
}

std::optional<GeneralNameType> parse_general_name_type(std::string_view text) {
  for (const TypeRow& known : type_rows) {
    if (known.text == text) return known.type;
  }
  return std::nullopt;
}

std::string_view to_string(GeneralNameType type) {
  return row(type).text;
}

std::string to_string(const GeneralName& name) {
  return std::string(to_string(name.type)) + ":" + name.value;
}

Result<GeneralName> parse_general_name(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::optional<GeneralNameType> type = parse_general_name_type(text.substr(0, colon));
  if (type && colon != std::string_view::npos) {
    GeneralName name{*type, std::string(text.substr(colon + 1))};
    if (name.type == GeneralNameType::dns) to_lower(name.value);
    if (const char* fault = fault_of(name)) return refusal(name, fault);
    if (name.type == GeneralNameType::ip) name.value = address_text(*parse_address(name.value));
    return name;
  }
  return make_error(ErrorCode::validation,
                    "\"" + std::string(text.substr(0, 300)) +
                        "\" is not a name: write dns:, ip:, uri: or email: and the value, "
                        "for example dns:web.example");
}

Result<void> check_general_name(const GeneralName& name) {
  if (const char* fault = fault_of(name)) return refusal(name, fault);
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (name.type == GeneralNameType::dns && std::any_of(name.value.begin(), name.value.end(), upper)) {
    return refusal(name, "it is not in lower case");
  }
  if (name.type == GeneralNameType::ip && address_text(*parse_address(name.value)) != name.value) {
    return refusal(name, "it is not in canonical form (RFC 5952)");
  }
  return {};
}

Result<std::vector<GeneralName>> parse_general_names(ByteView der, std::size_t limit) {
  der::Reader outer(der);
  const std::optional<der::Element> sequence = outer.expect(der::Tag::sequence);
  if (!sequence || !outer.at_end()) return malformed("is not DER");
  std::vector<GeneralName> names;
  der::Reader reader(sequence->content);
  while (!reader.at_end()) {
    const std::optional<der::Element> element = reader.any();
    if (!element) return malformed("is not DER");
    if (names.size() == limit) return malformed("has more than " + std::to_string(limit) + " names");
    Result<GeneralName> name = read_name(*element);
    if (!name) return std::move(name).error();
    if (std::find(names.begin(), names.end(), *name) != names.end()) {
      return malformed("names \"" + to_string(*name) + "\" twice");
    }
    names.push_back(std::move(*name));
  }
  if (names.empty()) return malformed("is an empty sequence");
  return names;
}

Bytes general_names_to_der(const std::vector<GeneralName>& names) {
  Bytes out;
  der::Writer writer(out);
  writer.sequence([&] {
    for (const GeneralName& name : names) {
      if (name.type == GeneralNameType::ip) {
        writer.element(row(name.type).tag, parse_address(name.value).value());
      } else {
        writer.element(row(name.type).tag, as_bytes(name.value));
      }
    }
  });
  return out;
}

}  // namespace chancery::x509
