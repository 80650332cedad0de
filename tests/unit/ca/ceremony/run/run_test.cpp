#include "ca/ceremony/run/run.h"

#include <csignal>

#include "ca/ceremony/run/steps.h"
#include "ca/ceremony/transcript/signature.h"
#include "ca/ceremony/transcript/transcript.h"
#include "ca/keys/file_key_store.h"
#include "ca/x509/chain.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;
using testing::intermediate_script;
using ::testing::Key;
using testing::root_script;
using ::testing::UnorderedElementsAre;
using testing::with;
using RunTest = testing::CeremonyTest;

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777U;
}

SecretBytes secret(std::string_view text) {
  return SecretBytes::copy_of(as_bytes(text));
}

TEST_F(RunTest, MakesARootOfTenYears) {
  const Result<Outcome> outcome = hold_root();
  ASSERT_TRUE(outcome) << outcome.error().message << outcome.error().internal;
  const x509::ParsedTbs& fields = outcome->certificate.fields();
  EXPECT_EQ(outcome->certificate.subject_text(), "CN=Test Root,O=Example,C=CH");
  EXPECT_EQ(fields.issuer, fields.subject);
  EXPECT_EQ(fields.validity.not_before(), clock.now());
  EXPECT_EQ(fields.validity.not_after() - fields.validity.not_before(), Seconds(3650LL * 86400 - 1));
  EXPECT_EQ(outcome->certificate.signature_algorithm(), crypto::SignatureAlgorithm::ecdsa_sha384);
  EXPECT_EQ(fields.extensions.basic_constraints, (x509::BasicConstraints{.ca = true, .path_len = {}}));
  EXPECT_TRUE(fields.extensions.extended_key_usage.empty());
  EXPECT_TRUE(fields.extensions.crl_distribution_points.empty());
  EXPECT_EQ(fields.serial.bytes().size(), 20U);
  EXPECT_TRUE(x509::verify_issued_by(outcome->certificate, outcome->certificate));
}

TEST_F(RunTest, WritesBundleAndCustody) {
  const Result<Outcome> outcome = hold_root();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_THAT(contents(),
              UnorderedElementsAre(Key("root/bundle/root.pem"), Key("root/bundle/script.yaml"),
                                   Key("root/bundle/transcript.jsonl"), Key("root/bundle/transcript.sig"),
                                   Key("root/custody/root.key.pem")));
  EXPECT_EQ(mode_of(out("root/custody/root.key.pem")), 0600U);
  EXPECT_EQ(mode_of(out("root")), 0700U);
  EXPECT_EQ(mode_of(bundle("root", "root.pem")), 0644U);
  EXPECT_EQ(read(bundle("root", "root.pem")), outcome->certificate.to_pem());
  EXPECT_EQ(read(bundle("root", "script.yaml")), root_script);
  EXPECT_THAT(read(out("root/custody/root.key.pem")), HasSubstr("BEGIN ENCRYPTED PRIVATE KEY"));
  for (const WrittenFile& file : outcome->files)
    EXPECT_EQ(file.hash, crypto::sha256(as_bytes(read(file.path)))) << file.path;
}

TEST_F(RunTest, SignsTheTranscriptWithTheRootsKey) {
  const Result<Outcome> outcome = hold_root();
  ASSERT_TRUE(outcome) << outcome.error().message;
  const Result<Transcript> transcript = read_transcript(
      bundle("root", "transcript.jsonl"), {crypto::sha256(as_bytes(root_script)), outcome->transcript_head});
  ASSERT_TRUE(transcript) << transcript.error().message;
  EXPECT_EQ(transcript->lines.front().event, "ceremony.begin");
  EXPECT_EQ(transcript->lines.back().event, "ceremony.end");
  const auto key = crypto::PublicKey::from_spki(outcome->certificate.fields().spki).value();
  EXPECT_TRUE(verify_transcript(transcript->head(), read(bundle("root", "transcript.sig")), key));
  EXPECT_THAT(read(bundle("root", "transcript.jsonl")),
              ::testing::Not(HasSubstr(std::string(testing::root_passphrase))));
}

