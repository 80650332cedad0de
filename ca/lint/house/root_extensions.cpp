#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::house {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  // The raw list: an extension that states only what Chancery does not know is there all the same.
  const auto refuse = [&](ByteView oid, const char* name) {
    if (find_extension(subject.tbs, oid) != nullptr)
      report(self, findings, std::string("a root must not have ") + name);
  };
  refuse(x509::oids::extended_key_usage, "extendedKeyUsage");
  refuse(x509::oids::crl_distribution_points, "cRLDistributionPoints");
  refuse(x509::oids::authority_information_access, "authorityInfoAccess");
  refuse(x509::oids::name_constraints, "nameConstraints");
}

}  // namespace

constinit const Lint root_extensions{
    .id = "house.root_extensions",
    .citation = "BR 7.1.2.11.2 and 7.1.2.1.2",
    .quote = "The CRL Distribution Points extension SHOULD NOT be present in: Root CA Certificates.",
    .advice = "Issue the root again without it: nobody can revoke or limit a root by its own certificate.",
    .root = true,
    .run = run};

}  // namespace chancery::lint::house
