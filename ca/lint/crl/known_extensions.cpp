#include <algorithm>
#include <array>

#include "ca/lint/crl/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::crl {
namespace {

constexpr std::array<ByteView, 3> of_list{x509::oids::authority_key_identifier, x509::oids::crl_number,
                                          x509::oids::issuing_distribution_point};
constexpr std::array<ByteView, 2> of_entries{x509::oids::reason_code, x509::oids::invalidity_date};

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  const auto check = [&](const std::vector<x509::RawExtension>& list, std::span<const ByteView> known) {
    for (const x509::RawExtension& extension : list) {
      const auto same = [&](ByteView oid) { return equal(oid, extension.oid); };
      if (std::any_of(known.begin(), known.end(), same)) continue;
      report(self, findings,
             "the extension " + x509::oids::to_dotted(extension.oid) + " is unknown to Chancery");
    }
  };
  check(subject.crl.raw_extensions, of_list);
  check(subject.crl.raw_entry_extensions, of_entries);
}

}  // namespace

constinit const CrlLint known_extensions{
    .id = "crl.known_extensions",
    .citation = "house rule",
    .quote = "Nothing is signed that no rule understands.",
    .advice = "Leave the extension out; a new one needs a rule of its own first.",
    .run = run};

}  // namespace chancery::lint::crl
