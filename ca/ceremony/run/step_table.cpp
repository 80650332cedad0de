#include "ca/ceremony/run/step_table.h"

#include <array>
#include <ostream>

#include "ca/ceremony/run/steps.h"
#include "ca/ceremony/script/describe.h"

namespace chancery::ceremony {
namespace {

constexpr std::string_view stop = "The administrator stops; the internal witness writes down why";
constexpr std::string_view destroy_medium =
    "Destroy what lies in DIR.unfinished, and begin again on another machine";

constexpr Step roles{"Name those who are here", "Each person, asked by name and role, types their initials",
                     "Whoever is missing is replaced in a reviewed script; the ceremony begins again",
                     take_roles};
constexpr Step machine{"Look at the machine",
                       "The administrator reads each line aloud. Two people who are not the administrator "
                       "type the UTC time of clocks of their own",
                       "Mend what is named and begin again. An exception needs a reviewed script that "
                       "declares it with its reason",
                       look_at_machine};
constexpr Step script_words{"Read the script's hash aloud",
                            "The administrator reads the words; the internal witness ticks them on the "
                            "reviewed copy of the script and gives initials",
                            "The script is not the reviewed one: stop", read_script_aloud};
constexpr Step issuer{"Open the issuer",
                      "The officers bring the issuer's key: its token, or their shares and passphrases",
                      "A wrong certificate or key: stop, and bring the right one", open_issuer};
constexpr Step no_return{"Point of no return",
                         "The administrator asks aloud whether anybody objects, and types \"proceed\"",
                         "Nothing secret exists yet: stop without traces", pass_point_of_no_return};
constexpr Step new_key{"Make the key", "The officers give passphrases or the token's PIN, unseen by others",
                       destroy_medium, make_key};
constexpr Step key_check{"Check the key", "Nobody does anything; the key id is written down", destroy_medium,
                         check_key};
constexpr Step prepare_step{"Prepare the certificate and lint it",
                            "The administrator compares subject and validity with the script", stop,
                            prepare_and_lint};
constexpr Step sign_root{"Sign it with its own key", "Nobody does anything", destroy_medium, sign_once};
constexpr Step sign_below{"Sign it with the issuer's key", "Nobody does anything", destroy_medium, sign_once};
constexpr Step second{"Check it in two implementations", "Nobody does anything", destroy_medium,
                      check_certificate};
constexpr Step fingerprint{"Read the fingerprint aloud",
                           "The administrator reads the words; the internal witness ticks them and gives "
                           "initials. Everybody writes the fingerprint down",
                           stop, read_fingerprint_aloud};
constexpr Step write_step{"Write the files", "Nobody does anything",
                          "The medium is full or broken: take another, "
                          "and begin again with --resume",
                          write_files};
constexpr Step read_step{"Read the files back", "Nobody does anything",
                         "Do not trust the medium: take another", read_back};
constexpr Step seal_step{"Sign the transcript and hand over",
                         "The bundle goes to whoever publishes it; what lies in custody goes to the "
                         "custodians named in the script, into sealed bags with numbers",
                         "The key exists and the transcript is not signed: keep DIR.unfinished under "
                         "witness and resume",
                         seal};

constexpr std::array root_steps{roles,      machine,      script_words, no_return, new_key,
                                key_check,  prepare_step, sign_root,    second,    fingerprint,
                                write_step, read_step,    seal_step};
constexpr std::array intermediate_steps{roles,       machine,    script_words, issuer,     no_return,
                                        new_key,     key_check,  prepare_step, sign_below, second,
                                        fingerprint, write_step, read_step,    seal_step};

// Below, steps without a function are not in this version.
constexpr Step request{"Make the request", "The administrator compares its subject with the certificate",
                       stop};
constexpr Step target{"Compare certificate and request",
                      "The administrator reads subject and key id of both aloud", stop};
constexpr Step cross_prepare{"Prepare the cross-certificate and lint it",
                             "The administrator compares subject, key id and constraints", stop};
constexpr Step last_crl{"Read the CRL before this one",
                        "The administrator reads its number and its entries aloud", stop};
constexpr Step crl_prepare{"Prepare the CRL and lint it",
                           "The internal witness compares every entry with the script", stop};
constexpr Step sign_object{"Sign with the issuer's key", "Nobody does anything", stop};
constexpr Step crl_words{"Read the hash aloud",
                         "The administrator reads the words; the internal witness ticks them", stop};
constexpr Step quorum{"Restore the key from a quorum",
                      "Each officer brings a share and types its passphrase, unseen by others",
                      "A share that is refused is named with its officer; another officer comes"};
constexpr Step proof{"Prove the key", "Nobody does anything; the key signs, and its certificate verifies",
                     stop};
constexpr Step deal{"Deal the shares anew", "Each officer types a passphrase for the new share", stop};
constexpr Step enumerate{"Enumerate the copies", "Each holder lays the copy named in the script on the table",
                         "A copy is missing: stop; a key is destroyed only as a whole"};
constexpr Step destroy_step{"Destroy every copy",
                            "The officers destroy each copy before the witnesses' eyes and give initials",
                            "What cannot be destroyed goes back to the safe under seal"};

constexpr std::array cross_csr_steps{roles,       machine, script_words, issuer,    request,
                                     sign_object, second,  write_step,   read_step, seal_step};
constexpr std::array cross_certificate_steps{roles,       machine,       script_words, issuer,
                                             target,      cross_prepare, sign_object,  second,
                                             fingerprint, write_step,    read_step,    seal_step};
constexpr std::array crl_steps{roles,       machine, script_words, issuer,     last_crl,  crl_prepare,
                               sign_object, second,  crl_words,    write_step, read_step, seal_step};
constexpr std::array recover_steps{roles, machine,    script_words, quorum,   proof,
                                   deal,  write_step, read_step,    seal_step};
constexpr std::array destroy_steps{roles,  machine,   script_words, enumerate,
                                   issuer, no_return, destroy_step, seal_step};

void print_step(std::ostream& out, std::size_t number, const Step& step) {
  out << "\n"
      << number << ". " << step.name << "\n   DO  " << step.doing << ".\n   IF it fails: " << step.failing
      << ".\n   initials ____________    UTC ____-__-__T__:__:__Z\n";
}

}  // namespace

std::span<const Step> steps_of(Kind kind) {
  switch (kind) {
    case Kind::root:
      return root_steps;
    case Kind::intermediate:
      return intermediate_steps;
    case Kind::cross_csr:
      return cross_csr_steps;
    case Kind::cross_certificate:
      return cross_certificate_steps;
    case Kind::crl:
      return crl_steps;
    case Kind::recover:
      return recover_steps;
    case Kind::destroy:
      return destroy_steps;
  }
  return {};
}

void print_steps(std::ostream& out, const Script& script) {
  out << script.title << "\n\n";
  for (const Fact& fact : describe(script)) out << "   " << fact.name << ": " << fact.value << '\n';
  std::size_t number = 0;
  for (const Step& step : steps_of(script.kind())) print_step(out, ++number, step);
}

}  // namespace chancery::ceremony
