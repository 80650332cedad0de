#include "ca/x509/extension_parts.h"

#include <algorithm>

#include "ca/x509/extension_list.h"
#include "ca/x509/oids.h"

namespace chancery::x509 {

std::optional<ByteView> only_sequence(ByteView value) {
  der::Reader reader(value);
  const std::optional<der::Element> sequence = reader.expect(der::Tag::sequence);
  if (!sequence || !reader.at_end()) return std::nullopt;
  return sequence->content;
}

bool read_uri(const der::Element& element, std::vector<std::string>& into) {
  const auto graphic = [](std::uint8_t octet) { return octet > 0x20 && octet < 0x7f; };
  if (!std::all_of(element.content.begin(), element.content.end(), graphic)) return false;
  into.emplace_back(as_text(element.content));
  return true;
}

bool read_authority_key_identifier(ByteView value, Bytes& identifier) {
  const std::optional<ByteView> content = only_sequence(value);
  if (!content) return false;
  der::Reader reader(*content);
  if (const auto octets = reader.maybe(der::context(0))) {
    if (octets->content.empty()) return false;
    identifier = to_bytes(octets->content);
  }
  (void)reader.maybe(der::context_constructed(1));  // authorityCertIssuer
  (void)reader.maybe(der::context(2));              // authorityCertSerialNumber
  return reader.at_end();
}

void write_authority_key_identifier(der::Writer& writer, ByteView identifier) {
  write_extension(writer, oids::authority_key_identifier, false,
                  [&] { writer.sequence([&] { writer.element(der::context(0), identifier); }); });
}

bool read_distribution_point_name(const der::Element& name, std::vector<std::string>& uris) {
  der::Reader choice(name.content);
  const std::optional<der::Element> form = choice.any();
  if (!form || !choice.at_end()) return false;
  if (form->tag != der::context_constructed(0)) return form->tag == der::context_constructed(1);
  der::Reader names(form->content);
  while (!names.at_end()) {
    const std::optional<der::Element> each = names.any();
    if (!each || (each->tag == uri_tag && !read_uri(*each, uris))) return false;
  }
  return !form->content.empty();
}

void write_distribution_point_name(der::Writer& writer, std::span<const std::string> uris) {
  writer.constructed(der::context_constructed(0), [&] {    // distributionPoint
    writer.constructed(der::context_constructed(0), [&] {  // fullName
      for (const std::string& uri : uris) writer.element(uri_tag, as_bytes(uri));
    });
  });
}

}  // namespace chancery::x509
