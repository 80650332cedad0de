#include "ca/ceremony/run/previous.h"

#include "ca/base/file.h"
#include "ca/ceremony/run/previous_bundle.h"
#include "ca/ceremony/run/steps.h"
#include "ca/ceremony/transcript/signature.h"
#include "ca/ceremony/transcript/transcript.h"
#include "ca/x509/chain.h"

namespace chancery::ceremony {
namespace {

// The certificate of the key that the bundle says it is signed by.
std::string signer_in(const std::string& bundle, const Script& script) {
  const auto* root = std::get_if<RootPlan>(&script.plan);
  return bundle + "/" + (root != nullptr ? root->certificate_output : "issuer.pem");
}

// Signed by this ceremony's authority; before a root, which has none, by whoever the bundle says.
std::string signer_of(const Inputs& inputs, const std::string& bundle, const Script& script) {
  if (const Authority* authority = authority_of(inputs.script.plan)) return authority->certificate;
  return signer_in(bundle, script);
}

// After check_signature(): the key is the same. Another certificate of it, however sound, is another root to
// everybody who holds the first.
Result<void> check_same_certificate(const Inputs& inputs, const std::string& bundle, const Script& script) {
  const Authority* authority = authority_of(inputs.script.plan);
  if (authority == nullptr) return {};
  const std::string path = signer_in(bundle, script);
  const Result<x509::Certificate> own = read_certificate(inputs, authority->certificate);
  if (!own) return own.error();
  const Result<x509::Certificate> theirs = read_certificate(inputs, path);
  if (!theirs) return theirs.error();
  if (equal(own->der(), theirs->der())) return {};
  return make_error(ErrorCode::validation, authority->certificate +
                                               " is another certificate of the key than " + path +
                                               "; name the one that the ceremonies before used");
}

// The key of an intermediate signs only where it is recovered or destroyed, and these ceremonies are a branch
// of their own: the first goes on from the one that made its certificate, which the issuer's key signed.
bool begins_branch(const Inputs& inputs, const std::string& bundle, const Script& script) {
  const Authority* authority = authority_of(inputs.script.plan);
  const auto* made = std::get_if<IntermediatePlan>(&script.plan);
  const Kind kind = inputs.script.kind();
  if (authority == nullptr || made == nullptr || (kind != Kind::recover && kind != Kind::destroy))
    return false;
  const Result<x509::Certificate> own = read_certificate(inputs, authority->certificate);
  const Result<x509::Certificate> theirs = read_certificate(inputs, bundle + "/" + made->certificate_output);
  return own && theirs && equal(own->der(), theirs->der());
}

// After begins_branch().
Result<void> check_issuer_of_branch(const Inputs& inputs, const std::string& bundle, const Script& script) {
  const Result<x509::Certificate> own =
      read_certificate(inputs, authority_of(inputs.script.plan)->certificate);
  if (!own) return own.error();
  const Result<x509::Certificate> issuer = read_certificate(inputs, signer_in(bundle, script));
  if (!issuer) return issuer.error();
  return x509::verify_issued_by(*own, *issuer);
}

Result<void> check_signature(const Inputs& inputs, const std::string& signer, const std::string& bundle,
                             const Transcript& transcript) {
  const Result<x509::Certificate> certificate = read_certificate(inputs, signer);
  if (!certificate) return certificate.error();
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_spki(certificate->fields().spki);
  if (!key) return key.error();
  const Result<std::string> signature =
      read_file(input_path(inputs, bundle + "/transcript.sig"), transcript_signature_limit);
  if (!signature) return signature.error();
  return verify_transcript(transcript.head(), *signature, *key);
}

// Which bundle to name in place of `theirs`'s; "" where the two keys have nothing to do with one another.
std::string word_on_branches(const x509::Certificate& own, const x509::Certificate& theirs) {
  if (x509::verify_issued_by(theirs, own)) {
    return ", which are a branch of those of " + own.subject_text() +
           "; name the bundle of the last ceremony that its own key signed";
  }
  if (!x509::verify_issued_by(own, theirs)) return "";
  return "; the ceremonies of an intermediate's own key go on from the one that made its certificate, and "
         "then from one another";
}

// After check_signature() failed with `error`. That the other key of a branch signed the bundle is no
// forgery: whoever names it means well.
Error with_word_on_branches(const Inputs& inputs, const std::string& bundle, const Script& script,
                            const Transcript& transcript, Error error) {
  const Authority* authority = authority_of(inputs.script.plan);
  const std::string signer = signer_in(bundle, script);
  if (authority == nullptr || !check_signature(inputs, signer, bundle, transcript)) return error;
  const Result<x509::Certificate> own = read_certificate(inputs, authority->certificate);
  const Result<x509::Certificate> theirs = read_certificate(inputs, signer);
  const std::string word = own && theirs ? word_on_branches(*own, *theirs) : "";
  if (word.empty()) return error;
  error.message = bundle + " is of the ceremonies of another key, that of " + theirs->subject_text() + word;
  return error;
}

// After check_signature(): the key that signed the bundle is this ceremony's.
Result<void> check_not_destroyed(const Inputs& inputs, const std::string& bundle, const Script& script) {
  if (script.kind() != Kind::destroy || authority_of(inputs.script.plan) == nullptr) return {};
  return make_error(ErrorCode::validation,
                    bundle +
                        " is the certificate of destruction of this ceremony's key; nothing may come "
                        "after it. If a copy of the key is left, destroy it before witnesses");
}

Result<PreviousCeremony> read_bundle(const Inputs& inputs, const std::string& bundle) {
  const Result<std::string> script = read_file(input_path(inputs, bundle + "/script.yaml"), script_limit);
  if (!script) return script.error();
  const Result<Transcript> transcript = read_transcript(input_path(inputs, bundle + "/transcript.jsonl"),
                                                        {crypto::sha256(as_bytes(*script)), std::nullopt});
  if (!transcript) return transcript.error();
  const Result<Script> plan = parse_script(*script, bundle + "/script.yaml", ScriptUse::look_back);
  if (!plan) return plan.error();
  const bool branch = begins_branch(inputs, bundle, *plan);
  const std::string signer = branch ? signer_in(bundle, *plan) : signer_of(inputs, bundle, *plan);
  if (Result<void> ok = check_signature(inputs, signer, bundle, *transcript); !ok) {
    return with_word_on_branches(inputs, bundle, *plan, *transcript, std::move(ok).error());
  }
  if (Result<void> ok = branch ? check_issuer_of_branch(inputs, bundle, *plan)
                               : check_same_certificate(inputs, bundle, *plan);
      !ok)
    return std::move(ok).error();
  if (Result<void> ok = check_not_destroyed(inputs, bundle, *plan); !ok) return std::move(ok).error();
  const TranscriptLine& last = transcript->lines.back();
  if (last.event != "ceremony.end") {
    return make_error(ErrorCode::validation, bundle + " is of a ceremony that did not come to its end");
  }
  if (Result<void> ok = check_exported_files(inputs, bundle, *transcript); !ok) return std::move(ok).error();
  PreviousCeremony found{to_hex(transcript->head()),
                         last.at,
                         plan->title,
                         std::string(to_string(plan->kind())),
                         {.known = false, .number = {}, .sha256 = {}},
                         {}};
  if (branch) {
    found.copies = made_by(*plan, *transcript);
    return found;
  }
  if (Result<void> ok = check_certified(inputs, bundle, plan->plan); !ok) return std::move(ok).error();
  const Result<PresentList> list = list_after(inputs, bundle, *plan, *transcript);
  if (!list) return list.error();
  found.list = *list;
  found.copies = left_by(*plan, *transcript);
  return found;
}

std::string named_list(const std::string& number, const std::string& sha256) {
  return "CRL number " + number + " (sha256 " + sha256 + ")";
}

}  // namespace

Result<void> check_goes_on(const PresentList& present, const x509::Crl* named, const std::string& reason) {
  const auto refused = [](const std::string& what) { return make_error(ErrorCode::validation, what); };
  const std::string last = named_list(present.number, present.sha256);
  if (named == nullptr) {
    if (!present.known) {
      if (!reason.empty()) return {};
      return refused(
          "crl.first is true, but the previous ceremony does not record whether there is a list; "
          "name the last CRL under crl.previous, so that nothing it revokes comes back; or let the reviewed "
          "script declare crl.first_reason");
    }
    if (present.number.empty()) return {};
    return refused("crl.first is true, but the previous ceremony records " + last +
                   "; name it under crl.previous, so that nothing it revokes comes back");
  }
  const std::string theirs =
      named_list(named->fields().number ? named->fields().number->to_string() : std::string("(none)"),
                 to_hex(named->fingerprint()));
  if (!present.known) {
    if (!reason.empty()) return {};
    return refused(
        "crl.previous is " + theirs +
        ", but no ceremony before tells that it is the newest; name the bundle of the last ceremony "
        "under previous; or let the reviewed script declare crl.previous_reason");
  }
  if (present.number.empty()) {
    return refused("crl.previous is " + theirs +
                   ", but the previous ceremony records that there is no list yet; name the bundle of the "
                   "last ceremony under previous");
  }
  if (to_hex(named->fingerprint()) == present.sha256) return {};
  return refused("crl.previous is " + theirs + ", but the previous ceremony records " + last +
                 "; go on from that one, so that nothing it revokes comes back");
}

std::string last_list_fault(const PresentList& present, const Plan& plan) {
  const std::string* reason = after_last_reason(plan);
  if (!present.last || reason == nullptr || !reason->empty()) return "";
  const bool list = std::holds_alternative<CrlPlan>(plan);
  return "the previous ceremony records that " + named_list(present.number, present.sha256) +
         " is the last list: whoever holds it looks for no other until it ends, and would not hear of " +
         (list ? "this one" : "a revocation of what this ceremony signs") +
         ". Sign under another root; or let the reviewed script declare " +
         (list ? "crl.after_last_reason" : "after_last_reason");
}

Result<PreviousCeremony> read_previous(const Inputs& inputs) {
  const Previous& previous = inputs.script.previous;
  if (const auto* head = std::get_if<crypto::Sha256Digest>(&previous))
    return PreviousCeremony{to_hex(*head), {}, {}, {}, {.known = false, .number = {}, .sha256 = {}}, {}};
  const auto* bundle = std::get_if<PreviousBundle>(&previous);
  if (bundle == nullptr) return PreviousCeremony{};
  Result<PreviousCeremony> found = read_bundle(inputs, bundle->path);
  if (!found) return with_context(std::move(found).error(), "the previous ceremony");
  if (bundle->head && found->head != to_hex(*bundle->head)) {
    return make_error(ErrorCode::validation, "the previous ceremony: " + bundle->path + " has the head " +
                                                 found->head + ", but the script names " +
                                                 to_hex(*bundle->head) +
                                                 "; bring the bundle that was reviewed");
  }
  const TimePoint now = inputs.clock.now();
  if (now >= found->ended.value()) return found;
  return make_error(ErrorCode::validation, "this machine's clock says " + to_rfc3339(now) +
                                               ", but the previous ceremony ended at " +
                                               to_rfc3339(*found->ended) + "; set the clock");
}

}  // namespace chancery::ceremony
