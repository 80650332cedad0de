// Points of no return: each says what the next step does that cannot be undone, and waits for the word.
#include "ca/ceremony/run/steps.h"

namespace chancery::ceremony {
namespace {

StepResult pass(Workbench& bench, const std::string& what, std::string_view question = no_return_question) {
  Result<void> ok =
      bench.conversation.point_of_no_return(std::string(question), bench.script().roles.administrator, what);
  if (!ok) return std::move(ok).error();
  return std::string("proceed");
}

std::string new_authority(const Workbench& bench) {
  const Plan& plan = bench.script().plan;
  if (const auto* root = std::get_if<RootPlan>(&plan)) return root->subject.to_string();
  return std::get<IntermediatePlan>(plan).subject.to_string();
}

// What is about to be signed.
std::string object_of(const Workbench& bench) {
  const Plan& plan = bench.script().plan;
  if (const auto* crl = std::get_if<CrlPlan>(&plan)) return "CRL number " + std::to_string(crl->number);
  if (std::holds_alternative<CrossCsrPlan>(plan)) return "a request to be certified elsewhere";
  if (std::holds_alternative<IntermediatePlan>(plan)) {
    return "the certificate of " + new_authority(bench) + " for the new key " +
           to_hex(bench.new_key->public_key().key_identifier());
  }
  return "a certificate of " + bench.target.value().subject_text();
}

}  // namespace

StepResult pass_point_of_no_return(Workbench& bench) {
  return pass(bench, "the next step makes the key of " + new_authority(bench) +
                         ", which then signs its own certificate. Stop here if anything is unclear");
}

StepResult pass_point_of_new_key(Workbench& bench) {
  return pass(bench, "the next step makes the key of " + new_authority(bench) + "; the key of " +
                         bench.issuer->certificate().subject_text() +
                         " signs nothing before its certificate has been shown. Stop here if anything is "
                         "unclear");
}

StepResult pass_point_of_signing(Workbench& bench) {
  return pass(bench,
              "the next step signs " + object_of(bench) + " with the key of " +
                  bench.issuer->certificate().subject_text() +
                  ", and a signature cannot be taken back. Stop here if anything is unclear",
              bench.new_key ? signing_question : no_return_question);
}

StepResult pass_point_of_dealing(Workbench& bench) {
  if (!std::get<RecoverPlan>(bench.script().plan).reshare)
    return std::string("not reached: the script deals no new shares");
  const Result<std::string> here = check_can_end(bench);
  if (!here) return here.error();
  return pass(bench, "the next step makes new shares, which open the key of " +
                         bench.issuer->certificate().subject_text() +
                         "; once they have been proven the old ones are destroyed" + *here +
                         ". Stop here if anything is unclear");
}

StepResult pass_point_of_destruction(Workbench& bench) {
  const Result<std::string> here = check_can_end(bench);
  if (!here) return here.error();
  return pass(bench, "the next steps destroy the key of " + bench.issuer->certificate().subject_text() +
                         " for ever" + *here);
}

}  // namespace chancery::ceremony
