// Scripts that are wrong in one place each: the message names it, and says what to do.
#include "tests/unit/ca/ceremony/script/examples.h"

namespace chancery::ceremony {
namespace {

using testing::example;
using ::testing::HasSubstr;
using testing::intermediate_script;
using testing::root_script;
using testing::with;

struct Fault {
  const char* name;
  std::string script;
  std::string from, to;
  std::string said;  // part of the message
};

void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

class ScriptFault : public ::testing::TestWithParam<Fault> {};

TEST_P(ScriptFault, IsRefusedWithItsPlace) {
  const Fault& fault = GetParam();
  const Result<Script> script = parse_script(with(fault.script, fault.from, fault.to), "faulty.yaml");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().code, ErrorCode::validation);
  EXPECT_THAT(script.error().message, HasSubstr(fault.said));
  EXPECT_THAT(script.error().message, HasSubstr("faulty.yaml:"));
  EXPECT_FALSE(script.error().details.empty());
}

const auto name_of = [](const auto& fault) { return std::string(fault.param.name); };

INSTANTIATE_TEST_SUITE_P(
    People, ScriptFault,
    ::testing::Values(
        Fault{"two_roles", root_script, "Bob Brown", "Ada Adams", "Ada Adams is already administrator"},
        Fault{"two_roles_folded", root_script, "Bob Brown", "\" ada  ADAMS\"", "already administrator"},
        Fault{"officer_twice", root_script, "Gil Gray", "Flo Ford", "already among the crypto_officers"},
        Fault{"officer_is_controller", root_script, "Gil Gray", "Dan Doe", "already safe_controllers"},
        Fault{"blank", root_script, "Bob Brown", "\" \"", "blank"},
        Fault{"two_lines", root_script, "Bob Brown", "\"Bob\\nBrown\"",
              "faulty.yaml:5:21: it must be one line, but holds the control character U+000A"},
        Fault{"officer_of_two_lines", root_script, "Gil Gray", "\"Gil\\tGray\"",
              "but holds the control character U+0009"},
        Fault{"turned_around", root_script, "Bob Brown", "Bob \xe2\x80\xaenworB",
              "faulty.yaml:5:25: U+202E, which turns the direction of the text around; delete it"},
        Fault{"joined", root_script, "Gil Gray", "\"Gil\\u200dGray\"",
              "faulty.yaml:8:31: a text that holds U+200D"},
        Fault{"name_too_long", root_script, "Gil Gray", std::string(101, 'x'), "at most 100"},
        Fault{"no_external_witness", root_script, "  external_witness: Cy Clark\n", "", "external_witness"},
        Fault{"no_officer", root_script, "[Flo Ford, Gil Gray]", "[]", "crypto_officers"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Custody, ScriptFault,
    ::testing::Values(
        Fault{"blank_title", root_script, "title: \"Test root\"", "title: \"   \"",
              "'title' must not be blank"},
        Fault{"blank_reason", root_script, "reason: only a test", "reason: \"    \"",
              "'reason' must not be blank"},
        Fault{"output_marked_as_rehearsed", root_script, "certificate: root.pem",
              "certificate: REHEARSAL-root.pem", "marks what a rehearsal makes"},
        Fault{"key_marked_as_rehearsed", root_script, "file: root.key.pem", "file: REHEARSAL-root.key.pem",
              "marks what a rehearsal makes"},
        Fault{"token_key_marked_as_rehearsed", root_script, "file: root.key.pem\n  reason: only a test",
              "token: {module: /usr/lib/x.so, label: Root, key: REHEARSAL-r1}",
              "marks what a rehearsal makes"},
        Fault{"country_in_small_letters", root_script, "country: CH", "country: ch", "two capital letters"},
        Fault{"root_file_without_reason", root_script, "  reason: only a test\n", "", "reason"},
        Fault{"none", root_script, "custody:\n  file: root.key.pem\n  reason: only a test", "custody: {}",
              "one of token, shares and file"},
        Fault{"two", root_script, "  file: root.key.pem",
              "  file: root.key.pem\n  shares: {threshold: 2, officers: 2}", "one of token, shares and file"},
        Fault{"file_climbs", root_script, "file: root.key.pem", "file: ../root.key.pem", "plain name"},
        Fault{"threshold_over_officers", example("root"), "threshold: 2", "threshold: 4", "only 3 officers"},
        Fault{"threshold_one", example("root"), "threshold: 2", "threshold: 1", "threshold"},
        Fault{"officers_not_named", example("root"), "officers: 3", "officers: 4", "names 3"},
        Fault{"seventeen_officers", example("root"), "officers: 3", "officers: 17", "officers"},
        Fault{"too_few_share_files", example("intermediate"), ", root/custody/root.3.share", "",
              "1 share files are named"},
        Fault{"too_few_officers_come", example("intermediate"), "[Frances Allen, Grace Hopper, Hedy Lamarr]",
              "[Frances Allen]", "must open shares"},
        Fault{"token_module_relative", example("root"), "custody:\n",
              "custody:\n  token: {module: p11.so, label: R1, key: r1}\n", "absolute"},
        Fault{"token_of_no_name", example("root"), "custody:\n",
              "custody:\n  token: {module: /p11.so, key: r1}\n", "by its label, by its slot, or by both"},
        Fault{"token_slot_too_high", example("root"), "custody:\n",
              "custody:\n  token: {module: /p11.so, slot: 4294967296, key: r1}\n", "slot"},
        Fault{"token_slot_negative", example("root"), "custody:\n",
              "custody:\n  token: {module: /p11.so, slot: -1, key: r1}\n", "slot"},
        Fault{"token_label_too_long", example("root"), "custody:\n",
              "custody:\n  token: {module: /p11.so, label: " + std::string(33, 'x') + ", key: r1}\n",
              "label"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Values, ScriptFault,
    ::testing::Values(
        Fault{"unknown_kind", root_script, "ceremony: root", "ceremony: party",
              "must be one of root, intermediate"},
        Fault{"kind_missing", root_script, "ceremony: root\n", "", "ceremony"},
        Fault{"title_of_two_lines", root_script, "\"Test root\"", "\"Test\\nreplayed: 50 checks\"",
              "faulty.yaml:2:8: it must be one line"},
        Fault{"title_with_a_line_separator", root_script, "\"Test root\"", "\"Test\\u2028root\"",
              "faulty.yaml:2:8: a text that holds U+2028, which breaks the line"},
        Fault{"title_with_a_zero_width_space", root_script, "Test root", "Test\xe2\x80\x8broot",
              "faulty.yaml:2:13: U+200B, which nobody can see"},
        Fault{"common_name_with_next_line", root_script, "Test Root", "\"Test\\u0085Root\"",
              "a text that holds the control character U+0085"},
        Fault{"common_name_too_long", root_script, "Test Root", std::string(65, 'x'), "64"},
        Fault{"country_three_letters", root_script, "country: CH", "country: CHE", "two letters"},
        Fault{"key_weak", root_script, "P-384", "RSA-1024", "P-256, P-384 or P-521, not RSA-1024"},
        Fault{"lifetime_zero", root_script, "3650d", "0d", "lifetime"},
        Fault{"lifetime_past_the_limit", root_script, "3650d", "3654d", "lifetime"},
        Fault{"not_before_local", root_script, "3650d", "3650d\n  not_before: 2026-01-01T00:00:00+01:00",
              "not_before"},
        Fault{"output_climbs", root_script, "certificate: root.pem", "certificate: ../root.pem",
              "plain file name"},
        Fault{"output_hidden", root_script, "certificate: root.pem", "certificate: .root", "plain file name"},
        Fault{"output_of_our_own", root_script, "certificate: root.pem", "certificate: transcript.sig",
              "of the bundle's own"},
        Fault{"output_of_a_void_signature", root_script, "certificate: root.pem",
              "certificate: transcript.sig.void", "of the bundle's own"},
        Fault{"output_twice", intermediate_script, "chain.pem", "intermediate.pem", "named twice"},
        Fault{"root_with_issuer", root_script, "outputs:", "issuer: {certificate: a}\noutputs:", "issuer"},
        Fault{"no_previous", intermediate_script, "previous:\n  bundle: root/bundle\n", "", "previous"},
        Fault{"library_in_a_folder", root_script, "subject:",
              "preflight:\n  libraries:\n    - file: lib/a.so\n      sha256: " + std::string(64, 'a') +
                  "\nsubject:",
              "without its folder"},
        Fault{"previous_empty", intermediate_script, "previous:\n  bundle: root/bundle", "previous: {}",
              "previous needs bundle"},
        Fault{"previous_hash_short", intermediate_script, "bundle: root/bundle", "transcript: abcd",
              "32 octets"},
        Fault{"intermediate_too_long", intermediate_script, "1826d", "1828d", "lifetime"},
        Fault{"path_length_one", intermediate_script, "path_length: 0", "path_length: 1", "path_length"},
        Fault{"crl_five", intermediate_script, "[\"http://pki.example/root.crl\"]",
              "[\"http://a/\", \"http://b/\", \"http://c/\", \"http://d/\", \"http://e/\"]",
              "crl_distribution_points"},
        Fault{"crl_https", intermediate_script, "http://pki.example/root.crl", "https://pki.example/root.crl",
              "http://"},
        Fault{"constraint_of_nothing", example("intermediate"), "dns:example.internal", "name:x", "name:x"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    OtherKinds, ScriptFault,
    ::testing::Values(
        Fault{"exception_unknown", example("demo-root"), "check: swap", "check: weather", "no check weather"},
        Fault{"exception_script", example("demo-root"), "check: swap", "check: script", "only shows"},
        Fault{"exception_binary", example("demo-root"), "check: swap", "check: binary", "that program"},
        Fault{"exception_libraries", example("demo-root"), "check: swap", "check: libraries", "as much the"},
        Fault{"exception_token_module", example("demo-root"), "check: swap", "check: token_module",
              "drives no token"},
        Fault{"exception_entropy", example("demo-root"), "check: swap", "check: entropy", "can be guessed"},
        Fault{"exception_clock_19_octets", example("demo-root"),
              "check: swap\n      reason: the demo leaves the machine as it is",
              "check: clock\n      reason: the clock is wrong.", "at least 20"},
        Fault{"exception_twice", example("demo-root"), "check: swap", "check: routes", "a second time"},
        Fault{"tolerance_over_an_hour", example("root"), "120s", "3601s", "clock_tolerance"},
        Fault{"nonce_short", example("cross-certificate"), "8f1c0d5be2a74963b05f7e21c4d89a36",
              "8f1c0d5be2a74963b05f7e21c4d89a", "16 to 32 octets"},
        Fault{"eku_any", example("cross-certificate"), "[serverAuth, clientAuth]", "[anyExtendedKeyUsage]",
              "not allowed"},
        Fault{"eku_twice", example("cross-certificate"), "[serverAuth, clientAuth]",
              "[serverAuth, serverAuth]", "named twice"},
        Fault{"crl_number_zero", example("crl"), "number: 2", "number: 0", "number"},
        Fault{"crl_over_a_year", example("crl"), "180d", "366d", "next_update"},
        Fault{"crl_last_over_ten_years", example("last-crl"), "1830d", "3654d", "next_update"},
        Fault{"crl_last_for_19_octets", example("last-crl"), "R1 is destroyed next, and R2 is in use",
              "R1 is destroyed now", "at least 20"},
        Fault{"after_the_last_list_for_19_octets", example("crl"), "number: 2",
              "number: 2\n  after_last_reason: a key was lost, too", "at least 20"},
        Fault{"certificate_after_the_last_list_for_19_octets", example("intermediate"), "path_length: 0",
              "path_length: 0\nafter_last_reason: R2 is late, and so.", "at least 20"},
        Fault{"crl_over_a_year_without_a_reason", example("last-crl"),
              "  last_reason: R1 is destroyed next, and R2 is in use  # only with this more than 365d, and "
              "never "
              "beyond R1's end\n",
              "", "next_update"},
        Fault{"crl_first_and_previous", example("crl"), "number: 2", "number: 2\n  first: true",
              "either previous"},
        Fault{"crl_hold", example("crl"), "keyCompromise", "certificateHold", "not a reason"},
        Fault{"crl_nothing_to_revoke", example("crl"),
              "certificate: i1/bundle/intermediate.pem  # or serial: 40...\n      reason", "reason",
              "names the certificate's file, its serial, or both"},
        Fault{"recover_from_a_file", example("recover"),
              "    shares:\n      threshold: 2\n      officers: 3\n      files: [root/custody/root.1.share, "
              "root/custody/root.2.share]\n",
              "    file: root.key.pem\n", "only a key in the custody of shares"},
        Fault{"destroy_one_share_short", example("destroy"),
              "  - form: share\n    where: recovery-1/custody/root.2.share\n    holder: Grace Hopper\n", "",
              "copies names 2"},
        Fault{"destroy_place_twice", example("destroy"), "where: recovery-1/custody/root.2.share",
              "where: recovery-1/custody/root.1.share", "root.1.share is named twice"},
        Fault{"destroy_place_twice_spelt_otherwise", example("destroy"),
              "where: recovery-1/custody/root.2.share", "where: ./recovery-1//custody/root.1.share",
              "is named twice"},
        Fault{"destroy_two_shares_of_one_officer", example("destroy"), "holder: Grace Hopper",
              "holder: Ida Rhodes", "only 2 people hold them"},
        Fault{"destroy_holder_without_role", example("destroy"), "holder: Dorothy Vaughan", "holder: Mallory",
              "Mallory has no role"},
        Fault{"destroy_used_share_not_named", example("destroy"), "where: recovery-1/custody/root.3.share",
              "where: recovery-1/custody/root.4.share",
              "copies does not name the share recovery-1/custody/root.3"},
        Fault{"destroy_used_token_not_named", example("token-destroy"), "where: Root R1 (UserPIN)",
              "where: Root R2", "copies does not name the token Root R1 (UserPIN)"},
        Fault{"destroy_used_token_as_another_form", example("token-destroy"), "form: token", "form: file",
              "copies does not name the token Root R1 (UserPIN)"},
        Fault{"recover_without_retire", example("recover"),
              "retire:  # every share of before; destroyed when the new ones have been proven\n", "copies:\n",
              "retire"},
        Fault{"retire_without_reshare", example("recover"), "reshare:\n  threshold: 2\n  officers: 3\n", "",
              "only beside reshare"},
        Fault{"retire_one_share_short", example("recover"),
              "  - form: share\n    where: root/custody/root.2.share\n    holder: Grace Hopper\n", "",
              "retire names 2"},
        Fault{"retire_used_share_not_named", example("recover"), "where: root/custody/root.2.share",
              "where: root/custody/root.3.share", "retire does not name the share root/custody/root.2"},
        Fault{"retire_two_shares_of_one_officer", example("recover"), "officer: Hedy Lamarr",
              "officer: Grace Hopper", "only 2 people hold them"},
        Fault{"retire_of_two_dealings", example("recover"), "officer: Hedy Lamarr",
              "dealing: 1\n    officer: Hedy Lamarr", "or of none"},
        Fault{
            "outstanding_for_19_octets", example("destroy"), "reason: R1",
            "outstanding: [{form: share, where: a train, holder: Hedy Lamarr, reason: it was lost by her.}]\n"
            "reason: R1",
            "at least 20"},
        Fault{"outstanding_where_a_copy_is", example("destroy"), "reason: R1",
              "outstanding: [{form: share, where: recovery-1/custody/root.1.share, holder: Hedy Lamarr, "
              "reason: it was lost on a journey}]\nreason: R1",
              "named twice"},
        Fault{"outstanding_of_a_form_that_nothing_has", example("destroy"), "reason: R1",
              "outstanding: [{form: memory, where: a train, holder: Hedy Lamarr, reason: it was lost on a "
              "journey}]\nreason: R1",
              "token, share, file"},
        Fault{"officer_of_a_backup", example("destroy"), "holder: Dorothy Vaughan",
              "officer: Ida Rhodes\n    holder: Dorothy Vaughan", "only a share was dealt"},
        Fault{"dealing_of_a_backup", example("destroy"), "holder: Dorothy Vaughan",
              "dealing: 1\n    holder: Dorothy Vaughan", "only a share is of a dealing"},
        Fault{"dealing_zero", example("destroy"), "holder: Grace Hopper",
              "dealing: 0\n    holder: Grace Hopper", "dealing"},
        Fault{"complete_for_19_octets_and_spaces", example("destroy"), "reason: R1",
              "complete_reason: \"  there  are no   more..  \"\nreason: R1", "at least 20"},
        Fault{"copy_in_a_folder", example("destroy"), "holder: Dorothy Vaughan",
              "holder: Dorothy Vaughan\n  - {form: backup, where: safe/, holder: Dorothy Vaughan}",
              "name the file in it"},
        Fault{"destroyed_in_another_file", example("destroy"), "holder: Dorothy Vaughan",
              "holder: Dorothy Vaughan\n    destroyed_in: attempt-1", "such as aborted-1"},
        Fault{"destroyed_in_attempt_zero", example("destroy"), "holder: Dorothy Vaughan",
              "holder: Dorothy Vaughan\n    destroyed_in: aborted-0", "such as aborted-1"},
        Fault{"destroyed_in_attempt_10000", example("destroy"), "holder: Dorothy Vaughan",
              "holder: Dorothy Vaughan\n    destroyed_in: aborted-10000", "at most 12"},
        Fault{"destroyed_in_though_it_opens_the_key", example("destroy"), "holder: Frances Allen",
              "holder: Frances Allen\n    destroyed_in: aborted-1",
              "recovery-1/custody/root.1.share was destroyed in an aborted attempt"},
        Fault{"complete_for_19_octets", example("destroy"), "reason: R1",
              "complete_reason: there are no more..\nreason: R1", "at least 20"},
        Fault{"share_twice", example("yearly-crl"), "files: [", "files: [./recovery-1/custody/root.1.share, ",
              "is named twice; each share counts once"},
        Fault{"revocation_twice", example("crl"), "    - certificate: i1/bundle/intermediate.pem",
              "    - {certificate: ./i1/bundle/intermediate.pem, reason: superseded, at: "
              "2026-11-20T09:00:00Z}\n    - certificate: i1/bundle/intermediate.pem",
              "a certificate is revoked once"},
        Fault{"serial_twice", example("crl"), "    - certificate: i1/bundle/intermediate.pem",
              "    - {serial: 4001, reason: superseded, at: 2026-11-20T09:00:00Z}\n    - serial: 4001",
              "is named twice; a certificate is revoked once"},
        Fault{"invalid_a_second_after_the_revocation", example("crl"),
              "invalidity_date: 2026-11-19T22:00:00Z", "invalidity_date: 2026-11-20T09:00:01Z",
              "is after at, when it was revoked"},
        Fault{"new_key_under_the_issuers_label", example("token-intermediate"),
              "custody:\n  file: intermediate.key.pem",
              "custody:\n  token: {module: /usr/lib/x86_64-linux-gnu/opensc-pkcs11.so, label: Root R1 "
              "(UserPIN), key: r1}",
              "holds the issuer's key as r1"},
        Fault{"target_is_the_issuer", example("cross-certificate"), "certificate: partner/root.pem",
              "certificate: root/bundle/root.pem", "is the issuer's own certificate"},
        Fault{"request_is_the_certificate", example("cross-certificate"), "request: partner/root.csr.pem",
              "request: partner/./root.pem", "is named as the target's certificate already"},
        Fault{"output_under_a_name_of_the_bundles", root_script, "certificate: root.pem",
              "certificate: transcript.sig.void", "a name of the bundle's own"},
        Fault{"lifetime_beyond_all", root_script, "3650d", "99999d",
              "is 99999d; it must be from 1s to 3653d"},
        Fault{"destroy_unknown_form", example("destroy"), "form: backup", "form: memory",
              "token, share, file"}),
    name_of);

}  // namespace
}  // namespace chancery::ceremony
