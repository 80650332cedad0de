// The extension, written and read.
#include "ca/x509/name_constraints.h"

#include <algorithm>

#include "ca/x509/der.h"
#include "ca/x509/extension_parts.h"
#include "ca/x509/general_name_rules.h"
#include "ca/x509/name_subtree.h"

namespace chancery::x509 {
namespace {

Error malformed(std::string_view what) {
  return make_error(ErrorCode::validation, "nameConstraints: " + std::string(what) + " (RFC 5280 4.2.1.10)");
}

void write_subtrees(der::Writer& writer, unsigned tag, const std::vector<NameSubtree>& subtrees) {
  if (subtrees.empty()) return;
  writer.constructed(der::context_constructed(tag), [&] {
    for (const NameSubtree& subtree : subtrees) {
      writer.sequence([&] { writer.element(general_name_tag(subtree.type), subtree_octets(subtree)); });
    }
  });
}

// GeneralSubtree. minimum is DEFAULT 0 and so never written; maximum must be absent.
Result<void> read_subtree(const der::Element& element, std::vector<NameSubtree>& into, bool& other_forms) {
  der::Reader reader(element.content);
  const std::optional<der::Element> base = reader.any();
  if (!base) return malformed("not DER");
  if (!reader.at_end()) return malformed("a subtree has a minimum or a maximum");
  const std::optional<GeneralNameType> type = general_name_type(base->tag);
  if (!type) {
    other_forms = true;
    return {};
  }
  Result<NameSubtree> subtree = subtree_from_octets(*type, base->content);
  if (!subtree) return std::move(subtree).error();
  into.push_back(std::move(*subtree));
  return {};
}

Result<void> read_subtrees(const der::Element& list, std::vector<NameSubtree>& into, bool& other_forms) {
  der::Reader reader(list.content);
  if (list.content.empty()) return malformed("an empty list of subtrees");
  for (std::size_t count = 0; !reader.at_end(); ++count) {
    const std::optional<der::Element> element = reader.expect(der::Tag::sequence);
    if (!element) return malformed("not DER");
    if (count == subtree_limit) return malformed("more than " + std::to_string(subtree_limit) + " subtrees");
    if (Result<void> ok = read_subtree(*element, into, other_forms); !ok) return ok;
  }
  return {};
}

bool has_type(const std::vector<NameSubtree>& list, GeneralNameType type) {
  return std::any_of(list.begin(), list.end(), [&](const NameSubtree& each) { return each.type == type; });
}

// The subtrees that hold every name of a type, and whether `constraints` still leaves that type free.
struct WholeType {
  NameSubtree all;
  std::string_view plural;
};
const std::vector<WholeType>& whole_types() {
  static const std::vector<WholeType> types{{{GeneralNameType::dns, ""}, "DNS names"},
                                            {{GeneralNameType::ip, "0.0.0.0/0"}, "IPv4 addresses"},
                                            {{GeneralNameType::ip, "::/0"}, "IPv6 addresses"}};
  return types;
}

bool permits_some(const NameConstraints& constraints, const NameSubtree& all) {
  return std::any_of(
      constraints.permitted.begin(), constraints.permitted.end(), [&](const NameSubtree& each) {
        return each.type == all.type &&
               (all.type != GeneralNameType::ip ||
                (each.value.find(':') == std::string::npos) == (all.value.find(':') == std::string::npos));
      });
}

bool left_free(const NameConstraints& constraints, const NameSubtree& all) {
  return !permits_some(constraints, all) &&
         std::find(constraints.excluded.begin(), constraints.excluded.end(), all) ==
             constraints.excluded.end();
}

Error outside(const GeneralName& name, const std::string& why) {
  return make_error(ErrorCode::validation,
                    "the name " + to_string(name) + " is " + why + " (RFC 5280 4.2.1.10)");
}

}  // namespace

void exclude_unused_types(NameConstraints& constraints) {
  for (const WholeType& type : whole_types()) {
    if (left_free(constraints, type.all)) constraints.excluded.push_back(type.all);
  }
}

std::vector<std::string_view> unconstrained_types(const NameConstraints& constraints) {
  std::vector<std::string_view> list;
  for (const WholeType& type : whole_types()) {
    if (left_free(constraints, type.all)) list.push_back(type.plural);
  }
  return list;
}

Bytes name_constraints_to_der(const NameConstraints& constraints) {
  Bytes out;
  der::Writer writer(out);
  writer.sequence([&] {
    write_subtrees(writer, 0, constraints.permitted);
    write_subtrees(writer, 1, constraints.excluded);
  });
  return out;
}

Result<NameConstraints> parse_name_constraints(ByteView der) {
  const std::optional<ByteView> content = only_sequence(der);
  if (!content || content->empty()) return malformed("not DER, or empty");
  der::Reader reader(*content);
  NameConstraints constraints;
  if (const auto list = reader.maybe(der::context_constructed(0))) {
    if (Result<void> ok = read_subtrees(*list, constraints.permitted, constraints.other_forms); !ok)
      return std::move(ok).error();
  }
  if (const auto list = reader.maybe(der::context_constructed(1))) {
    if (Result<void> ok = read_subtrees(*list, constraints.excluded, constraints.other_forms); !ok)
      return std::move(ok).error();
  }
  if (!reader.at_end()) return malformed("not DER");
  return constraints;
}

Result<void> check_names(const NameConstraints& constraints, std::span<const GeneralName> names) {
  if (constraints.other_forms) return malformed("subtrees of directory or other names are not supported");
  for (const GeneralName& name : names) {
    for (const NameSubtree& subtree : constraints.excluded) {
      if (touches(subtree, name)) return outside(name, "in the excluded subtree " + to_string(subtree));
    }
    const bool free = !has_type(constraints.permitted, name.type);
    const bool inside = std::any_of(constraints.permitted.begin(), constraints.permitted.end(),
                                    [&](const NameSubtree& subtree) { return covers(subtree, name); });
    if (!free && !inside) return outside(name, "in no permitted subtree");
  }
  return {};
}

}  // namespace chancery::x509
