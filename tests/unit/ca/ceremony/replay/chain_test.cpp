// What only all bundles of a root together show; and the list that each records as the newest.
#include "ca/ceremony/replay/chain.h"

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

class ChainTest : public testing::CeremonyTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hold_root());
    clock.advance(Seconds(60));
    ASSERT_TRUE(hold_intermediate());
    clock.advance(Seconds(60));
    crl("crl-1", "intermediate", 1, "  first: true\n");
  }
  void crl(const std::string& name, const std::string& before, int number, const std::string& parts) {
    crl_after(name, "bundle: " + before + "/bundle", number, parts);
  }
  void crl_after(const std::string& name, const std::string& before, int number, const std::string& parts) {
    people.answers["secret.issuer_key"] = testing::root_passphrase;
    const Result<Outcome> held = hold("ceremony: crl\ntitle: \"Test of " + name + "\"\n" +
                                          testing::people_part + "previous:\n  " + before +
                                          "\nissuer:\n  certificate: root/bundle/root.pem\n  "
                                          "custody:\n    file: root/custody/root.key.pem\n"
                                          "outputs:\n  crl: root.crl.pem\ncrl:\n  number: " +
                                          std::to_string(number) + "\n  next_update: 180d\n" + parts,
                                      name);
    ASSERT_TRUE(held) << held.error().message;
    clock.advance(Seconds(60));
  }
  [[nodiscard]] Chain chain(const std::vector<std::string>& names) const {
    std::vector<std::string> bundles;
    for (const std::string& name : names) bundles.push_back(out(name + "/bundle"));
    return replay_chain(bundles, bundle("root", "root.pem")).value();
  }
};

TEST_F(ChainTest, InAnyOrderEachWithTheOneBefore) {
  const Chain seen = chain({"crl-1", "root", "intermediate"});
  EXPECT_THAT(faults(seen), IsEmpty());
  ASSERT_EQ(seen.links.size(), 3U);
  EXPECT_EQ(seen.links.front().bundle.path, out("root/bundle"));
  EXPECT_TRUE(std::any_of(
      seen.links.back().checks.begin(), seen.links.back().checks.end(),
      [](const Check& check) { return check.name == "link to the previous ceremony" && check.passed; }));
}

TEST_F(ChainTest, AForkNamesBothBranches) {
  crl("forked", "intermediate", 5, "  first: true\n");  // from a bundle that is not the newest
  const std::string place = "the chain forks after " + out("intermediate/bundle");
  EXPECT_THAT(
      faults(chain({"root", "intermediate", "crl-1", "forked"})),
      ElementsAre(AllOf(HasSubstr(place), HasSubstr(out("crl-1/bundle")), HasSubstr(out("forked/bundle")))));
}

// A revoked intermediate, and a list that goes on from the list before the revocation: the script names the
// last ceremony by its hash alone, so that nothing told the run of it.
class TakenBack : public ChainTest {
 protected:
  void SetUp() override {
    ChainTest::SetUp();
    crl("crl-2", "crl-1", 2,
        "  previous: crl-1/bundle/root.crl.pem\n  revoke:\n    - certificate: "
        "intermediate/bundle/intermediate.pem\n      reason: keyCompromise\n      at: "
        "2026-03-01T12:00:00Z\n");
  }
  [[nodiscard]] std::string last() const {
    return "transcript: " + to_hex(read_transcript(bundle("crl-2", "transcript.jsonl"), {}).value().head());
  }
  [[nodiscard]] std::vector<std::string> with_the_last(const std::string& name) const {
    return failures(out(name + "/bundle"), out("crl-2/bundle"));
  }
};

TEST_F(TakenBack, AListOfBeforeIsSeenWithTheLastBundle) {
  crl_after(
      "older", last(), 3,
      "  previous: crl-1/bundle/root.crl.pem\n  previous_reason: the list of crl-2 was lost on the way\n");
  EXPECT_THAT(failures(out("older/bundle")), IsEmpty());  // alone it cannot be told
  EXPECT_THAT(
      with_the_last("older"),
      ElementsAre(AllOf(HasSubstr("CRL goes on: previous-crl.pem: the list goes on from CRL number 1"),
                        HasSubstr("left CRL number 2"))));
  const std::vector<std::string> all = faults(chain({"root", "intermediate", "crl-1", "crl-2", "older"}));
  EXPECT_THAT(all, Contains(AllOf(HasSubstr("no revocation taken back: the list of " + out("older/bundle")),
                                  HasSubstr("it no longer revokes serial "))));
}

