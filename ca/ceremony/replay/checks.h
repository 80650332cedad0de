// The checks of replay, one concern a file. Inside ca/ceremony/replay.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/ceremony/replay/record.h"
#include "ca/ceremony/replay/replay.h"
#include "ca/ceremony/run/fields.h"

namespace chancery::ceremony {

// What the checks look at. Borrowed.
struct Material {
  const Bundle& bundle;
  const Script& script;
  const Record& record;
  const std::vector<CertificateFile>& certificates;
  const std::vector<CrlFile>& crls;
  const Replay* previous = nullptr;  // null: not given

  [[nodiscard]] const x509::Certificate* certificate(std::string_view name) const;
  [[nodiscard]] const x509::Crl* crl(std::string_view name) const;
  [[nodiscard]] std::int64_t format() const { return record.first().number("format"); }
  // The transcript is of format 2, or names its program's version: it records lints, points of no return, and
  // the evidence of every check whole.
  [[nodiscard]] bool versioned() const { return format() >= 2 || !record.first().text("version").empty(); }
  // Whose key signed the transcript: the root that was made, else the issuer. Null: not in the bundle.
  [[nodiscard]] const x509::Certificate* signer() const;
  // The certificate that the ceremony made; null when it made none or it is not there.
  [[nodiscard]] const x509::Certificate* made() const;
};

// The ceremony `previous` made the certificate of the key that signed this one: an intermediate's own
// ceremonies begin there (previous_checks.cpp).
bool made_in(const Replay& previous, const x509::Certificate& certificate);
bool begins_branch(const Material& material, const Replay& previous);
// Since format 3 the head of the ceremony before is read aloud, where the script does not name it.
bool reads_previous_aloud(const Material& material);
// Whether the hash of a request to be certified elsewhere must have been read aloud.
bool reads_request_aloud(const Material& material);
// Whether a list goes on from what the ceremony before left, which is given (list_checks.cpp).
Check list_check(const Material& material, const Replay& previous);
// The same for what is signed although no list follows that could revoke it.
Check after_last_check(const Material& material, const Replay& previous);
// What transcripts of format 1 do not record, and nobody can miss there.
Check recorded_since_format_2(std::string name);
// "" = passed, and `seen` is shown.
Check check_of(std::string name, const std::string& fault, const std::string& seen);
// The same of what transcripts that name no version cannot show whole: a fault fails it, and without one it
// is not checked.
Check whole_check(const Material& material, std::string name, const std::string& fault,
                  const std::string& seen);
// "" when the field says what the script wants.
std::string differs(const Entry& entry, std::string_view field, const std::string& wanted);
// The questions of its points of no return, in their order; none when a plan makes, signs and destroys
// nothing that lasts.
std::vector<std::string_view> no_return_questions(const Material& material);
// The name of the certificate that a plan of this kind makes; "" = none.
std::string certificate_output(const Plan& plan);
std::string chain_output(const Plan& plan);
std::string crl_output(const Plan& plan);

// The moment that validity is counted from, as the one line `tbs` records it, and the hash of the line before
// it where the serial number holds that.
Result<Occasion> tbs_occasion(const Material& material);
// That moment, for the lints; none where the record of it is at fault, which is said elsewhere.
std::optional<TimePoint> signing_moment(const Material& material);
// "" when that line has the SHA-256 of `tbs`.
std::string tbs_hash_fault(const Material& material, ByteView tbs);

// Line 1 against the script and steps (record_checks.cpp), and the three below.
void check_record(const Material& material, std::vector<Check>& checks);
// Nothing that a ceremony of this kind does not write (event_checks.cpp).
void check_events(const Material& material, std::vector<Check>& checks);
// Who came and what they said, never a secret, and nothing that nobody asked (people_checks.cpp).
void check_people(const Material& material, std::vector<Check>& checks);
void check_preflight(const Material& material, std::vector<Check>& checks);
// Custody of the keys, and the officers whose shares gave them (custody_checks.cpp).
void check_custody(const Material& material, std::vector<Check>& checks);
// Export list, hashes, aborted attempts, copies (file_checks.cpp).
void check_files(const Material& material, std::vector<Check>& checks);
// Words, keys, rebuilt TBS (made_checks.cpp, crl_checks.cpp, cross_checks.cpp).
void check_made(const Material& material, std::vector<Check>& checks);
void check_crl(const Material& material, std::vector<Check>& checks);
// What the transcript records as the root's list of now (list_checks.cpp).
void check_present_list(const Material& material, std::vector<Check>& checks);
void check_cross_certification(const Material& material, std::vector<Check>& checks);
// What the transcript records as left of the key's copies (copies_checks.cpp).
void check_copies(const Material& material, std::vector<Check>& checks);
// Every copy that the script names is destroyed (destruction_checks.cpp).
void check_destruction(const Material& material, std::vector<Check>& checks);
// The point of no return, and the lints of what was signed, which older transcripts do not record
// (care_checks.cpp).
void check_care(const Material& material, std::vector<Check>& checks);
// Where an existing key signs, people know what will be signed before they say the last word. In transcripts
// of formats 1 and 2 an intermediate's word came before that.
bool knows_what_is_signed(const Material& material);
// What the lints say of the finished CRL; never null parts. Errors: validation (the list before has no
// number).
Result<Findings> crl_findings(const Material& material, const x509::Crl& crl,
                              const x509::Certificate& issuer);
// What the lints warn of was recorded, and confirmed before the signature (warning_checks.cpp).
void check_warnings(const Material& material, std::vector<Check>& checks);
// Tokens and their modules (token_checks.cpp).
void check_tokens(const Material& material, std::vector<Check>& checks);
// By which ways the secrets came (secret_checks.cpp).
void check_secrets(const Material& material, std::vector<Check>& checks);
// The ceremony before (previous_checks.cpp).
void check_previous(const Material& material, const std::optional<std::string>& path,
                    std::vector<Check>& checks);

}  // namespace chancery::ceremony
