#include "ca/ceremony/run/step_table.h"

#include <array>

#include "ca/ceremony/run/steps.h"

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
constexpr Step script_words{
    "Read the script's hash aloud",
    "The administrator reads the words; the internal witness ticks them on the "
    "reviewed copy of the script and gives initials. Where the script names the bundle of "
    "a ceremony before without its hash, so with its words, on its report",
    "The script is not the reviewed one, or the ceremony before not the last: stop", read_script_aloud};
constexpr Step issuer{"Open the issuer",
                      "The officers bring the issuer's key: its token, or their shares and passphrases",
                      "A wrong certificate or key: stop, and bring the right one", open_issuer};
constexpr Step no_return{
    "Point of no return", "The administrator asks aloud whether anybody objects, and types \"proceed\"",
    "No key exists yet: stop; DIR.unfinished keeps the transcript up to here", pass_point_of_no_return};
constexpr Step key_no_return{
    "Point of no return", "The administrator asks aloud whether anybody objects, and types \"proceed\"",
    "No key exists yet: stop; DIR.unfinished keeps the transcript up to here", pass_point_of_new_key};
constexpr Step sign_no_return{
    "Point of no return", "The administrator asks aloud whether anybody objects, and types \"proceed\"",
    "Nothing has been signed yet: stop, and the key goes back to its safe", pass_point_of_signing};
constexpr Step certify_no_return{
    "Point of no return",
    "The administrator compares what is shown with the script, asks aloud whether anybody objects, and types "
    "\"proceed\"",
    "Nothing has been signed yet: stop; what exists of the new key is destroyed, and the issuer's goes back "
    "to "
    "its safe",
    pass_point_of_signing};
constexpr Step deal_no_return{
    "Point of no return",
    "The administrator asks aloud whether anybody objects, and types \"proceed\"; not asked where the "
    "script deals no new shares",
    "No new share exists yet: stop, and the old ones go back to their safes", pass_point_of_dealing};
constexpr Step new_key{"Make the key", "The officers give passphrases or the token's PIN, unseen by others",
                       destroy_medium, make_key};
constexpr Step key_check{"Check the key", "Nobody does anything; the key id is written down", destroy_medium,
                         check_key};
constexpr Step backup{"Restore the key from its backup",
                      "Other officers than those whose shares gave the key type their passphrases again",
                      destroy_medium, prove_backup};
constexpr Step again{"Open the key again",
                     "Nobody does anything. Of a key in a token or in one file this ceremony makes no backup "
                     "and restores none: what is lost with it is lost",
                     destroy_medium, prove_backup};
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
                          "The medium is full or broken: make room and begin again with --resume, or "
                          "begin on another and destroy what lies on this one",
                          write_files};
constexpr Step read_step{"Read the files back", "Nobody does anything",
                         "Do not trust the medium: take another", read_back};
constexpr Step seal_step{"Sign the transcript and hand over",
                         "The bundle goes to whoever publishes it; what lies in custody goes to the "
                         "custodians named in the script, into sealed bags with numbers",
                         "Nothing is handed over: what was made is void, and the machine has destroyed a new "
                         "key and its shares, or names what it could not destroy. Mend it, and begin again "
                         "with --resume, which makes everything anew",
                         seal};

constexpr Step request{"Make the request", "The administrator compares its subject with the certificate",
                       stop, make_request};
constexpr Step target{"Compare certificate and request",
                      "The administrator reads subject and key id of both aloud", stop, read_target};
constexpr Step cross_prepare{"Prepare the cross-certificate and lint it",
                             "The administrator compares subject, key id and constraints", stop,
                             prepare_and_lint};
constexpr Step last_crl{"Read the CRL before this one",
                        "The administrator reads its number and its entries aloud", stop, read_last_crl};
constexpr Step crl_prepare{"Prepare the CRL and lint it",
                           "The internal witness compares every entry with the script. Where the rules "
                           "warn, the internal witness writes down why and gives initials",
                           stop, prepare_and_lint_crl};
constexpr Step sign_cross{"Sign with the issuer's key", "Nobody does anything", stop, sign_once};
constexpr Step sign_csr{"Sign with its own key", "Nobody does anything", stop, sign_request};
constexpr Step sign_list{"Sign with the issuer's key", "Nobody does anything", stop, sign_crl};
constexpr Step check_csr{"Read the request strictly", "Nobody does anything", stop, check_request};
constexpr Step check_list{"Check it in two implementations", "Nobody does anything", stop, check_crl};
constexpr Step end_no_return{
    "Point of no return", "The administrator asks aloud whether anybody objects, and types \"proceed\"",
    "Nothing has been destroyed yet: stop, and the copies go back to their safes", pass_point_of_destruction};
constexpr Step crl_words{"Read the hash aloud",
                         "The administrator reads the words; the internal witness ticks them", stop,
                         read_crl_hash_aloud};
constexpr Step request_words{"Read the hash aloud",
                             "The administrator reads the words; the internal witness ticks them, and "
                             "whoever takes the request along compares them there",
                             stop, read_request_hash_aloud};
constexpr Step quorum{
    "Restore the key from a quorum", "Each officer brings a share and types its passphrase, unseen by others",
    "A share that is refused is named with its officer; another officer comes", open_issuer};
constexpr Step proof{"Prove the key", "Nobody does anything; the key signs, and its certificate verifies",
                     stop, prove_key};
constexpr Step deal{"Deal the shares anew", "Each officer types a passphrase for the new share", stop,
                    deal_anew};
