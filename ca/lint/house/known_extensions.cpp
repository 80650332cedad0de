#include <algorithm>
#include <array>

#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::house {
namespace {

constexpr std::array<ByteView, 9> known{x509::oids::subject_key_identifier,
                                        x509::oids::key_usage,
                                        x509::oids::subject_alternative_name,
                                        x509::oids::basic_constraints,
                                        x509::oids::name_constraints,
                                        x509::oids::crl_distribution_points,
                                        x509::oids::authority_key_identifier,
                                        x509::oids::extended_key_usage,
                                        x509::oids::authority_information_access};

void run(const Subject& subject, const Lint& self, Findings& findings) {
  for (const x509::RawExtension& extension : subject.tbs.raw_extensions) {
    const auto same = [&](ByteView oid) { return equal(oid, extension.oid); };
    if (std::any_of(known.begin(), known.end(), same)) continue;
    report(self, findings,
           "the extension " + x509::oids::to_dotted(extension.oid) + " is unknown to Chancery");
  }
}

}  // namespace

constinit const Lint known_extensions{
    .id = "house.known_extensions",
    .citation = "house rule",
    .quote = "Nothing is signed that no rule understands.",
    .advice = "Leave the extension out; a new one needs a rule of its own first.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::house