TEST_F(RunTest, ChainsToThePreviousCeremony) {
  const Result<Outcome> root = hold_root();
  ASSERT_TRUE(root) << root.error().message;
  ASSERT_TRUE(hold_intermediate());
  const Result<Transcript> transcript = read_transcript(bundle("intermediate", "transcript.jsonl"), {});
  ASSERT_TRUE(transcript) << transcript.error().message;
  EXPECT_EQ(transcript->lines.front().data.at("previous"), FieldValue(to_hex(root->transcript_head)));
  const auto key = crypto::PublicKey::from_spki(root->certificate.fields().spki).value();
  EXPECT_TRUE(verify_transcript(transcript->head(), read(bundle("intermediate", "transcript.sig")), key));
}

// The serial number is the script's and the keys', and no chance.
TEST_F(RunTest, SerialCanBeComputedAgain) {
  const Result<Outcome> outcome = hold_root();
  ASSERT_TRUE(outcome) << outcome.error().message;
  const Bytes& spki = outcome->certificate.fields().spki;
  // The line above that of the TBS.
  const std::string transcript = read(bundle("root", "transcript.jsonl"));
  const std::size_t end = transcript.rfind('\n', transcript.find(R"("event":"tbs")")) + 1,
                    begin = transcript.rfind('\n', end - 2) + 1;
  const std::string above = transcript.substr(begin, end - begin);
  Bytes text = to_bytes(as_bytes("chancery ceremony serial v2"));
  for (const Bytes& part : {to_bytes(crypto::sha256(as_bytes(above))),
                            to_bytes(crypto::sha256(as_bytes(root_script))), spki, spki}) {
    text.insert(text.end(), part.begin(), part.end());
  }
  EXPECT_EQ(outcome->certificate.serial().to_string(), "40" + to_hex(crypto::sha256(text)).substr(0, 38));
}

TEST_F(RunTest, DeclaredExceptionIsRecordedWithItsReason) {
  write("machine/proc/swaps", "Filename\n/dev/sda1 partition\n");
  const std::string script = with(root_script, "subject:",
                                  "preflight:\n  exceptions:\n    - {check: swap, reason: it is encrypted}\n"
                                  "    - {check: routes, reason: just in case}\nsubject:");
  ASSERT_TRUE(hold_root(script));
  const std::string transcript = read(bundle("root", "transcript.jsonl"));
  EXPECT_THAT(transcript, HasSubstr(R"({"check":"swap","needed":true,"reason":"it is encrypted"})"));
  EXPECT_THAT(transcript, HasSubstr(R"({"check":"routes","needed":false,"reason":"just in case"})"));
}

TEST_F(RunTest, CrashedAttemptIsNamedAndResumed) {
  people.answers["words.certificate"] = "XX";  // after the key was made
  ASSERT_FALSE(hold_root());
  EXPECT_TRUE(std::filesystem::is_empty(out("root.unfinished/custody")));
  write("out/root.unfinished/custody/root.key.pem", "what a kill left");
  const Result<Transcript> aborted = read_transcript(out("root.unfinished/bundle/transcript.jsonl"), {});
  ASSERT_TRUE(aborted) << aborted.error().message;
  people.answers.erase("words.certificate");
  const Result<Outcome> again = hold_root();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_THAT(again.error().message, HasSubstr("\"Read the fingerprint aloud\""));
  EXPECT_THAT(again.error().message,
              HasSubstr("root.unfinished/custody (root.key.pem); --resume destroys them"));
  const Result<Outcome> resumed = hold(root_script, "root", true);
  ASSERT_TRUE(resumed) << resumed.error().message;
  const Result<Transcript> transcript = read_transcript(bundle("root", "transcript.jsonl"), {});
  ASSERT_TRUE(transcript) << transcript.error().message;
  EXPECT_EQ(transcript->lines[1].event, "ceremony.resumed");
  EXPECT_EQ(transcript->lines[1].data.at("head"), FieldValue(to_hex(aborted->head())));
  EXPECT_TRUE(std::filesystem::exists(bundle("root", "aborted-1.jsonl")));
  EXPECT_THAT(people.shown, HasSubstr("were destroyed: root.key.pem"));
  EXPECT_FALSE(std::filesystem::exists(out("root.unfinished")));
}

