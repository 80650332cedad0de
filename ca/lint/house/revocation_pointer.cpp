#include "ca/lint/rules.h"

namespace chancery::lint::house {
namespace {

constexpr Seconds short_lived{7LL *
                              86400};  // BR 1.6.1, "Short-lived Subscriber Certificate", from 2026-03-15

// A warning while the online CA publishes no CRLs (docs/decisions/0012).
void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::Extensions& extensions = subject.tbs.extensions;
  if (!extensions.crl_distribution_points.empty() || !extensions.ocsp.empty()) return;
  const Seconds lifetime = subject.tbs.validity.lifetime();
  if (lifetime <= short_lived) return;
  report(self, findings,
         "nobody can learn of its revocation: it lives " + to_string(lifetime) +
             ", more than 7 days, and names neither a CRL nor an OCSP responder");
}

}  // namespace

constinit const Lint revocation_pointer{
    .id = "house.revocation_pointer",
    .citation = "BR 7.1.2.11.2",
    .quote =
        "The CRL Distribution Points extension MUST be present in: [...] Subscriber Certificates that 1) do "
        "not qualify as \"Short-lived Subscriber Certificates\" and 2) do not include an Authority "
        "Information Access extension with an id-ad-ocsp accessMethod.",
    .advice = "Name crl_distribution_points or ocsp in the profile, or let it issue for 7 days at most.",
    .severity = Severity::warning,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::house
