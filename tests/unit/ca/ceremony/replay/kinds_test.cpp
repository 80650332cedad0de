// Replay of the kinds that make no new CA: revocation lists, cross-certification, destruction.
#include "ca/keys/file_key_store.h"
#include "ca/x509/csr.h"
#include "tests/unit/ca/ceremony/replay/rechained.h"
#include "tests/unit/ca/ceremony/replay/scripts.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using testing::crl_script;
using testing::cross_parts;
using testing::failures;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::script_of;

class KindsTest : public testing::CeremonyTest {
 protected:
  void SetUp() override { ASSERT_TRUE(hold_root()); }
  void make(const std::string& yaml, const std::string& into) {
    people.answers["secret.issuer_key"] = testing::root_passphrase;
    const Result<Outcome> held = hold(yaml, into);
    ASSERT_TRUE(held) << held.error().message;
  }
  // A CRL without entries, and another that revokes an intermediate and a serial.
  void make_crls() {
    ASSERT_TRUE(hold_intermediate());
    make(crl_script(3, "  first: true\n"), "crl-3");
    clock.advance(Seconds(86400));
    make(testing::with(crl_script(4, R"(  previous: crl-3/bundle/root.crl.pem
  revoke:
    - certificate: intermediate/bundle/intermediate.pem
      reason: keyCompromise
      at: 2026-03-01T13:00:00Z
    - serial: "40aabb0102030405"
      reason: unspecified
      at: 2026-03-01T13:00:00Z
)"),
                       "root/bundle", "crl-3/bundle"),
         "crl-4");
  }
  // One bit of the middle of `file` turned is named with the file.
  void expect_turned_bit_is_seen(const std::string& of, const std::string& file) {
    const std::string path = bundle(of, file), whole = read(path);
    std::string changed = whole;
    changed[whole.size() / 2] = static_cast<char>(changed[whole.size() / 2] ^ 1);
    testing::Bundles::put(path, changed);
    EXPECT_THAT(failures(out(of + "/bundle")), Contains(HasSubstr(file)));
    testing::Bundles::put(path, whole);
  }
};

TEST_F(KindsTest, CrlsAreRebuiltFromScriptAndTheListBefore) {
  make_crls();
  EXPECT_THAT(failures(out("crl-3/bundle"), out("root/bundle"), bundle("root", "root.pem")), IsEmpty());
  EXPECT_THAT(failures(out("crl-4/bundle"), out("crl-3/bundle"), bundle("root", "root.pem")), IsEmpty());
  for (const std::string file :
       {"root.crl.pem", "previous-crl.pem", "revoked-1.pem", "issuer.pem", "script.yaml"})
    expect_turned_bit_is_seen("crl-4", file);
}

TEST_F(KindsTest, WhatOnlyWarnsIsSaid) {
  const auto lints = [this](const std::string& of) {
    const Replay seen = replay({out(of + "/bundle"), {}, {}}).value();
    const auto found = std::find_if(seen.checks.begin(), seen.checks.end(),
                                    [](const Check& check) { return check.name == "root.crl.pem: lints"; });
    EXPECT_TRUE(found->passed);
    return found->message;
  };
  make_crls();
  EXPECT_THAT(lints("crl-4"), Not(HasSubstr("warning")));
  clock.advance(Seconds(200 * 86400));
  make(testing::with(crl_script(5, R"(  previous: crl-4/bundle/root.crl.pem
  revoke:
    - serial: "40aacc0102030405"
      reason: superseded
      at: 2026-04-01T13:00:00Z
)"),
                     "root/bundle", "crl-4/bundle"),
       "crl-5");
  EXPECT_THAT(failures(out("crl-5/bundle")), IsEmpty());
  EXPECT_THAT(lints("crl-5"),
              AllOf(HasSubstr("; warning crl.overlap: there was no valid list from "),
                    HasSubstr("; warning crl.prompt_reissue: serial number 40aacc0102030405")));
}

TEST_F(KindsTest, ACrlOfOtherEntriesIsNotTheScripts) {
  make_crls();
  const std::string four = read(bundle("crl-4", "root.crl.pem"));
  testing::Bundles::put(bundle("crl-4", "root.crl.pem"), read(bundle("crl-3", "root.crl.pem")));
  EXPECT_THAT(failures(out("crl-4/bundle")),
              AllOf(Contains(AllOf(HasSubstr("TBS of root.crl.pem"), HasSubstr("thisUpdate: "),
                                   HasSubstr(" of the TBS"))),
                    Contains(HasSubstr("root.crl.pem: crl."))));
  testing::Bundles::put(bundle("crl-4", "root.crl.pem"), four);
  std::filesystem::remove(bundle("crl-4", "revoked-1.pem"));
  EXPECT_THAT(failures(out("crl-4/bundle")), Contains(HasSubstr("revoked-1.pem: it is missing")));
}

