#include <algorithm>

#include "ca/lint/rules.h"
#include "ca/x509/oids.h"

namespace chancery::lint::house {
namespace {

const x509::RawExtension* find(const std::vector<x509::RawExtension>& list, ByteView oid) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const x509::RawExtension& each) { return equal(each.oid, oid); });
  return found == list.end() ? nullptr : &*found;
}

// Unknown purposes, reserved bits, reasons, names of other forms: what is read but not understood is lost
// when it is written again.
void run(const Subject& subject, const Lint& self, Findings& findings) {
  const std::vector<x509::RawExtension> written = x509::encode_extensions(subject.tbs.extensions, false);
  for (const x509::RawExtension& raw : subject.tbs.raw_extensions) {
    const x509::RawExtension* same = find(written, raw.oid);
    if (same == nullptr || same->value != raw.value) {
      report(self, findings,
             "the extension " + x509::oids::to_dotted(raw.oid) +
                 " holds something that Chancery does not know or does not write so: " + to_hex(raw.value));
    }
  }
}

}  // namespace

constinit const Lint canonical_extensions{
    .id = "house.canonical_extensions",
    .citation = "house rule, X.690 section 11",
    .quote = "A CA certificate says nothing that Chancery would not write.",
    .advice = "Leave the unknown purpose, bit, reason or name form out.",
    .root = true,
    .intermediate = true,
    .cross = true,
    .run = run};

}  // namespace chancery::lint::house