TEST_F(TakenBack, AFirstListIsSeenWithTheLastBundle) {
  crl_after("first", last(), 1, "  first: true\n  first_reason: nobody has made a list, they say\n");
  EXPECT_THAT(with_the_last("first"),
              ElementsAre(AllOf(HasSubstr("the list goes on from none"), HasSubstr("left CRL number 2"))));
  EXPECT_THAT(faults(chain({"root", "intermediate", "crl-1", "crl-2", "first"})),
              Contains(HasSubstr("its number 1 is not greater than 2")));
}

TEST_F(TakenBack, AListAfterTheLastOnePasses) {
  crl("crl-3", "crl-2", 3, "  previous: crl-2/bundle/root.crl.pem\n");
  EXPECT_THAT(faults(chain({"root", "intermediate", "crl-1", "crl-2", "crl-3"})), IsEmpty());
}

// Whoever holds the key may claim an older format, which records less.
TEST_F(ChainTest, AnOlderFormatAfterANewerOneIsRefused) {
  testing::rechain(out("crl-1/bundle"), out("root/custody/root.key.pem"),
                   [](testing::Lines& lines) { lines.front().data["format"] = std::int64_t{2}; });
  EXPECT_THAT(failures(out("crl-1/bundle"), out("intermediate/bundle")),
              Contains(HasSubstr("a transcript of format 2 after one of format 3")));
}

TEST_F(ChainTest, AGapAndADoubleAreNamed) {
  EXPECT_THAT(faults(chain({"root", "crl-1"})),
              ElementsAre(AllOf(HasSubstr("one beginning: "), HasSubstr(out("crl-1/bundle")))));
  EXPECT_THAT(faults(chain({"root", "root"})), Contains(HasSubstr("are of the same ceremony")));
  const Chain rest = chain({"intermediate", "crl-1"});
  EXPECT_THAT(faults(rest), IsEmpty());
  EXPECT_TRUE(std::any_of(rest.checks.begin(), rest.checks.end(), [](const Check& check) {
    return check.name == "one beginning" && !check.checked;
  }));
}

TEST_F(ChainTest, AtMostTwoHundredAndFiftySix) {
  const Result<Chain> refused = replay_chain(std::vector<std::string>(chain_limit + 1, folder), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::payload_too_large);
  const Result<Chain> read = replay_chain(std::vector<std::string>(chain_limit, folder + "/none"), {});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::not_found);
}

TEST_F(ChainTest, TheRecordedListIsTheBundles) {
  EXPECT_THAT(failures(out("crl-1/bundle"), out("intermediate/bundle")), IsEmpty());
  testing::rechain(out("crl-1/bundle"), out("root/custody/root.key.pem"),
                   [](testing::Lines& lines) { testing::first(lines, "crl.present").data["number"] = "2"; });
  EXPECT_THAT(failures(out("crl-1/bundle")),
              ElementsAre(AllOf(HasSubstr("list of now: "), HasSubstr("it says CRL number 2"),
                                HasSubstr("but it is CRL number 1"))));
  testing::rechain(out("crl-1/bundle"), out("root/custody/root.key.pem"),
                   [](testing::Lines& lines) { testing::drop(lines, "crl.present"); });
  EXPECT_THAT(failures(out("crl-1/bundle")), ElementsAre(HasSubstr("0 crl.present are recorded")));
}

TEST_F(ChainTest, TheRecordedListIsThePreviousCeremonys) {
  EXPECT_THAT(failures(out("intermediate/bundle"), out("root/bundle")), IsEmpty());
  testing::rechain(out("intermediate/bundle"), out("root/custody/root.key.pem"),
                   [](testing::Lines& lines) { testing::first(lines, "crl.present").data["known"] = false; });
  EXPECT_THAT(failures(out("intermediate/bundle"), out("root/bundle")),
              ElementsAre(HasSubstr("it says unknown, but it is none")));
}

}  // namespace
}  // namespace chancery::ceremony
