// A revocation list goes on from the last one, whatever ceremonies lie between, and a ceremony goes on from
// the whole bundle of the last.
#include "ca/ceremony/replay/replay.h"
#include "ca/ceremony/run/previous.h"
#include "ca/ceremony/transcript/transcript.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

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

TEST_F(LastList, OneSecondMoreIsRefused) {
  const Result<Outcome> beyond = hold_last("3649d");
  ASSERT_FALSE(beyond);
  ASSERT_EQ(beyond.error().details.size(), 1U);
  EXPECT_EQ(beyond.error().details.front().rule, "crl.next_update");
}

}  // namespace
}  // namespace chancery::ceremony