TEST_F(RunTest, ResumingNothingIsRefused) {
  people.answers["secret.new_key"] = testing::root_passphrase;
  const Result<Outcome> outcome = hold(root_script, "root", true);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::not_found);
}

TEST_F(RunTest, SignalEndsItBetweenTwoSteps) {
  struct Interrupting final : testing::Recorder {
    void begin(std::size_t number, std::size_t total, std::string_view what) override {
      Recorder::begin(number, total, what);
      if (what == "Check the key") raised = ::raise(SIGINT);
    }
    int raised = -1;
  } interrupting;
  const Script script = parse_script(root_script, "test.yaml").value();
  people.answers["secret.new_key"] = testing::root_passphrase;
  const Result<Outcome> outcome = run({.script = script,
                                       .input = output,
                                       .output = out("root"),
                                       .interaction = people,
                                       .judge = judge_bundle,
                                       .clock = clock,
                                       .random = random,
                                       .machine = machine,
                                       .lock_memory = memory_is_locked},
                                      interrupting);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(interrupting.raised, 0);
  EXPECT_THAT(outcome.error().message, HasSubstr("Check the key: stopped by a signal"));
  EXPECT_THAT(read(out("root.unfinished/bundle/transcript.jsonl")), HasSubstr("step.failed"));
  EXPECT_TRUE(std::filesystem::is_empty(out("root.unfinished/custody")));
}

TEST_F(RunTest, NameConstraintsAreInTheCertificate) {
  ASSERT_TRUE(hold_root());
  const Result<Outcome> outcome = hold_intermediate(
      with(intermediate_script,
           "outputs:", "name_constraints: {permitted: [\"dns:example.internal\"]}\noutputs:"));
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_TRUE(outcome->certificate.fields().extensions.name_constraints);
}

TEST_F(RunTest, MakesAnIntermediateOfFiveYearsUnderTheRoot) {
  const Result<Outcome> root = hold_root();
  ASSERT_TRUE(root) << root.error().message;
  clock.advance(Seconds(3600));
  const Result<Outcome> outcome = hold_intermediate();
  ASSERT_TRUE(outcome) << outcome.error().message << outcome.error().internal;
  const x509::ParsedTbs& fields = outcome->certificate.fields();
  EXPECT_EQ(fields.issuer, root->certificate.fields().subject);
  EXPECT_EQ(fields.validity.lifetime(), Seconds(1826LL * 86400));
  EXPECT_EQ(fields.extensions.basic_constraints, (x509::BasicConstraints{.ca = true, .path_len = 0}));
  EXPECT_EQ(fields.extensions.extended_key_usage,
            (std::vector{x509::KeyPurpose::server_auth, x509::KeyPurpose::client_auth}));
  EXPECT_EQ(fields.extensions.key_usage, (x509::KeyUsage{.key_cert_sign = true, .crl_sign = true}));
  EXPECT_EQ(fields.extensions.authority_key_identifier,
            root->certificate.fields().extensions.subject_key_identifier);
  EXPECT_EQ(fields.extensions.crl_distribution_points,
            std::vector<std::string>{"http://pki.example/root.crl"});
  EXPECT_EQ(fields.extensions.ca_issuers, std::vector<std::string>{"http://pki.example/root.pem"});
  EXPECT_EQ(outcome->certificate.signature_algorithm(), crypto::SignatureAlgorithm::ecdsa_sha384);
  EXPECT_EQ(read(bundle("intermediate", "chain.pem")),
            outcome->certificate.to_pem() + root->certificate.to_pem());
}

