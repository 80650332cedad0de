// The key of an intermediate ends, too: its own ceremonies are a branch, from the one that made its
// certificate.
#include "ca/ceremony/replay/chain.h"
#include "ca/ceremony/run/key_copies.h"
#include "tests/unit/ca/ceremony/replay/rechained.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::failures;
using testing::faults;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::with;

const std::string authority =
    "authority:\n  certificate: intermediate/bundle/intermediate.pem\n  custody:\n    shares: {threshold: 2, "
    "officers: 2, files: [intermediate/custody/intermediate.1.share, "
    "intermediate/custody/intermediate.2.share]}\n";
const std::string both_shares =
    "  - {form: share, where: intermediate/custody/intermediate.1.share, holder: Flo Ford}\n"
    "  - {form: share, where: intermediate/custody/intermediate.2.share, holder: Gil Gray}\n";

std::string own(const std::string& kind, const std::string& before, const std::string& rest) {
  return "ceremony: " + kind + "\ntitle: \"Test of " + kind + "\"\n" + testing::people_part +
         "previous:\n  " + before + "\n" + authority + rest;
}

// Where a recovery has put the shares.
std::string moved(std::string text) {
  const std::string from = "intermediate/custody", to = "recovery/custody";
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::string recovery() {
  return own("recover", "bundle: intermediate/bundle",
             "reshare: {threshold: 2, officers: 2}\nretire:\n" + both_shares);
}

std::string destruction(const std::string& before) {
  return own("destroy", before, "reason: only a test of the end\ncopies:\n" + both_shares);
}

class Branch : public testing::CeremonyTest {
 protected:
  void SetUp() override {
    for (const std::string number : {"1", "2"}) {
      for (const std::string question : {"secret.new_key.", "secret.new_key.restore.", "secret.issuer_key."})
        people.answers[question + number] = "correct horse share " + number;
    }
    ASSERT_TRUE(hold_root());
    clock.advance(Seconds(60));
    const Result<Outcome> made = hold_intermediate(with(
        testing::intermediate_script, "file: intermediate.key.pem", "shares: {threshold: 2, officers: 2}"));
    ASSERT_TRUE(made) << made.error().message;
    clock.advance(Seconds(60));
  }
  void held(const std::string& yaml, const std::string& into) {
    const Result<Outcome> outcome = hold(yaml, into);
    ASSERT_TRUE(outcome) << outcome.error().message;
    clock.advance(Seconds(60));
  }
  // The set of the shares that the intermediate's own ceremony dealt.
  [[nodiscard]] std::string dealt() const {
    std::string set;
    const Transcript transcript = read_transcript(bundle("intermediate", "transcript.jsonl"), {}).value();
    for (const TranscriptLine& line : transcript.lines) {
      if (line.event == "key.used" && line.data.contains("set")) set = testing::field(line, "set");
    }
    return set;
  }
  [[nodiscard]] Chain chain_of(const std::vector<std::string>& names) const {
    std::vector<std::string> bundles;
    for (const std::string& name : names) bundles.push_back(out(name + "/bundle"));
    return replay_chain(bundles, bundle("root", "root.pem")).value();
  }
};

TEST_F(Branch, TheKeyOfAnIntermediateIsRecoveredAndDestroyed) {
  held(recovery(), "recovery");
  EXPECT_THAT(failures(out("recovery/bundle"), out("intermediate/bundle"), bundle("root", "root.pem")),
              IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(out("intermediate/custody/intermediate.1.share")));
  // Its copies are its own, not the root's, and all of them are known.
  const PresentCopies left = copies_in(read_transcript(bundle("recovery", "transcript.jsonl"), {}).value());
  EXPECT_TRUE(left.known);
  ASSERT_EQ(left.copies.size(), 2U);
  EXPECT_EQ(left.copies.front().dealing, 2);
  ASSERT_EQ(left.retired.size(), 1U);
  EXPECT_EQ(left.retired.front().set, dealt());
  held(moved(destruction("bundle: recovery/bundle")), "end");
  EXPECT_THAT(failures(out("end/bundle"), out("recovery/bundle"), bundle("root", "root.pem")), IsEmpty());
  const Replay end = replay({out("end/bundle"), out("recovery/bundle"), {}}).value();
  EXPECT_TRUE(std::none_of(end.checks.begin(), end.checks.end(), [](const Check& check) {
    return check.name.starts_with("destruction") && !check.checked;
  }));
}

// The root goes on from the same ceremony, and neither is an older bundle.
TEST_F(Branch, IsNoForkInTheRootsChain) {
  held(recovery(), "recovery");
  const Result<Outcome> second =
      hold_intermediate(with(testing::intermediate_script, "root/bundle", "intermediate/bundle"), "second");
  ASSERT_TRUE(second) << second.error().message;
  const Chain chain = chain_of({"root", "intermediate", "recovery", "second"});
  EXPECT_THAT(faults(chain), IsEmpty());
  EXPECT_TRUE(chain.passed());
}

TEST_F(Branch, ForksWhereTwoGoOnFromOne) {
  held(own("recover", "bundle: intermediate/bundle", ""), "proof");
  held(destruction("bundle: intermediate/bundle"), "end");
  EXPECT_THAT(faults(chain_of({"root", "intermediate", "proof", "end"})),
              ElementsAre(AllOf(HasSubstr("no fork: the chain forks after " + out("intermediate/bundle")),
                                HasSubstr(out("proof/bundle")), HasSubstr(out("end/bundle")))));
}

TEST_F(Branch, DoesNotGoOnFromTheRootsOtherCeremonies) {
  const Result<Outcome> second =
      hold_intermediate(with(testing::intermediate_script, "root/bundle", "intermediate/bundle"), "second");
  ASSERT_TRUE(second) << second.error().message;
  people.asked.clear();
  for (const std::string before : {"root", "second"}) {
    const Result<Outcome> refused = hold(destruction("bundle: " + before + "/bundle"), "end");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message,
                HasSubstr("the ceremonies of an intermediate's own key go on from the "
                          "one that made its certificate, and then from one another"));
  }
  EXPECT_THAT(people.asked, IsEmpty());
  const std::string head = to_hex(read_transcript(bundle("second", "transcript.jsonl"), {}).value().head());
  held(destruction("transcript: " + head) + "complete_reason: they were never dealt anew\n", "end");
  EXPECT_THAT(failures(out("end/bundle"), out("second/bundle")),
              Contains(HasSubstr("key of the previous ceremony: ")));
}

