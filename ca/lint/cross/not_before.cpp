#include "ca/lint/rules.h"

namespace chancery::lint::cross {
namespace {

void run(const Subject& subject, const Lint& self, Findings& findings) {
  const x509::Certificate* target = subject.references.target;
  if (target == nullptr) return;  // cross.subject has said so
  const TimePoint earliest = target->validity().not_before();
  if (subject.tbs.validity.not_before() < earliest) {
    report(self, findings,
           "notBefore " + to_rfc3339(subject.tbs.validity.not_before()) + " is earlier than the target's " +
               to_rfc3339(earliest));
  }
}

}  // namespace

constinit const Lint not_before{.id = "cross.not_before",
                                .citation = "BR 7.1.2.2.1",
                                .quote =
                                    "The earlier of one day prior to the time of signing or the earliest "
                                    "notBefore date of the existing CA Certificate(s).",
                                .advice = "Start the validity no earlier than the target's.",
                                .cross = true,
                                .compares_target = true,
                                .run = run};

}  // namespace chancery::lint::cross
