#include <algorithm>

#include "ca/ceremony/replay/checks.h"

namespace chancery::ceremony {
namespace {

std::string first_fault(const Replay& replay) {
  for (const Check& check : replay.checks) {
    if (!check.passed) return replay.bundle.path + ": " + check.name + ": " + check.message;
  }
  return "";
}

std::string key_fault(const Material& material, const Replay& previous) {
  if (material.script.kind() == Kind::root) return "";  // another root's ceremony may stand before it
  const x509::Certificate* signer = material.signer();
  if (signer == nullptr) return std::string(issuer_file) + ": it is not one certificate in PEM";
  const x509::Certificate* theirs = previous.signer();
  if (theirs != nullptr && equal(theirs->der(), signer->der())) return "";
  if (begins_branch(material, previous)) return "";
  if (theirs != nullptr && equal(theirs->fields().spki, signer->fields().spki)) {
    return material.bundle.path + "/" + std::string(issuer_file) +
           ": it is another certificate of the key than that of " + previous.bundle.path;
  }
  return previous.bundle.path + ": its transcript is not signed by the key of " + material.bundle.path + "/" +
         std::string(issuer_file) + ", which signed this ceremony";
}

// The key that it destroyed is this ceremony's.
std::string destroyed_fault(const Material& material, const Replay& previous) {
  if (!previous.script || previous.script->kind() != Kind::destroy || material.script.kind() == Kind::root)
    return "";
  return previous.bundle.path +
         " is the destruction of the key that this ceremony used; a copy of it survived";
}

std::string link_fault(const Material& material, const Replay& previous) {
  const Entry& begin = material.record.first();
  if (!previous.transcript) return first_fault(previous);
  const std::string head = to_hex(previous.transcript->head());
  if (begin.text("previous") != head) {
    return begin.place("previous") + ": " +
           (begin.text("previous").empty() ? "no ceremony" : begin.text("previous")) +
           " is named, but the head of " + previous.bundle.path + " is " + head;
  }
  if (const TimePoint ended = previous.transcript->lines.back().at; begin.of->at < ended) {
    return begin.place("at") + ": " + to_rfc3339(begin.of->at) + " is before the previous ceremony's end, " +
           to_rfc3339(ended);
  }
  // An older program would record less, and who signs falsely may wish for that.
  const Record theirs(*previous.transcript, previous.bundle.text(transcript_file));
  if (const std::int64_t format = theirs.first().number("format"); material.format() < format) {
    return begin.place("format") + ": a transcript of format " + std::to_string(material.format()) +
           " after one of format " + std::to_string(format);
  }
  return "";
}

}  // namespace

bool made_in(const Replay& previous, const x509::Certificate& certificate) {
  const auto* plan = previous.script ? std::get_if<IntermediatePlan>(&previous.script->plan) : nullptr;
  return plan != nullptr && std::any_of(previous.certificates.begin(), previous.certificates.end(),
                                        [&](const CertificateFile& file) {
                                          return file.path == plan->certificate_output &&
                                                 equal(file.certificate.der(), certificate.der());
                                        });
}

bool begins_branch(const Material& material, const Replay& previous) {
  const Kind kind = material.script.kind();
  const x509::Certificate* signer = material.signer();
  return (kind == Kind::recover || kind == Kind::destroy) && signer != nullptr && made_in(previous, *signer);
}

void check_previous(const Material& material, const std::optional<std::string>& path,
                    std::vector<Check>& checks) {
  const std::string& named = material.record.first().text("previous");
  if (!path) {
    checks.push_back(
        {"previous ceremony", true,
         named.empty() ? "none is named" : "its head is " + named + "; compare it with --previous BUNDLE",
         named.empty()});
    return;
  }
  if (material.previous == nullptr) return;
  const Replay& previous = *material.previous;
  checks.push_back(
      check_of("previous ceremony", first_fault(previous),
               std::to_string(previous.checks.size() - previous.not_checked()) + " checks of its own"));
  checks.push_back(check_of("link to the previous ceremony", link_fault(material, previous),
                            "its head, and not before its end"));
  checks.push_back(check_of("key of the previous ceremony", key_fault(material, previous),
                            begins_branch(material, previous)
                                ? "that ceremony made the certificate of the key that signed this one"
                                : "it signed both transcripts, under one certificate"));
  checks.push_back(check_of("nothing after the destruction", destroyed_fault(material, previous),
                            "the ceremony before destroyed no key of this one"));
  checks.push_back(list_check(material, previous));
  checks.push_back(after_last_check(material, previous));
}

}  // namespace chancery::ceremony