// It would read as tampering that the root's key did not sign it; where it is tampering, that is said.
TEST_F(Branch, IsNotWhatTheRootsCeremoniesGoOnFrom) {
  held(own("recover", "bundle: intermediate/bundle", ""), "proof");
  people.asked.clear();
  const std::string next = with(testing::intermediate_script, "root/bundle", "proof/bundle");
  const Result<Outcome> refused = hold_intermediate(next, "second");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("proof/bundle is of the ceremonies of another key, that of CN=Test Issuing CA"),
                    HasSubstr("which are a branch of those of CN=Test Root"),
                    HasSubstr("name the bundle of the last ceremony that its own key signed"),
                    ::testing::Not(HasSubstr("transcript.sig"))));
  std::filesystem::copy_file(bundle("root", "transcript.sig"), bundle("proof", "transcript.sig"),
                             std::filesystem::copy_options::overwrite_existing);
  const Result<Outcome> forged = hold_intermediate(next, "second");
  ASSERT_FALSE(forged);
  EXPECT_THAT(forged.error().message, HasSubstr("transcript.sig is not the signature"));
  EXPECT_THAT(people.asked, IsEmpty());
}

TEST_F(Branch, EveryShareOfAnIntermediateIsNamed) {
  const Result<Outcome> refused =
      hold(with(destruction("bundle: intermediate/bundle"), both_shares,
                with(both_shares, "holder: Gil Gray", "officer: Eve Eden, holder: Gil Gray")),
           "end");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("leave the share of Gil Gray (dealing 1)"));
}

TEST_F(Branch, AnotherRootDidNotCertifyTheKey) {
  held(own("recover", "bundle: intermediate/bundle", ""), "proof");
  people.answers["secret.new_key"] = testing::root_passphrase;
  ASSERT_TRUE(hold(testing::root_script, "other"));
  EXPECT_THAT(failures(out("proof/bundle"), out("intermediate/bundle"), bundle("other", "root.pem")),
              ElementsAre(HasSubstr("the root given: the key of this ceremony is not that of ")));
}

}  // namespace
}  // namespace chancery::ceremony
