// The steps of a ceremony. Each does one thing, says in a few words what came out, and hands on through the
// workbench.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ca/ceremony/custody/custody.h"
#include "ca/ceremony/run/copies_here.h"
#include "ca/ceremony/run/previous.h"
#include "ca/ceremony/run/rehearsal.h"
#include "ca/ceremony/run/run.h"
#include "ca/ceremony/run/step_table.h"
#include "ca/ceremony/run/transcript_listener.h"
#include "ca/ceremony/run/unfinished_folder.h"
#include "ca/issuance/issuer.h"
#include "ca/issuance/sign.h"
#include "ca/x509/csr.h"

namespace chancery::ceremony {

// A file of the bundle, as it will be read back.
struct BundleFile {
  std::string name, content;
};

// What lies on the table between steps. Secrets in it are wiped with it.
struct Workbench {
  Workbench(const Inputs& given, PreviousCeremony before, UnfinishedFolder folder, TranscriptWriter& writer)
      : inputs(given),
        now(given.clock.now()),
        previous(std::move(before)),
        present_list(previous.list),
        output(std::move(folder)),
        transcript(writer),
        listener(writer),
        conversation(given.interaction, listener) {}

  const Inputs& inputs;
  const TimePoint now;  // one moment for the whole ceremony
  const PreviousCeremony previous;
  PresentList present_list;   // of the ceremony before, then of this one
  PresentCopies copies_left;  // once the transcript has ended
  UnfinishedFolder output;
  TranscriptWriter& transcript;
  TranscriptListener listener;
  Conversation conversation;
  Tokens tokens;
  std::optional<x509::Certificate> authority;      // the issuer's, as it was read
  std::shared_ptr<const issuance::Issuer> issuer;  // null for a root; in a rehearsal maybe another
  std::unique_ptr<Custody> issuer_custody;
  std::unique_ptr<Custody> new_custody;
  std::unique_ptr<keys::Signer> new_key;
  std::optional<issuance::SigningToken> token;
  std::optional<issuance::SignedToken> signature;
  std::optional<x509::Certificate> certificate;
  std::optional<x509::Certificate> target;      // of a cross-certificate
  std::optional<crypto::PublicKey> target_key;  // the same key, decoded
  std::optional<issuance::CrlSigningToken> crl_token;
  std::optional<issuance::SignedCrlToken> crl_signature;
  std::optional<x509::Crl> previous_crl, crl;
  std::vector<std::string> announced;  // the copies on this machine that the point of no return named
  std::vector<CopyHere> ended_here;    // by this program, when it has signed
  std::vector<KeyCopy> ended_by_hand;  // as their holders say
  Bytes request_info, request;         // DER: CertificationRequestInfo, CertificationRequest
  std::vector<BundleFile> bundle;
  std::vector<WrittenFile> written;
  bool sealed = false;             // the transcript has ended
  bool signature_written = false;  // over that end and judged, if only under its void name

