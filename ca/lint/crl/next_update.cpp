#include "ca/lint/crl/rules.h"

namespace chancery::lint::crl {
namespace {

// RFC 5280 has no field for it, so that a list alone cannot be told from one that is too long.
constexpr std::string_view last_list =
    "; whether it is its issuer's last, which may last until the issuer ends, a list does not say: the "
    "transcript of its ceremony does (chancery-root replay)";

void run(const CrlSubject& subject, const CrlLint& self, Findings& findings) {
  const Seconds span = subject.crl.next_update - subject.crl.this_update;
  if (span <= Seconds(0)) {
    report(self, findings,
           "nextUpdate " + to_rfc3339(subject.crl.next_update) + " is not later than thisUpdate");
  } else if (span > subject.scope.longest) {
    report(self, findings,
           "nextUpdate is " + to_string(span) + " after thisUpdate, at most " +
               to_string(subject.scope.longest) + " are allowed" +
               std::string(subject.scope.longest == longest_ca_crl ? last_list : ""));
  }
}

}  // namespace

constinit const CrlLint next_update{
    .id = "crl.next_update",
    .citation = "RFC 5280 section 5.1.2.5, BR 4.9.7",
    .quote = "Conforming CRL issuers MUST include the nextUpdate field in all CRLs.",
    .advice = "Issue lists more often: at most 10 days apart for leaves, 365 for CAs.",
    .run = run};

}  // namespace chancery::lint::crl
