#include <algorithm>
#include <array>

#include "ca/ceremony/script/schema.h"
#include "ca/x509/general_name.h"

namespace chancery::ceremony::schema {
namespace {

// The bound of RFC 5280 A.1 is check_name's to judge; this one only keeps absurd input out of messages.
void add_attribute(yaml::Reader& subject, std::string_view key, x509::AttributeType type, bool required,
                   std::vector<x509::NameAttribute>& attributes) {
  if (!required && !subject.has(key)) return;
  attributes.push_back({type, subject.required_string(key, longest_text)});
}

std::vector<x509::NameSubtree> read_subtrees(yaml::Reader& map, std::string_view key) {
  std::vector<x509::NameSubtree> subtrees;
  if (!map.has(key)) return subtrees;
  for (const std::string& text : map.string_list(key, 1, most_subtrees)) {
    Result<x509::NameSubtree> subtree = x509::parse_name_subtree(text);
    if (subtree && key == "permitted" && text.ends_with(':')) {
      map.reject_entry(key, text, text + " permits every name of its type; name those that are served");
    } else if (subtree) {
      subtrees.push_back(std::move(*subtree));
    } else {
      map.reject_entry(key, text, subtree.error().message);
    }
  }
  return subtrees;
}

}  // namespace

x509::Name read_subject(yaml::Reader& reader) {
  yaml::Reader subject = reader.required_map("subject");
  std::vector<x509::NameAttribute> attributes;
  add_attribute(subject, "country", x509::AttributeType::country, false, attributes);
  add_attribute(subject, "organization", x509::AttributeType::organization, false, attributes);
  add_attribute(subject, "organizational_unit", x509::AttributeType::organizational_unit, false, attributes);
  add_attribute(subject, "common_name", x509::AttributeType::common_name, true, attributes);
  for (const x509::NameAttribute& attribute : attributes) {
    if (attribute.type != x509::AttributeType::country) continue;
    if (std::any_of(attribute.value.begin(), attribute.value.end(),
                    [](char letter) { return letter >= 'a' && letter <= 'z'; }))
      subject.reject("country",
                     "country is a code of two capital letters (ISO 3166), not " + attribute.value);
  }
  x509::Name name(std::move(attributes));
  const bool complete =
      std::none_of(name.attributes().begin(), name.attributes().end(),
                   [](const x509::NameAttribute& attribute) { return attribute.value.empty(); });
  if (!complete) return name;  // the reader has reported it
  if (Result<void> ok = x509::check_name(name); !ok) reader.reject("subject", ok.error().message);
  return name;
}

crypto::KeyType read_key(yaml::Reader& reader) {
  const std::string text = reader.required_string("key", longest_text);
  static constexpr std::array<crypto::KeyType, 3> allowed{{{crypto::KeyAlgorithm::ec_p256, 256},
                                                           {crypto::KeyAlgorithm::ec_p384, 384},
                                                           {crypto::KeyAlgorithm::ec_p521, 521}}};
  for (const crypto::KeyType& type : allowed) {
    if (text == crypto::to_string(type.algorithm)) return type;
  }
  if (!text.empty()) reader.reject("key", "key must be P-256, P-384 or P-521, not " + text);
  return allowed[0];
}

ValidityPlan read_validity(yaml::Reader& reader, Seconds longest) {
  yaml::Reader map = reader.required_map("validity");
  ValidityPlan validity{.lifetime = map.required_duration("lifetime", Seconds(1), longest)};
  if (map.has("not_before")) validity.not_before = map.required_time("not_before");
  return validity;
}

// http only: a client that must check a TLS certificate to fetch the CRL of a TLS certificate goes in circles
// (RFC 5280 section 8).
std::vector<std::string> read_urls(yaml::Reader& reader, std::string_view key) {
  std::vector<std::string> urls = reader.string_list(key, 1, most_urls);
  for (const std::string& url : urls) {
    const Result<void> ok = x509::check_general_name({x509::GeneralNameType::uri, url});
    if (!ok) {
      reader.reject_entry(key, url, ok.error().message);
    } else if (!url.starts_with("http://")) {
      reader.reject_entry(key, url, url + " must begin with http:// (RFC 5280 section 8)");
    }
  }
  return urls;
}

std::optional<x509::NameConstraints> read_name_constraints(yaml::Reader& reader) {
  std::optional<yaml::Reader> map = reader.optional_map("name_constraints");
  if (!map) return std::nullopt;
  x509::NameConstraints constraints;
  constraints.permitted = read_subtrees(*map, "permitted");
  constraints.excluded = read_subtrees(*map, "excluded");
  if (!map->has("permitted") && !map->has("excluded")) {
    reader.reject("name_constraints", "name_constraints need permitted or excluded");
  }
  // A kind of name that `permitted` does not speak of would be free.
  if (!constraints.permitted.empty()) x509::exclude_unused_types(constraints);
  return constraints;
}

std::string marked(const std::string& name) {
  return name + " begins with " + std::string(rehearsal_mark) +
         ", which marks what a rehearsal makes and everybody throws away; choose another";
}

bool plain_file_name(const std::string& name) {
  return name.find('/') == std::string::npos && !name.starts_with('.') &&
         name.find('\0') == std::string::npos;
}

std::string read_output(Context& context, yaml::Reader& outputs, std::string_view key) {
  static const std::set<std::string> own{"script.yaml",         "transcript.jsonl", "transcript.sig",
                                         "transcript.sig.void", "issuer.pem",       "target.pem",
                                         "target.csr.pem",      "previous-crl.pem"};
  std::string name = outputs.required_string(key, longest_text);
  if (name.empty()) return name;
  if (!plain_file_name(name)) {
    outputs.reject(
        key, "an output is a plain file name inside the bundle, without '/' or a leading dot, not " + name);
  } else if (own.contains(name) || name.starts_with("aborted-") || name.starts_with("revoked-")) {
    outputs.reject(key, name + " is a name of the bundle's own; choose another");
  } else if (name.starts_with(rehearsal_mark)) {
    outputs.reject(key, marked(name));
  } else if (!context.outputs.insert(name).second) {
    outputs.reject(key, name + " is named twice; every output needs a file of its own");
  }
  return name;
}

}  // namespace chancery::ceremony::schema