  [[nodiscard]] const Script& script() const { return inputs.script; }
  // Whose key signs the certificate and the transcript.
  [[nodiscard]] const keys::Signer& signer() const { return issuer ? issuer->signer() : *new_key; }
};

// Everybody named in the script gives initials.
StepResult take_roles(Workbench& bench);
// Every check; one that fails ends the ceremony unless the script declares the exception.
StepResult look_at_machine(Workbench& bench);
// And the head of the ceremony before, unless the script itself names it.
StepResult read_script_aloud(Workbench& bench);
// The issuer's certificate is a root in force that replay accepts, the key is its key, and the new
// certificate would end no later.
StepResult open_issuer(Workbench& bench);
// Before a root's key is made, which signs nothing but its own certificate.
StepResult pass_point_of_no_return(Workbench& bench);
// Before an intermediate's key is made; nothing has been signed then.
StepResult pass_point_of_new_key(Workbench& bench);
// The same before the issuer's key signs a certificate, a list or a request.
StepResult pass_point_of_signing(Workbench& bench);
// Makes the key in its custody, and goes on with what opening it from there gave back.
StepResult make_key(Workbench& bench);
StepResult check_key(Workbench& bench);
// The TBS, then the whole certificate under a throw-away key.
StepResult prepare_and_lint(Workbench& bench);
StepResult sign_once(Workbench& bench);
// TBS bytes, signature, a second implementation, and the lints once more.
StepResult check_certificate(Workbench& bench);
StepResult read_fingerprint_aloud(Workbench& bench);
StepResult write_files(Workbench& bench);
// From disk again, byte for byte.
StepResult read_back(Workbench& bench);
// Ends the transcript, signs its head, has the bundle judged, and gives the output its name.
StepResult seal(Workbench& bench);

// Restores the new key from other shares than gave it; where there are none, opens it again.
StepResult prove_backup(Workbench& bench);
// A request with the name and key of the authority's certificate (RFC 2986).
StepResult make_request(Workbench& bench);
StepResult sign_request(Workbench& bench);
StepResult read_request_hash_aloud(Workbench& bench);
// Both implementations read it, and it asks for the certificate's name and key.
StepResult check_request(Workbench& bench);
// The CA to certify: its request is signed by the key of its certificate, under the same name, and that key
// is not the issuer's.
StepResult read_target(Workbench& bench);
// The list before this one is the issuer's, the one that the previous ceremony records, and its number is
// less.
StepResult read_last_crl(Workbench& bench);
StepResult prepare_and_lint_crl(Workbench& bench);
StepResult sign_crl(Workbench& bench);
// Also that no entry of the list before has vanished.
StepResult check_crl(Workbench& bench);
StepResult read_crl_hash_aloud(Workbench& bench);
// Signs, and the certificate's key verifies.
StepResult prove_key(Workbench& bench);
// Before new shares exist; nobody is asked where the script deals none.
StepResult pass_point_of_dealing(Workbench& bench);
StepResult deal_anew(Workbench& bench);
// Each holder says that the copy named in the script is there; nobody is asked where the script ends none.
StepResult enumerate_copies(Workbench& bench);
StepResult pass_point_of_destruction(Workbench& bench);
// What its holders destroy, and say so; what lies on this machine is destroyed when the transcript has been
// signed, by seal(). In a recovery the new shares are whole by then.
StepResult destroy_copies(Workbench& bench);
// Before the point of no return: the shares that were opened are in the hands that the script says, and what
// lies on this machine is what the script says and can be destroyed. Result: words for that point which name
// these files. Errors: those of look_at_copy(), of Custody::check_destroyable().
Result<std::string> check_can_end(Workbench& bench);
// Before the transcript ends: nothing lies where a holder destroyed it. Errors: conflict, unavailable.
Result<void> check_nothing_came_back(const Workbench& bench);
// Overwritten; then taken away as far as they can be, once the signature says that they are gone. Errors:
// those of destroy_copies_here(), of Custody::destroy().
Result<void> end_copies(Workbench& bench);
void clear_copies_away(Workbench& bench);
// The program itself destroys copies, when the transcript has been signed.
bool destroys_at_the_end(const Workbench& bench);

// Of a key in `folder`.
CustodySurroundings surroundings_of(Workbench& bench, const std::string& folder, const std::string& key,
                                    const std::string& question);
// A certificate that the script names.
Result<x509::Certificate> read_certificate(const Inputs& inputs, const std::string& path);
Result<x509::Crl> read_crl(const Inputs& inputs, const std::string& path);
// In two implementations.
Result<x509::CertificateRequest> read_request(const Inputs& inputs, const std::string& path);
// Before anybody is asked: the files that the script names are there and can be read, those of shares fit
// each other as far as can be told without a passphrase, and no copy that is to be destroyed is another one
// by its other name. Errors: those of reading, validation, conflict.
Result<void> check_inputs(const Inputs& inputs);
// The same of a list's script, once the ceremony before has been read: the list goes on from `present`, its
// number is greater, and what it revokes can be. Errors: those of reading, validation.
Result<void> check_crl_inputs(const Inputs& inputs, const PresentList& present);
// Errors: validation.
Result<void> check_number(const x509::Crl& previous, std::uint64_t number);
// The file that a revocation names; never the authority's own. `issuer`: who may have issued it besides, a
// rehearsal's stand-in; null where this is not known yet, and not compared. Errors: those of reading,
// validation.
Result<x509::Certificate> certificate_to_revoke(const Inputs& inputs, const Revocation& revocation,
                                                const x509::Certificate& authority,
                                                const x509::Certificate* issuer);
// Writes key.used with the officers whose shares gave the key.
Result<void> record_officers(Workbench& bench, const std::string& key, std::string_view custody_kind,
                             const crypto::PublicKey& public_key, const Custody& custody);
Result<void> record_tbs(Workbench& bench, const std::string& what, const std::string& hash);
// Which rules a certificate of this ceremony keeps. Precondition: it makes one.
lint::Kind lint_kind(Kind kind);
// Of a whole object that passed `rules` lints; `hash` of its DER.
Result<void> record_lint(Workbench& bench, const std::string& what, const crypto::Sha256Digest& hash,
                         std::size_t rules);
inline constexpr std::string_view previous_question = "words.previous";
inline constexpr std::string_view warnings_question = "lint.warnings";
// Each warning in `findings` of the `what` is shown and written down, and the internal witness, who keeps the
// exception log, gives initials for going on; nobody is asked where there is none. Result: words for the
// step, which may be none. Errors: those of the conversation.
Result<std::string> settle_warnings(Workbench& bench, const std::string& what, const Findings& findings);
// A finished certificate or CRL that its second lint refuses: internal, one detail a finding.
Error withheld(const std::string& object, const Findings& findings);
// A new CA must have a key of its own. Errors: validation.
Result<void> check_distinct_keys(const crypto::PublicKey& issuer, const crypto::PublicKey& subject);
// The new certificate must not outlive `issuer`. Errors: validation, naming both ends.
Result<void> check_within_issuer(const x509::Validity& validity, const x509::Certificate& issuer);

// Of a ceremony that has come to its end.
Outcome outcome_of(const Workbench& bench);

}  // namespace chancery::ceremony