TEST_F(KindsTest, ACrlGoesOnFromTheOneBefore) {
  make_crls();
  make(crl_script(9, "  first: true\n"), "crl-9");
  EXPECT_THAT(failures(out("crl-4/bundle"), out("crl-9/bundle")),
              Contains(AllOf(HasSubstr("CRL goes on: previous-crl.pem: the list goes on from CRL number 3"),
                             HasSubstr("crl-9/bundle left CRL number 9"))));
  std::filesystem::remove(bundle("crl-4", "previous-crl.pem"));
  EXPECT_THAT(failures(out("crl-4/bundle"), out("crl-9/bundle")),
              Contains(AllOf(HasSubstr("the list goes on from none"), HasSubstr("left CRL number 9"))));
}

TEST_F(KindsTest, CrossCertificationIsRebuilt) {
  ASSERT_TRUE(hold_root(testing::partner_script, "partner"));
  make(testing::partner_request_script(), "partner-csr");
  make(script_of("cross-certificate", cross_parts), "cross");
  EXPECT_THAT(failures(out("partner-csr/bundle"), out("partner/bundle")), IsEmpty());
  EXPECT_THAT(failures(out("cross/bundle"), out("root/bundle")), IsEmpty());
  // That bundle holds the partner's certificate, but another root's key signed it.
  EXPECT_THAT(failures(out("partner-csr/bundle"), out("cross/bundle")),
              Contains(AllOf(HasSubstr("key of the previous ceremony: "),
                             HasSubstr("its transcript is not signed by the key of "))));
  expect_turned_bit_is_seen("partner-csr", "partner.csr.pem");
  for (const std::string file : {"cross.pem", "chain.pem", "target.pem", "target.csr.pem"})
    expect_turned_bit_is_seen("cross", file);
  testing::Bundles::put(bundle("cross", "target.pem"), read(bundle("root", "root.pem")));
  EXPECT_THAT(failures(out("cross/bundle")),
              AllOf(Contains(HasSubstr("target.pem: field subjectPublicKeyInfo")),
                    Contains(HasSubstr("TBS of cross.pem"))));
}

TEST_F(KindsTest, DestructionNamesEveryCopy) {
  make(script_of("destroy", R"(reason: the test is over
copies:
  - form: file
    where: root/custody/root.key.pem
    holder: Dan Doe
  - form: backup
    where: the other safe
    holder: Eve Eden
)",
                 "authority"),
       "destroyed");
  EXPECT_THAT(failures(out("destroyed/bundle"), out("root/bundle")), IsEmpty());
  const Replay seen = replay({out("destroyed/bundle"), {}, {}}).value();
  EXPECT_TRUE(std::any_of(seen.checks.begin(), seen.checks.end(),
                          [](const Check& check) { return check.name == "destruction" && check.passed; }));
  expect_turned_bit_is_seen("destroyed", "transcript.jsonl");
}

TEST_F(KindsTest, ADestructionOfFewerCopiesThanItSaysIsSeen) {
  for (const std::string number : {"1", "2"}) {
    for (const std::string question : {"secret.new_key.", "secret.new_key.restore.", "secret.issuer_key."})
      people.answers[question + number] = "correct horse share " + number;
  }
  const Result<Outcome> dealt =
      hold(testing::with(testing::root_script, "file: root.key.pem\n  reason: only a test",
                         "shares: {threshold: 2, officers: 2}"),
           "dealt");
  ASSERT_TRUE(dealt) << dealt.error().message;
  const std::string script = "ceremony: destroy\ntitle: \"Test\"\n" + testing::people_part +
                             R"(previous:
  bundle: dealt/bundle
authority:
  certificate: dealt/bundle/root.pem
  custody:
    shares: {threshold: 2, officers: 2, files: [dealt/custody/root.1.share, dealt/custody/root.2.share]}
reason: only a test
copies:
  - {form: share, where: dealt/custody/root.1.share, holder: Flo Ford}
  - {form: share, where: dealt/custody/root.2.share, holder: Gil Gray}
)";
  clock.advance(Seconds(60));
  make(script, "end");
  EXPECT_THAT(failures(out("end/bundle")), IsEmpty());
  // By another key, since that one is gone.
  testing::rechain(out("end/bundle"), out("root/custody/root.key.pem"), [](testing::Lines& lines) {
    testing::first(lines, "key.used").data["officers"] = std::vector<std::string>{"Gil Gray", "Flo Ford"};
  });
  EXPECT_THAT(
      failures(out("end/bundle")),
      Contains(AllOf(
          HasSubstr("destruction: transcript.jsonl, line "),
          HasSubstr(
              "root.1.share is the share of Gil Gray, but the script says that it is the one of Flo Ford"))));
  testing::Bundles::put(bundle("end", "script.yaml"),
                        testing::with(script, "where: dealt/custody/root.2", "where: dealt/custody/root.1"));
  EXPECT_THAT(failures(out("end/bundle")),
              Contains(AllOf(HasSubstr("script.yaml"), HasSubstr("root.1.share is named twice"))));
}

