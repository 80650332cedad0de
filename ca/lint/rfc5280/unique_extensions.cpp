#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::rfc5280 {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const std::vector<x509::RawExtension>& extensions = subject.tbs.raw_extensions;
  for (const x509::RawExtension& extension : extensions) {
    if (find_extension(subject.tbs, extension.oid) != &extension) {
      report(self, findings,
             "the extension " + x509::oids::to_dotted(extension.oid) + " stands more than once");
    }
  }
}

}  // namespace

constinit const Lint unique_extensions{
    .id = "rfc5280.unique_extensions",
    .citation = "RFC 5280 section 4.2",
    .quote = "A certificate MUST NOT include more than one instance of a particular extension.",
    .advice = "Write the extension once, with all it has to say.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .leaf = true,
    .run = run};

}  // namespace chancery::lint::rfc5280
