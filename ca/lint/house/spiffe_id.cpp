#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

constexpr std::string_view scheme = "spiffe://";
constexpr std::string_view domain_characters = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
constexpr std::string_view path_characters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_/";

bool well_formed_path(std::string_view path) {
  if (path.find_first_not_of(path_characters) != std::string_view::npos || path.ends_with('/')) return false;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment.empty() || segment == "." || segment == "..") return false;
    path.remove_prefix(segment.size());
  }
  return true;
}

bool well_formed(std::string_view id) {
  const std::string_view rest = id.substr(scheme.size());
  const std::string_view domain = rest.substr(0, rest.find('/'));
  if (domain.empty() || domain.find_first_not_of(domain_characters) != std::string_view::npos) return false;
  return id.size() <= 2048 && well_formed_path(rest.substr(domain.size()));
}

void run(const Subject& subject, const Lint& self, Findings& findings) {
  std::size_t ids = 0;
  for (const x509::GeneralName& name : subject.tbs.extensions.subject_alternative_names) {
    if (name.type != x509::GeneralNameType::uri || !name.value.starts_with(scheme)) continue;
    ++ids;
    if (!well_formed(name.value)) report(self, findings, "'" + name.value + "' is not a SPIFFE ID");
  }
  if (ids > 1) report(self, findings, "a certificate must not have more than one SPIFFE ID");
}

}  // namespace

constinit const Lint spiffe_id{
    .id = "house.spiffe_id",
    .citation = "X.509-SVID section 2, SPIFFE-ID section 2",
    .quote = "An X.509 SVID MUST contain exactly one URI SAN, and by extension, exactly one SPIFFE ID.",
    .advice =
        "Write one spiffe://TRUST-DOMAIN/PATH of letters, digits and . - _, without query, port or empty "
        "segments.",
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::house
