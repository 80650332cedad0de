// A revocation list goes on from the last one, whatever ceremonies lie between, and a ceremony goes on from
// the whole bundle of the last.
#include "ca/ceremony/replay/chain.h"
#include "ca/ceremony/run/previous.h"
#include "ca/ceremony/transcript/transcript.h"
#include "ca/issuance/prepare_crl.h"
#include "tests/unit/ca/ceremony/replay/rechained.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::intermediate_script;
using testing::root_script;
using testing::with;

const std::string revocation = R"(  revoke:
    - certificate: intermediate/bundle/intermediate.pem
      reason: keyCompromise
      at: 2026-03-01T12:00:00Z
)";

class CrlChainTest : public testing::CeremonyTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    ASSERT_TRUE(hold_intermediate());
  }
  static std::string script(int number, const std::string& before, const std::string& parts) {
    return "ceremony: crl\ntitle: \"Test of crl\"\n" + testing::people_part + "previous:\n  " + before +
           "\nissuer:\n  certificate: root/bundle/root.pem\n  custody:\n    file: root/custody/root.key.pem\n"
           "outputs:\n  crl: root.crl.pem\ncrl:\n  number: " +
           std::to_string(number) + "\n  next_update: 180d\n" + parts;
  }
  Result<Outcome> crl(int number, const std::string& before, const std::string& parts) {
    clock.advance(Seconds(60));
    people.answers["secret.issuer_key"] = testing::root_passphrase;
    return hold(script(number, "bundle: " + before + "/bundle", parts), "crl-" + std::to_string(number));
  }
  static std::string after(int number) {
    return "  previous: crl-" + std::to_string(number) + "/bundle/root.crl.pem\n";
  }
  void expect_said(const Result<Outcome>& outcome, const ::testing::Matcher<std::string>& said) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::validation) << outcome.error().message;
    EXPECT_THAT(outcome.error().message, said);
  }
  void put(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  }
};

TEST_F(CrlChainTest, AFirstListAfterAListIsRefused) {
  ASSERT_TRUE(crl(1, "intermediate", "  first: true\n" + revocation));
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  const std::string again = script(1, "bundle: crl-1/bundle", "  first: true\n");
  expect_said(hold(again, "again"), AllOf(HasSubstr("crl.first is true"), HasSubstr("records CRL number 1")));
  EXPECT_FALSE(std::filesystem::exists(out("again")));
}

TEST_F(CrlChainTest, AnOlderListThanThePreviousBundlesIsRefused) {
  ASSERT_TRUE(crl(1, "intermediate", "  first: true\n"));
  ASSERT_TRUE(crl(2, "crl-1", after(1) + revocation));
  expect_said(crl(3, "crl-2", after(1)),
              AllOf(HasSubstr("crl.previous is CRL number 1"), HasSubstr("records CRL number 2")));
  EXPECT_FALSE(std::filesystem::exists(out("crl-3")));
}