TEST_F(KindsTest, AbortedAttemptsAreHeldByTheirHeads) {
  people.answers["words.certificate"] = "wrong";
  ASSERT_FALSE(hold_root(testing::root_script, "again"));
  people.answers.erase("words.certificate");
  people.answers["secret.new_key"] = testing::root_passphrase;
  std::ofstream(out("again.unfinished/bundle/transcript.jsonl"), std::ios::app) << "{\"at\":\"20";
  const Result<Outcome> held = hold(testing::root_script, "again", true);
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(failures(out("again/bundle")), IsEmpty());
  const Replay seen = replay({out("again/bundle"), {}, {}}).value();
  EXPECT_TRUE(std::any_of(seen.checks.begin(), seen.checks.end(), [](const Check& check) {
    return check.name == "aborted attempts" &&
           check.message.find("9 octets that a crash cut off were taken from one") != std::string::npos;
  }));
  EXPECT_THAT(read(bundle("again", "transcript.jsonl")),
              AllOf(HasSubstr("\"torn\":9"),
                    HasSubstr("the 9 octets of it, which say nothing whole, were taken off")));
  EXPECT_TRUE(read(bundle("again", "aborted-1.jsonl")).ends_with("}\n"));
  expect_turned_bit_is_seen("again", "aborted-1.jsonl");
  const std::string path = bundle("again", "aborted-1.jsonl"), whole = read(path);
  testing::Bundles::put(path, whole + "{\"at");
  EXPECT_THAT(failures(out("again/bundle")), Contains(HasSubstr("octets that no line feed ends")));
  testing::Bundles::put(path, whole.substr(0, whole.find('\n') + 1));
  EXPECT_THAT(failures(out("again/bundle")),
              Contains(HasSubstr("aborted-1.jsonl:1: the last line is not the one")));
  std::filesystem::remove(path);
  EXPECT_THAT(failures(out("again/bundle")), Contains(HasSubstr("aborted-1.jsonl: the file is missing")));
}

TEST_F(KindsTest, TheScriptOfAnAbortedAttemptIsItsTranscripts) {
  people.answers["words.certificate"] = "wrong";
  ASSERT_FALSE(hold_root(testing::with(testing::root_script, "Test root", "Earlier"), "again"));
  people.answers.erase("words.certificate");
  const Result<Outcome> held = hold(testing::root_script, "again", true);
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(failures(out("again/bundle")), IsEmpty());
  const auto edit = [&](const std::function<void(EventData&)>& change) {
    testing::rechain(out("again/bundle"), out("again/custody/root.key.pem"),
                     [&](testing::Lines& lines) { change(testing::first(lines, "ceremony.resumed").data); });
  };
  edit([](EventData& data) { data["script_sha256"] = std::string(64, '0'); });
  EXPECT_THAT(failures(out("again/bundle")), Contains(AllOf(HasSubstr("field script_sha256"),
                                                            HasSubstr("aborted-1.jsonl is of the script"))));
  edit([](EventData& data) { data.erase("script_sha256"); });
  EXPECT_THAT(failures(out("again/bundle")), Contains(HasSubstr("aborted-1.jsonl is of the script")));
}

TEST_F(KindsTest, ALineFeedThatIsLostOrMadeIsNamed) {
  ASSERT_TRUE(hold_root(testing::with(testing::root_script, "Test root", "Joint root"), "joint"));
  const std::string path = bundle("joint", "transcript.jsonl"), whole = read(path);
  const auto expect_named = [&](std::size_t at, int bit) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ bit);
    testing::Bundles::put(path, changed);
    EXPECT_THAT(failures(out("joint/bundle")),
                Contains(HasSubstr(", byte " + std::to_string(at) + ": one bit of this octet was turned")));
  };
  std::size_t feed = whole.find('\n');
  for (int line = 0; line < 4; ++line, feed = whole.find('\n', feed + 1)) expect_named(feed, 1 << line);
  expect_named(whole.find("Joint"), 'J' ^ '\n');
}

TEST_F(KindsTest, ARehearsalIsNoCeremony) {
  rehearsal = true;
  ASSERT_TRUE(hold_root(testing::root_script, "rehearsed"));
  EXPECT_THAT(failures(out("rehearsed/bundle")), ::testing::ElementsAre(HasSubstr("this was a rehearsal")));
  ASSERT_TRUE(hold_intermediate(testing::intermediate_script, "rehearsed-below"));
  EXPECT_THAT(failures(out("rehearsed-below/bundle")),
              ::testing::ElementsAre(HasSubstr("this was a rehearsal")));
  const Replay seen = replay({out("rehearsed-below/bundle"), {}, {}}).value();
  EXPECT_EQ(seen.certificates.size(), 2U);  // everything is looked at, as in an earnest one
  EXPECT_GT(seen.checks.size(), 25U);
}

}  // namespace
}  // namespace chancery::ceremony
