#include "ca/ceremony/script/script.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "ca/base/file.h"
#include "ca/x509/general_name.h"
#include "ca/yaml/reader.h"

namespace chancery::ceremony {
namespace {

constexpr std::size_t longest_name = 200;
constexpr std::size_t most_urls = 4;
constexpr Seconds day{86400};
// Ten and five years with their leap days: what lint house.ca_lifetime lets pass.
constexpr Seconds longest_root = 3653 * day;
constexpr Seconds longest_intermediate = 1827 * day;

// The bound of RFC 5280 A.1 is check_name's to judge; this one only keeps absurd input out of messages.
void add_attribute(yaml::Reader& subject, std::string_view key, x509::AttributeType type, bool required,
                   std::vector<x509::NameAttribute>& attributes) {
  if (!required && !subject.has(key)) return;
  attributes.push_back({type, subject.required_string(key, longest_name)});
}

x509::Name read_subject(yaml::Reader& reader) {
  yaml::Reader subject = reader.required_map("subject");
  std::vector<x509::NameAttribute> attributes;
  add_attribute(subject, "country", x509::AttributeType::country, false, attributes);
  add_attribute(subject, "organization", x509::AttributeType::organization, false, attributes);
  add_attribute(subject, "organizational_unit", x509::AttributeType::organizational_unit, false, attributes);
  add_attribute(subject, "common_name", x509::AttributeType::common_name, true, attributes);
  x509::Name name(std::move(attributes));
  const bool complete =
      std::none_of(name.attributes().begin(), name.attributes().end(),
                   [](const x509::NameAttribute& attribute) { return attribute.value.empty(); });
  if (!complete) return name;  // the reader has reported it
  if (Result<void> ok = x509::check_name(name); !ok) reader.reject("subject", ok.error().message);
  return name;
}

crypto::KeyType read_key(yaml::Reader& reader) {
  const std::string text = reader.required_string("key", longest_name);
  static constexpr std::array<crypto::KeyType, 3> allowed{{{crypto::KeyAlgorithm::ec_p256, 256},
                                                           {crypto::KeyAlgorithm::ec_p384, 384},
                                                           {crypto::KeyAlgorithm::ec_p521, 521}}};
  for (const crypto::KeyType& type : allowed) {
    if (text == crypto::to_string(type.algorithm)) return type;
  }
  if (!text.empty()) reader.reject("key", "key must be P-256, P-384 or P-521, not " + text);
  return allowed[0];
}

void read_validity(yaml::Reader& reader, Seconds longest, Script& script) {
  yaml::Reader validity = reader.required_map("validity");
  script.lifetime = validity.required_duration("lifetime", Seconds(1), longest);
  if (validity.has("not_before")) script.not_before = validity.required_time("not_before");
}

bool plain_file_name(const std::string& name) {
  return name.find('/') == std::string::npos && !name.starts_with('.') &&
         name.find('\0') == std::string::npos;
}

std::string read_output(yaml::Reader& outputs, std::string_view key, std::set<std::string>& taken) {
  std::string name = outputs.required_string(key, longest_name);
  if (name.empty()) return name;
  if (!plain_file_name(name)) {
    outputs.reject(
        key, "an output is a plain file name inside --output, without '/' or a leading dot, not " + name);
  } else if (!taken.insert(name).second) {
    outputs.reject(key, name + " is named twice; every output needs a file of its own");
  }
  return name;
}

void read_outputs(yaml::Reader& reader, Script& script) {
  std::set<std::string> taken;
  if (script.issuer) taken = {script.issuer->certificate, script.issuer->key};
  yaml::Reader outputs = reader.required_map("outputs");
  script.outputs.certificate = read_output(outputs, "certificate", taken);
  script.outputs.key = read_output(outputs, "key", taken);
  if (script.kind == Kind::intermediate) script.outputs.chain = read_output(outputs, "chain", taken);
}

void read_issuer(yaml::Reader& reader, Script& script) {
  constexpr std::size_t longest_path = 4096;
  yaml::Reader issuer = reader.required_map("issuer");
  script.issuer = IssuerPaths{.certificate = issuer.required_string("certificate", longest_path),
                              .key = issuer.required_string("key", longest_path)};
}

// http only: a client that must check a TLS certificate to fetch the CRL of a TLS certificate goes in circles
// (RFC 5280 section 8).
std::vector<std::string> read_urls(yaml::Reader& reader, std::string_view key) {
  std::vector<std::string> urls = reader.string_list(key, 1, most_urls);
  for (const std::string& url : urls) {
    const Result<void> ok = x509::check_general_name({x509::GeneralNameType::uri, url});
    if (!ok) {
      reader.reject(key, ok.error().message);
    } else if (!url.starts_with("http://")) {
      reader.reject(key, url + " must begin with http:// (RFC 5280 section 8)");
    }
  }
  return urls;
}

Result<Kind> read_kind(yaml::Reader& reader) {
  const std::string text = reader.required_string("ceremony", longest_name);
  for (const Kind kind : {Kind::root, Kind::intermediate}) {
    if (text == to_string(kind)) return kind;
  }
  const std::string message = text.empty()
                                  ? "ceremony is missing or not a text: it must be root or intermediate"
                                  : "ceremony must be root or intermediate, not " + text;
  Error error = make_error(ErrorCode::validation, reader.location("ceremony") + ": " + message);
  error.details.push_back({"ceremony", reader.location("ceremony"), text, message});
  return error;
}

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::root:
      return "root";
    case Kind::intermediate:
      return "intermediate";
  }
  return "?";
}

Result<Script> parse_script(std::string_view yaml, const std::string& file) {
  Result<yaml::Reader> reader = yaml::Reader::parse(yaml, file);
  if (!reader) return std::move(reader).error();
  const Result<Kind> kind = read_kind(*reader);
  if (!kind) return kind.error();
  Script script;
  script.kind = *kind;
  script.file = file;
  script.hash = crypto::sha256(as_bytes(yaml));
  script.title = reader->required_string("title", longest_name);
  script.subject = read_subject(*reader);
  script.key = read_key(*reader);
  read_validity(*reader, script.kind == Kind::root ? longest_root : longest_intermediate, script);
  if (script.kind == Kind::intermediate) {
    read_issuer(*reader, script);
    script.path_length = static_cast<unsigned>(reader->optional_integer("path_length", 0, 0, 0));
    script.crl_distribution_points = read_urls(*reader, "crl_distribution_points");
    script.ca_issuers = read_urls(*reader, "ca_issuers");
  }
  read_outputs(*reader, script);
  if (Result<void> ok = reader->finish(); !ok) return std::move(ok).error();
  return script;
}

Result<Script> load_script(const std::string& path) {
  Result<std::string> text = read_file(path, script_limit);
  if (!text) return with_context(std::move(text).error(), "the ceremony script");
  return parse_script(*text, path);
}

}  // namespace chancery::ceremony