constexpr Step enumerate{"Enumerate the copies", "Each holder lays the copy named in the script on the table",
                         "A copy is missing: stop; only a reviewed script leaves one, under outstanding",
                         enumerate_copies};
constexpr Step destroy_step{
    "Destroy every copy",
    "Each holder destroys the copy before the witnesses' eyes and gives initials; "
    "those that lie on this machine it destroys itself, when it has signed",
    "What cannot be destroyed goes back to the safe under seal. What was destroyed before it "
    "failed the next script names with destroyed_in",
    destroy_copies};
constexpr Step enumerate_old{
    "Enumerate the old shares",
    "Each holder lays the old share named in the script on the table; nobody is asked "
    "where the script deals no new ones",
    "One is missing: stop; a reviewed script declares it under outstanding", enumerate_copies};
constexpr Step retire_step{
    "Destroy the old shares",
    "Each holder destroys the old share before the witnesses' eyes and gives initials; "
    "those that lie on this machine it destroys itself, when it has signed",
    "The old shares that are left are as good as before, and the new ones are destroyed: mend it and "
    "resume, or take those that are left back to their safes",
    destroy_copies};
constexpr Step retire_seal{
    "Sign the transcript and hand over",
    "The bundle goes to whoever publishes it; the new shares go to their officers, into "
    "sealed bags with numbers. Media from which old shares were installed are shredded, with two initials "
    "each "
    "on the sheet",
    "The new shares in DIR.unfinished may be the only ones: keep it under witness and "
    "resume, which destroys what is left of the old ones",
    seal};

constexpr Step end_step{
    "Sign the transcript, and destroy the key",
    "The bundle goes to whoever publishes it; it is the certificate of destruction. Media from "
    "which copies were installed are shredded, with two initials each on the sheet",
    "The transcript has no signature, or a void one: keep DIR.unfinished under witness, "
    "mend what the machine names, and run the same command with --resume, which destroys "
    "what is left",
    seal};

constexpr std::array root_steps{roles,       machine,    script_words, no_return, new_key,
                                key_check,   backup,     prepare_step, sign_root, second,
                                fingerprint, write_step, read_step,    seal_step};
constexpr std::array intermediate_steps{
    roles,        machine,           script_words, issuer, key_no_return, new_key,    key_check, backup,
    prepare_step, certify_no_return, sign_below,   second, fingerprint,   write_step, read_step, seal_step};
// One word for the key and for the signature, said before there was a certificate to look at.
constexpr std::array intermediate_steps_to_format_2{
    roles,        machine,    script_words, issuer,      no_return,  new_key,   key_check, backup,
    prepare_step, sign_below, second,       fingerprint, write_step, read_step, seal_step};

// A backup is restored only where there is one: from other shares.
template <std::size_t count>
constexpr std::array<Step, count> without_backup(std::array<Step, count> steps) {
  for (Step& step : steps) {
    if (step.name == backup.name) step = again;
  }
  return steps;
}
constexpr std::array root_steps_without_backup = without_backup(root_steps);
constexpr std::array intermediate_steps_without_backup = without_backup(intermediate_steps);

constexpr std::array cross_csr_steps{roles,         machine,        script_words, issuer,
                                     request,       sign_no_return, sign_csr,     check_csr,
                                     request_words, write_step,     read_step,    seal_step};
// Nobody read its hash aloud.
constexpr std::array cross_csr_steps_to_format_2{roles,      machine,        script_words, issuer,
                                                 request,    sign_no_return, sign_csr,     check_csr,
                                                 write_step, read_step,      seal_step};
constexpr std::array cross_certificate_steps{roles,         machine,        script_words, issuer, target,
                                             cross_prepare, sign_no_return, sign_cross,   second, fingerprint,
                                             write_step,    read_step,      seal_step};
constexpr std::array crl_steps{roles,       machine,        script_words, issuer,     last_crl,
                               crl_prepare, sign_no_return, sign_list,    check_list, crl_words,
                               write_step,  read_step,      seal_step};
constexpr std::array recover_steps{roles,      machine,   script_words,   enumerate_old,
                                   quorum,     proof,     deal_no_return, deal,
                                   write_step, read_step, retire_step,    retire_seal};
// The old shares were left to their holders.
constexpr std::array recover_steps_to_format_2{roles,          machine, script_words, quorum,    proof,
                                               deal_no_return, deal,    write_step,   read_step, seal_step};
constexpr std::array destroy_steps{roles,         machine,      script_words, enumerate, issuer,
                                   end_no_return, destroy_step, write_step,   read_step, end_step};

}  // namespace

std::span<const Step> steps_of(const Script& script, std::int64_t format) {
  const std::optional<CustodyPlan> made = new_custody(script.plan);
  const bool restored = format < 3 || (made && std::holds_alternative<ShareCustody>(*made));
  switch (script.kind()) {
    case Kind::root:
      if (!restored) return root_steps_without_backup;
      return root_steps;
    case Kind::intermediate:
      if (format < 3) return intermediate_steps_to_format_2;
      if (!restored) return intermediate_steps_without_backup;
      return intermediate_steps;
    case Kind::cross_csr:
      if (format < 3) return cross_csr_steps_to_format_2;
      return cross_csr_steps;
    case Kind::cross_certificate:
      return cross_certificate_steps;
    case Kind::crl:
      return crl_steps;
    case Kind::recover:
      if (format < 3) return recover_steps_to_format_2;
      return recover_steps;
    case Kind::destroy:
      return destroy_steps;
  }
  return {};
}

}  // namespace chancery::ceremony