TEST_F(RunTest, QuestionsForSecretsNameWhomTheyAsk) {
  ASSERT_TRUE(hold_root());
  EXPECT_THAT(read(bundle("root", "transcript.jsonl")),
              HasSubstr("\"Crypto officer (Flo Ford or Gil Gray): a passphrase for the new key, in the file "
                        "root.key.pem, of at least 12 characters\""));
}

TEST_F(RunTest, KeysOpenWithTheirOwnPassphraseOnly) {
  ASSERT_TRUE(hold_root());
  ASSERT_TRUE(hold_intermediate());
  EXPECT_TRUE(keys::open_key_file(out("root/custody/root.key.pem"), secret(testing::root_passphrase)));
  EXPECT_TRUE(keys::open_key_file(out("intermediate/custody/intermediate.key.pem"),
                                  secret(testing::intermediate_passphrase)));
  EXPECT_FALSE(keys::open_key_file(out("intermediate/custody/intermediate.key.pem"),
                                   secret(testing::root_passphrase)));
}

TEST_F(RunTest, ReportsEveryStepByNumber) {
  ASSERT_TRUE(hold_root());
  const std::span<const Step> steps =
      steps_of(parse_script(root_script, "root.yaml").value(), transcript_format);
  ASSERT_EQ(progress.lines.size(), steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string begin =
        std::to_string(i + 1) + "/" + std::to_string(steps.size()) + " " + std::string(steps[i].name);
    EXPECT_THAT(progress.lines[i], ::testing::StartsWith(begin + " ok ")) << progress.lines[i];
  }
}

// A key in one file or in a token has no backup, and no step may say that one was restored.
TEST_F(RunTest, OnlySharesAreRestoredFromABackup) {
  const auto seventh = [](const std::string& yaml, std::int64_t format) {
    return std::string(steps_of(parse_script(yaml, "root.yaml").value(), format)[6].name);
  };
  const std::string shares =
      with(root_script, "file: root.key.pem\n  reason: only a test", "shares: {threshold: 2, officers: 2}");
  const std::string token = with(root_script, "file: root.key.pem\n  reason: only a test",
                                 "token: {module: /usr/lib/x.so, label: Root, key: r1}");
  EXPECT_EQ(seventh(root_script, transcript_format), "Open the key again");
  EXPECT_EQ(seventh(token, transcript_format), "Open the key again");
  EXPECT_EQ(seventh(shares, transcript_format), "Restore the key from its backup");
  EXPECT_EQ(seventh(root_script, 2), "Restore the key from its backup");  // as its transcripts say
}

TEST_F(RunTest, TakesNotBeforeFromTheScript) {
  const Result<Outcome> outcome =
      hold_root(with(root_script, "3650d", "3650d\n  not_before: 2026-03-01T00:00:00Z"));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(to_rfc3339(outcome->certificate.validity().not_before()), "2026-03-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(outcome->certificate.validity().not_after()), "2036-02-26T23:59:59Z");
}

TEST_F(RunTest, ARootMayBeginInThirtyDays) {
  const Result<Outcome> outcome =
      hold_root(with(root_script, "3650d", "3650d\n  not_before: 2026-03-31T12:00:00Z"));
  EXPECT_TRUE(outcome) << outcome.error().message;
}

TEST_F(RunTest, KeyThatIsTheIssuersIsRefused) {
  const Result<crypto::PrivateKey> one = crypto::PrivateKey::generate({});
  const Result<crypto::PrivateKey> other = crypto::PrivateKey::generate({});
  ASSERT_TRUE(one && other);
  EXPECT_FALSE(check_distinct_keys(one->public_key(), one->public_key()));
  EXPECT_TRUE(check_distinct_keys(one->public_key(), other->public_key()));
}

}  // namespace
}  // namespace chancery::ceremony
