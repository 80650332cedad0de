#include "ca/x509/extension_list.h"

#include <algorithm>

#include "ca/x509/oids.h"

namespace chancery::x509 {
namespace {

Error malformed(std::string_view what) {
  return make_error(ErrorCode::validation, "extensions: " + std::string(what) + " (RFC 5280 4.1.2.9)");
}

std::optional<RawExtension> read_one(const der::Element& element) {
  der::Reader reader(element.content);
  const std::optional<der::Element> oid = reader.expect(der::Tag::oid);
  if (!oid || oids::to_dotted(oid->content) == "?") return std::nullopt;
  const std::optional<der::Element> flag = reader.maybe(der::Tag::boolean);
  if (flag && der::boolean(*flag) != true)
    return std::nullopt;  // DEFAULT FALSE is never written (X.690 11.5)
  const std::optional<der::Element> value = reader.expect(der::Tag::octet_string);
  if (!value || !reader.at_end()) return std::nullopt;
  return RawExtension{to_bytes(oid->content), flag.has_value(), to_bytes(value->content)};
}

}  // namespace

Result<std::vector<RawExtension>> read_extension_list(const der::Element& sequence) {
  std::vector<RawExtension> list;
  der::Reader reader(sequence.content);
  while (!reader.at_end()) {
    const std::optional<der::Element> element = reader.expect(der::Tag::sequence);
    std::optional<RawExtension> extension = element ? read_one(*element) : std::nullopt;
    if (!extension) return malformed("not DER");
    if (list.size() == extension_limit) return malformed("more than 64");
    if (find_extension(list, extension->oid) != nullptr) {
      return malformed(oids::to_dotted(extension->oid) + " appears twice");
    }
    list.push_back(std::move(*extension));
  }
  if (list.empty()) return malformed("an empty sequence");
  return list;
}

const RawExtension* find_extension(const std::vector<RawExtension>& list, ByteView oid) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const RawExtension& entry) { return equal(entry.oid, oid); });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace chancery::x509