TEST_F(CrlChainTest, ACeremonyBetweenDoesNotLoseTheList) {
  ASSERT_TRUE(crl(1, "intermediate", "  first: true\n" + revocation));
  clock.advance(Seconds(60));
  const Result<Outcome> between =
      hold_intermediate(with(intermediate_script, "root/bundle", "crl-1/bundle"), "second");
  ASSERT_TRUE(between) << between.error().message;
  EXPECT_THAT(read(bundle("second", "transcript.jsonl")),
              HasSubstr(R"("data":{"known":true,"number":"1","sha256":")"));
  expect_said(crl(2, "second", "  first: true\n"), HasSubstr("records CRL number 1"));
  std::filesystem::remove_all(out("crl-2.unfinished"));
  const Result<Outcome> good = crl(2, "second", after(1));
  ASSERT_TRUE(good) << good.error().message;
}

TEST_F(CrlChainTest, AListThatThePreviousCeremonyDoesNotKnowIsRefused) {
  ASSERT_TRUE(crl(1, "intermediate", "  first: true\n"));
  expect_said(crl(2, "intermediate", after(1)),
              AllOf(HasSubstr("crl.previous is CRL number 1"), HasSubstr("there is no list yet")));
}

TEST_F(CrlChainTest, AHashAloneIsSaidToBeUnchecked) {
  const Transcript last = read_transcript(bundle("intermediate", "transcript.jsonl"), {}).value();
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  const std::string yaml =
      with(intermediate_script, "bundle: root/bundle", "transcript: " + to_hex(last.head()));
  const Result<Outcome> held = hold_intermediate(yaml, "second");
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(people.shown, HasSubstr("were not checked"));
  EXPECT_THAT(
      read(bundle("second", "transcript.jsonl")),
      AllOf(HasSubstr("were not checked"), HasSubstr(R"("data":{"known":false},"event":"crl.present")")));
  expect_said(crl(1, "second", "  first: true\n"), HasSubstr("does not record whether there is a list"));
}

TEST_F(CrlChainTest, AListThatNoCeremonyTellsOfNeedsAReason) {
  ASSERT_TRUE(crl(1, "intermediate", "  first: true\n"));
  const Transcript last = read_transcript(bundle("crl-1", "transcript.jsonl"), {}).value();
  const std::string by_hash = "transcript: " + to_hex(last.head());
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  clock.advance(Seconds(60));
  people.asked.clear();
  expect_said(hold(script(2, by_hash, after(1)), "second"), HasSubstr("crl.previous_reason"));
  EXPECT_TRUE(people.asked.empty());
  const Result<Outcome> held =
      hold(script(2, by_hash, after(1) + "  previous_reason: the bundle of crl-1 burnt\n"), "second");
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(read(bundle("second", "transcript.jsonl")),
              HasSubstr("the newest by an exception declared in the script: the bundle of crl-1 burnt"));
}

// The medium holds the bundle of an older ceremony of the same root under the name of the last.
TEST_F(CrlChainTest, AnotherBundleThanTheScriptsIsRefused) {
  ASSERT_TRUE(crl(1, "intermediate", "  first: true\n"));
  ASSERT_TRUE(crl(2, "crl-1", after(1) + revocation));
  const std::string head = to_hex(read_transcript(bundle("crl-2", "transcript.jsonl"), {}).value().head());
  const std::string pinned = script(3, "bundle: crl-2/bundle\n  transcript: " + head, after(2));
  std::filesystem::rename(out("crl-2"), out("newest"));
  std::filesystem::copy(out("crl-1"), out("crl-2"), std::filesystem::copy_options::recursive);
  clock.advance(Seconds(60));
  expect_said(hold(pinned, "crl-3"),
              AllOf(HasSubstr("crl-2/bundle has the head "), HasSubstr("but the script names " + head)));
  std::filesystem::remove_all(out("crl-2"));
  std::filesystem::rename(out("newest"), out("crl-2"));
  people.asked.clear();
  const Result<Outcome> held = hold(pinned, "crl-3");
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(people.asked, ::testing::Not(::testing::Contains("words.previous")));
  EXPECT_THAT(people.shown, HasSubstr("the head that the script names, " + head));
}

TEST_F(CrlChainTest, TheCeremonyBeforeIsReadAloud) {
  people.answers["words.previous"] = "XX";
  expect_said(crl(1, "intermediate", "  first: true\n"), HasSubstr("initials"));
  EXPECT_THAT(people.shown,
              AllOf(HasSubstr("The ceremony before: \"Test intermediate\", intermediate, ended "),
                    HasSubstr("SHA-256 of the last line of that ceremony's transcript")));
  people.answers.erase("words.previous");
  std::filesystem::remove_all(out("crl-1.unfinished"));
  ASSERT_TRUE(crl(1, "intermediate", "  first: true\n"));
  const std::string head =
      to_hex(read_transcript(bundle("intermediate", "transcript.jsonl"), {}).value().head());
  EXPECT_THAT(read(bundle("crl-1", "transcript.jsonl")),
              HasSubstr(R"("data":{"id":"words.previous","reader":"Ada Adams","sha256":")" + head));
}

TEST_F(CrlChainTest, WhatIsRevokedIsCalledByItsName) {
  ASSERT_TRUE(crl(1, "intermediate", "  first: true\n" + revocation));
  EXPECT_THAT(people.shown, HasSubstr("of CN=Test Issuing CA,O=Example, sha256 "));
}

TEST_F(CrlChainTest, ACertificateToRevokeHasTheSerialThatTheScriptSays) {
  const std::string wrong = with(revocation, "      reason:", "      serial: 40aabbcc\n      reason:");
  expect_said(crl(1, "intermediate", "  first: true\n" + wrong),
              AllOf(HasSubstr("of CN=Test Issuing CA,O=Example, has the serial 40"),
                    HasSubstr("the script says 40aabbcc")));
  std::filesystem::remove_all(out("crl-1.unfinished"));
  const x509::Certificate certificate =
      x509::Certificate::parse_pem(read(bundle("intermediate", "intermediate.pem"))).value();
  const std::string right = with(
      revocation, "      reason:", "      serial: " + certificate.serial().to_string() + "\n      reason:");
  const Result<Outcome> held = crl(1, "intermediate", "  first: true\n" + right);
  ASSERT_TRUE(held) << held.error().message;
}

// A number that is left out may be a list that was.
TEST_F(CrlChainTest, ANumberThatIsLeftOutIsConfirmed) {
  ASSERT_TRUE(crl(1, "intermediate", "  first: true\n"));
  people.asked.clear();
  const Result<Outcome> held = crl(3, "crl-1", after(1));
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(people.asked, ::testing::Contains("lint.warnings"));
  EXPECT_THAT(read(bundle("crl-3", "transcript.jsonl")), HasSubstr("cRLNumber 3 does not follow on that"));
  people.asked.clear();
  ASSERT_TRUE(crl(4, "crl-3", after(3)));
  EXPECT_THAT(people.asked, ::testing::Not(::testing::Contains("lint.warnings")));
}

// As programs before `crl.root_serial` made them: nothing is taken back, so it must not end the root's lists.
TEST_F(CrlChainTest, ARootThatWasOnceNamedInItsListGoesOnWithAWarning) {
  const auto root = x509::Certificate::parse_pem(read(bundle("root", "root.pem"))).value();
  const auto key = keys::open_key_file(out("root/custody/root.key.pem"),
                                       SecretBytes::copy_of(as_bytes(testing::root_passphrase)))
                       .value();
  const x509::CrlFields fields =
      issuance::crl_fields(root, x509::CrlNumber(1), clock.now(), Seconds(180 * 86400),
                           {{root.serial(), clock.now(), x509::RevocationReason::superseded, {}}})
          .value();
  const Bytes tbs = x509::encode_tbs_cert_list(fields);
  const Bytes der = x509::assemble_crl(tbs, fields.signature, key->sign(fields.signature, tbs).value());
  put(out("old.crl.pem"), x509::Crl::parse(der).value().to_pem());
  const std::string head =
      to_hex(read_transcript(bundle("intermediate", "transcript.jsonl"), {}).value().head());
  people.answers["secret.issuer_key"] = testing::root_passphrase;
  clock.advance(Seconds(60));
  const Result<Outcome> held =
      hold(script(2, "transcript: " + head,
                  "  previous: old.crl.pem\n  previous_reason: an older program made it\n"),
           "crl-2");
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_THAT(people.shown, AllOf(HasSubstr(", superseded, the root's own: it stays, and is a warning"),
                                  HasSubstr("WARNING crl.root_serial: ")));
  EXPECT_THAT(people.asked, ::testing::Contains("lint.warnings"));
  EXPECT_THAT(testing::failures(out("crl-2/bundle")), ::testing::IsEmpty());
  ASSERT_TRUE(crl(3, "crl-2", after(2)));
  // Nobody was told of it by a program of format 2.
  testing::rechain(out("crl-3/bundle"), out("root/custody/root.key.pem"), [](testing::Lines& lines) {
    testing::make_of_format(lines, 2);
    testing::drop(lines, "lint.warning");
    testing::drop_of(lines, "answer", "id", "lint.warnings");
  });
  EXPECT_THAT(testing::failures(out("crl-3/bundle")), ::testing::IsEmpty());
}

TEST_F(CrlChainTest, APreviousBundleIsWhole) {
  const std::string path = bundle("intermediate", "chain.pem"), whole = read(path);
  put(path, whole + "\n");
  expect_said(crl(1, "intermediate", "  first: true\n"),
              HasSubstr("intermediate/bundle/chain.pem is not the file"));
  std::filesystem::remove(path);
  const Result<Outcome> missing = crl(1, "intermediate", "  first: true\n");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  put(path, whole);
  const Result<Outcome> held = crl(1, "intermediate", "  first: true\n");
  EXPECT_TRUE(held) << held.error().message;
}

TEST_F(CrlChainTest, TheTranscriptSaysWhoAnswered) {
  EXPECT_THAT(read(bundle("root", "transcript.jsonl")), HasSubstr(R"("answers":"people")"));
}

// Nobody can sign a list after it: it may last as long as the root itself, 3650 days with both ends included,
// and not longer.
class LastList : public CrlChainTest {
 protected:
  Result<Outcome> hold_last(const std::string& next_update) {
    clock.advance(Seconds(86400));
    people.answers["secret.issuer_key"] = testing::root_passphrase;
    return hold(with(script(1, "bundle: intermediate/bundle",
                            "  first: true\n  last_reason: the root is destroyed next\n"),
                     "180d", next_update),
                "last");
  }
  // Another intermediate, after what `before` names.
  Result<Outcome> below(const std::string& before, const std::string& into, const std::string& reason = "") {
    clock.advance(Seconds(60));
    people.asked.clear();
    return hold_intermediate(
        with(with(intermediate_script, "bundle: root/bundle", before), "path_length: 0",
             (reason.empty() ? "" : "after_last_reason: " + reason + "\n") + std::string("path_length: 0")),
        into);
  }
  [[nodiscard]] static std::string verdict(const std::vector<Check>& checks) {
    for (const Check& check : checks) {
      if (check.name == "nothing after the last list")
        return (check.passed ? "" : "FAILED: ") + check.message;
    }
    return "not there";
  }
  [[nodiscard]] std::string verdict_of(const std::string& of, const std::string& before) const {
    return verdict(replay({out(of + "/bundle"), out(before + "/bundle"), {}}).value().checks);
  }
  [[nodiscard]] std::string by_hash(const std::string& of) const {
    return "transcript: " + to_hex(read_transcript(bundle(of, "transcript.jsonl"), {}).value().head());
  }
};

TEST_F(LastList, MayLastUntilTheRootEnds) {
  const Result<Outcome> held = hold_last("315273599s");
  ASSERT_TRUE(held) << held.error().message;
  const Replay seen = replay({out("last/bundle"), out("intermediate/bundle"), {}}).value();
  EXPECT_TRUE(seen.passed());
  EXPECT_TRUE(std::any_of(seen.checks.begin(), seen.checks.end(), [](const Check& check) {
    return check.name == "last list" && check.message.ends_with("the root is destroyed next");
  }));
}

// Whoever holds it looks for no other, and would not hear that what is signed now was revoked.
TEST_F(LastList, NothingIsSignedAfterItWithoutAReason) {
  ASSERT_TRUE(hold_last("3000d"));
  expect_said(below("bundle: last/bundle", "late"),
              AllOf(HasSubstr("records that CRL number 1 (sha256 "), HasSubstr(") is the last list"),
                    HasSubstr("a revocation of what this ceremony signs"),
                    HasSubstr("let the reviewed script declare after_last_reason")));
  EXPECT_TRUE(people.asked.empty());
  EXPECT_FALSE(std::filesystem::exists(out("late.unfinished")));
  expect_said(hold(script(2, "bundle: last/bundle", "  previous: last/bundle/root.crl.pem\n"), "crl-2"),
              AllOf(HasSubstr("would not hear of this one"), HasSubstr("declare crl.after_last_reason")));
  EXPECT_TRUE(people.asked.empty());
}

TEST_F(LastList, WhyItIsSignedAfterItIsSaidAndReplayed) {
  ASSERT_TRUE(hold_last("3000d"));
  const std::string reason = "R2 is late, and the old one must last";
  const Result<Outcome> held = below("bundle: last/bundle", "late", reason);
  ASSERT_TRUE(held) << held.error().message;
  const std::string said =
      "this ceremony signs after the last list, CRL number 1, as the script declares: " + reason;
  EXPECT_THAT(people.shown, HasSubstr(said));
  EXPECT_THAT(read(bundle("late", "transcript.jsonl")), AllOf(HasSubstr(said), HasSubstr(R"("last":true)")));
  EXPECT_EQ(verdict_of("late", "last"), "but this, as the script declares: " + reason);
  // The list is the last one still.
  expect_said(below("bundle: late/bundle", "later"), HasSubstr("is the last list"));
  // Until another is made.
  const Result<Outcome> another =
      hold(script(2, "bundle: late/bundle",
                  "  previous: last/bundle/root.crl.pem\n  after_last_reason: " + reason + "\n"),
           "crl-2");
  ASSERT_TRUE(another) << another.error().message;
  const Result<Outcome> after = below("bundle: crl-2/bundle", "after");
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(verdict_of("after", "crl-2"), out("crl-2/bundle") + " left no list that is the last");
  std::vector<std::string> all;
  for (const std::string name : {"root", "intermediate", "last", "late", "crl-2", "after"})
    all.push_back(out(name + "/bundle"));
  const Chain chain = replay_chain(all, {}).value();
  EXPECT_TRUE(chain.passed());
  EXPECT_EQ(verdict(chain.checks), "what was signed after a list without another says why");
}

// The ceremony could not know; whoever has the bundle before, or all of them, does.
TEST_F(LastList, WhatIsSignedAfterItIsSeenByReplay) {
  ASSERT_TRUE(hold_last("3000d"));
  ASSERT_TRUE(below(by_hash("last"), "late"));
  EXPECT_THAT(verdict_of("late", "last"),
              AllOf(HasSubstr("FAILED: script.yaml: it signs, without an after_last_reason"),
                    HasSubstr("left CRL number 1 (sha256 "), HasSubstr("), the last")));
  ASSERT_TRUE(below(by_hash("late"), "later"));  // its bundle before tells of no list
  std::vector<std::string> all;
  for (const std::string name : {"root", "intermediate", "last", "later"})
    all.push_back(out(name + "/bundle"));
  EXPECT_THAT(verdict(replay_chain(all, {}).value().checks),
              AllOf(HasSubstr("FAILED: " + out("later/bundle")),
                    HasSubstr("signed, without an after_last_reason, after the last list, that of " +
                              out("last/bundle"))));
}

TEST_F(LastList, ThatItIsTheLastIsRecorded) {
  ASSERT_TRUE(hold_last("3000d"));
  testing::rechain(out("last/bundle"), out("root/custody/root.key.pem"),
                   [](testing::Lines& lines) { testing::first(lines, "crl.present").data.erase("last"); });
  EXPECT_THAT(testing::failures(out("last/bundle"), out("intermediate/bundle")),
              ::testing::ElementsAre(AllOf(HasSubstr("list of now: "), HasSubstr("but it is CRL number 1 "),
                                           HasSubstr(", the last"))));
}

TEST_F(LastList, OneSecondMoreIsRefused) {
  const Result<Outcome> beyond = hold_last("3649d");
  ASSERT_FALSE(beyond);
  ASSERT_EQ(beyond.error().details.size(), 1U);
  EXPECT_EQ(beyond.error().details.front().rule, "crl.next_update");
}

}  // namespace
}  // namespace chancery::ceremony
