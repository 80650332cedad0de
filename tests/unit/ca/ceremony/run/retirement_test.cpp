// New shares replace the old ones, and no share of any dealing is forgotten until the last has gone.
#include "ca/ceremony/replay/chain.h"
#include "ca/ceremony/report/report.h"
#include "tests/unit/ca/ceremony/run/retirement_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using testing::destroy;
using ::testing::ElementsAre;
using testing::ended;
using testing::failures;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lost;
using testing::lost_of_the_first;
using ::testing::Not;
using testing::recover;
using testing::reshare;
using testing::Retirement;
using testing::script_of;
using testing::shares_of;

TEST_F(Retirement, OldSharesGoOnceTheNewAreWhole) {
  ASSERT_TRUE(held(recover(), "recovery"));
  EXPECT_FALSE(is_there("root/custody/root.1.share"));
  EXPECT_FALSE(is_there("root/custody/root.2.share"));
  EXPECT_FALSE(is_there("root/custody/root.3.share"));
  EXPECT_THAT(people.asked, Not(Contains(HasSubstr("copy.destroyed"))));  // they lie on this machine
  EXPECT_THAT(left_after("root"), ElementsAre("Flo Ford 1", "Gil Gray 1", "Hal Hill 1"));
  EXPECT_THAT(left_after("recovery"), ElementsAre("Flo Ford 2", "Gil Gray 2", "Hal Hill 2"));
  EXPECT_THAT(failures(out("recovery/bundle"), out("root/bundle")), IsEmpty());
  ASSERT_TRUE(held(destroy(), "end"));
  EXPECT_THAT(left_after("end"), IsEmpty());
  EXPECT_THAT(failures(out("end/bundle"), out("recovery/bundle")), IsEmpty());
  EXPECT_EQ(replay({out("end/bundle"), out("recovery/bundle"), bundle("root", "root.pem")})->not_checked(),
            0U);
  EXPECT_TRUE(replay_chain({out("root/bundle"), out("recovery/bundle"), out("end/bundle")}, {})->passed());
}

TEST_F(Retirement, EveryOldShareIsNamedBeforeAnything) {
  expect_refused_before_anything(script_of("recover", "root", "root") + reshare +
                                     testing::with(shares_of("root", "retire"), "holder: Hal Hill",
                                                   "officer: Ida Ince, holder: Hal Hill"),
                                 "the ceremonies before leave the share of Hal Hill (dealing 1), which "
                                 "neither retire nor outstanding names");
  EXPECT_TRUE(is_there("root/custody/root.1.share"));
}

TEST_F(Retirement, AShareThatWasNeverDealtIsASlip) {
  expect_refused_before_anything(
      recover() + "  - {form: share, where: elsewhere, officer: Ida Ince, holder: Hal Hill}\n",
      "retire names a share of Ida Ince of dealing 1, which the ceremonies before record neither");
}

TEST_F(Retirement, ADestructionForgetsNoShareOfAnOlderDealing) {
  ASSERT_TRUE(held(recover(true), "recovery"));
  EXPECT_THAT(left_after("recovery"), ElementsAre("Hal Hill 1", "Flo Ford 2", "Gil Gray 2", "Hal Hill 2"));
  EXPECT_THAT(failures(out("recovery/bundle"), out("root/bundle")), IsEmpty());
  expect_refused_before_anything(destroy(), "the ceremonies before leave the share of Hal Hill (dealing 1)");
  // Another ceremony between does not make anybody forget.
  ASSERT_TRUE(held(script_of("recover", "recovery", "recovery"), "proof"));
  expect_refused_before_anything(testing::with(destroy(), "bundle: recovery/", "bundle: proof/"),
                                 "the ceremonies before leave the share of Hal Hill (dealing 1)");
  EXPECT_TRUE(is_there("recovery/custody/root.1.share"));
}

TEST_F(Retirement, AShareThatIsFoundAgainIsDestroyedWithTheRest) {
  ASSERT_TRUE(held(recover(true), "recovery"));
  ASSERT_TRUE(held(testing::with(destroy(2), "copies:\n",
                                 "copies:\n  - {form: share, dealing: 1, where: the lost property office, "
                                 "officer: Hal Hill, holder: Dan Doe}\n"),
                   "end"));
  EXPECT_THAT(left_after("end"), IsEmpty());
  const Replay seen = replay({out("end/bundle"), out("recovery/bundle"), {}}).value();
  EXPECT_TRUE(seen.passed());
  EXPECT_EQ(not_checked(seen, "destruction is not whole"), "");
}

TEST_F(Retirement, ACertificateOfDestructionSaysWhatIsLeft) {
  ASSERT_TRUE(held(recover(true), "recovery"));
  ASSERT_TRUE(held(destroy(2, lost_of_the_first), "end"));
  EXPECT_THAT(people.shown, HasSubstr("NOT destroyed: share a train, of Hal Hill, because it was lost"));
  const Replay seen = replay({out("end/bundle"), out("recovery/bundle"), {}}).value();
  EXPECT_TRUE(seen.passed());
  EXPECT_EQ(not_checked(seen, "destruction is not whole"),
            "NOT destroyed: the share of Hal Hill (dealing 1): it was lost on a journey");
  EXPECT_THAT(
      report_html(seen),
      AllOf(
          HasSubstr("<div class=\"badge bad\">Destruction: NOT destroyed: the share of Hal Hill (dealing 1)"),
          HasSubstr(
              "<tr class=\"bad\"><td>the share of Hal Hill (dealing 1)</td>\n<td>2 of its dealing</td>")));
}

TEST_F(Retirement, AQuorumThatIsLeftIsSaid) {
  ASSERT_TRUE(held(recover(true), "recovery"));
  const std::string again =
      script_of("recover", "recovery", "recovery") + reshare + shares_of("recovery", "retire", 2, 2) +
      testing::with(lost_of_the_first, "}\n",
                    "}\n  - {form: share, dealing: 2, where: a ship, holder: Hal Hill, reason: it went "
                    "down with the ship}\n");
  ASSERT_TRUE(held(again, "second"));
  EXPECT_THAT(left_after("second"),
              ElementsAre("Hal Hill 1", "Hal Hill 2", "Flo Ford 3", "Gil Gray 3", "Hal Hill 3"));
  EXPECT_THAT(failures(out("second/bundle"), out("recovery/bundle")), IsEmpty());
  // Two of one dealing.
  testing::rechain(out("second/bundle"), other_key(), [](testing::Lines& lines) {
    for (TranscriptLine& line : lines) {
      if (line.event == "key.copy" && testing::field(line, "officer") == "Hal Hill")
        line.data["dealing"] = std::int64_t{1};
    }
  });
  const Replay seen = replay({out("second/bundle"), {}, {}}).value();
  EXPECT_TRUE(std::any_of(seen.checks.begin(), seen.checks.end(), [](const Check& check) {
    return check.name == "copies of the key" &&
           check.message.find("those of dealing 1 are a quorum of 2, which opens the key") !=
               std::string::npos;
  }));
}

TEST_F(Retirement, WithoutTheBundlesOfBeforeTheScriptSaysWhyTheseAreAll) {
  const std::string head = to_hex(read_transcript(bundle("root", "transcript.jsonl"), {}).value().head());
  const std::string blind =
      testing::with(script_of("destroy", "root", "root") + ended + shares_of("root", "copies"),
                    "bundle: root/bundle", "transcript: " + head);
  expect_refused_before_anything(blind, "let the reviewed script declare complete_reason");
  ASSERT_TRUE(held(blind + "complete_reason: they were never dealt anew\n", "end"));
  const Replay seen = replay({out("end/bundle"), {}, {}}).value();
  EXPECT_TRUE(seen.passed());
  EXPECT_THAT(not_checked(seen, "copies of the key"), HasSubstr("there may be others"));
  EXPECT_EQ(not_checked(seen, "destruction of all copies"),
            "that these were all, only the script's exception says: they were never dealt anew");
}

TEST_F(Retirement, ACopyOfAnOldShareThatSurvivedIsSeen) {
  std::filesystem::copy(out("root/custody"), folder + "/copy");
  ASSERT_TRUE(held(recover(), "recovery"));
  std::filesystem::copy(
      folder + "/copy", out("root/custody"),
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(refused(script_of("recover", "recovery", "root")),
              AllOf(HasSubstr("the share of Flo Ford (dealing 1, set "),
                    HasSubstr("was destroyed, as the ceremonies before record, and a copy of it survived"),
                    HasSubstr("form: share, its officer and its dealing under retire or copies")));
}

// Though a ceremony before was named by its hash alone, and others than those that are recorded may be left.
TEST_F(Retirement, ADestroyedShareIsKnownWhereNotAllIsKnown) {
  const std::string head = to_hex(read_transcript(bundle("root", "transcript.jsonl"), {}).value().head());
  std::filesystem::copy(out("root/custody"), folder + "/copy");
  ASSERT_TRUE(held(testing::with(recover(), "bundle: root/bundle", "transcript: " + head), "recovery"));
  ASSERT_TRUE(held(script_of("recover", "recovery", "recovery"), "proof"));
  EXPECT_THAT(failures(out("proof/bundle"), out("recovery/bundle")), IsEmpty());
  std::filesystem::copy(
      folder + "/copy", out("root/custody"),
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  const std::string survivor = script_of("recover", "proof", "root");
  EXPECT_THAT(refused(survivor), HasSubstr("the share of Flo Ford (dealing 1, set "));
  // As a program would sign it that does not look.
  FieldValue right;
  testing::rechain(out("proof/bundle"), other_key(), [&](testing::Lines& lines) {
    FieldValue& opened = testing::first(lines, "key.used").data["set"];
    right = std::exchange(opened, testing::first(lines, "key.retired").data["set"]);
  });
  EXPECT_THAT(failures(out("proof/bundle"), out("recovery/bundle")),
              Contains(AllOf(HasSubstr("copies of the key: transcript.jsonl, line "),
                             HasSubstr("the share of Flo Ford (dealing 1, set "))));
  testing::rechain(out("proof/bundle"), other_key(), [&](testing::Lines& lines) {
    testing::first(lines, "key.used").data["set"] = right;
    testing::drop(lines, "key.retired");
  });
  EXPECT_THAT(
      failures(out("proof/bundle"), out("recovery/bundle")),
      Contains(HasSubstr("of dealing 1 the shares of Flo Ford, Gil Gray, Hal Hill were destroyed, and "
                         "key.retired does not say it")));
}

TEST_F(Retirement, ADestroyedShareOfADealingOfWhichOneIsLeftIsKnown) {
  const PresentCopies one{.known = true,
                          .copies = {{"share", 1, "Hal Hill", 2, "aa", "", "it was far away"},
                                     {"share", 2, "Flo Ford", 2, "bb", "", ""}},
                          .retired = {{1, "aa", {"Flo Ford", "Gil Gray"}}}};
  const Plan plan = parse_script(script_of("recover", "root", "root"), "r.yaml").value().plan;
  EXPECT_EQ(dealing_fault(one, plan, "aa", {"Hal Hill"}), "");
  EXPECT_THAT(dealing_fault(one, plan, "aa", {"Hal Hill", "Gil Gray"}),
              HasSubstr("the share of Gil Gray (dealing 1, set aa) was destroyed"));
}

// Before witnesses, by its name and not as a backup of nobody knows what.
TEST_F(Retirement, AFoundCopyOfADestroyedShareIsDestroyedAsWhatItIs) {
  ASSERT_TRUE(held(recover(), "recovery"));
  const std::string found =
      "  - {form: share, dealing: 1, where: an attic, officer: Hal Hill, holder: Dan Doe}\n";
  expect_refused_before_anything(destroy(2, testing::with(found, "Hal Hill", "Ida Ince")),
                                 "copies names a share of Ida Ince of dealing 1, which the ceremonies before "
                                 "record neither as left nor as destroyed");
  expect_refused_before_anything(destroy(2, testing::with(found, "dealing: 1", "dealing: 3")),
                                 "copies names a share of Hal Hill of dealing 3");
  ASSERT_TRUE(held(destroy(2, found), "end"));
  EXPECT_THAT(people.asked, Contains("copy.destroyed.4"));
  EXPECT_THAT(left_after("end"), IsEmpty());
  EXPECT_THAT(read(bundle("end", "transcript.jsonl")),
              HasSubstr(R"("copy":"share an attic","custody":"shares","dealing":1,"holder":"Dan Doe")"));
  EXPECT_THAT(failures(out("end/bundle"), out("recovery/bundle")), IsEmpty());
  EXPECT_THAT(report_html(replay({out("end/bundle"), out("recovery/bundle"), {}}).value()),
              HasSubstr("<td>1</td>\n<td>Flo Ford, Gil Gray, Hal Hill</td>"));
}

// One that was seen and cannot be brought is left again.
TEST_F(Retirement, ACopyThatWasSeenAndNotBroughtIsLeft) {
  ASSERT_TRUE(held(recover(), "recovery"));
  ASSERT_TRUE(held(destroy(2, lost_of_the_first), "end"));
  EXPECT_THAT(left_after("end"), ElementsAre("Hal Hill 1"));
  EXPECT_THAT(failures(out("end/bundle"), out("recovery/bundle")), IsEmpty());
  const PresentCopies left = copies_in(read_transcript(bundle("end", "transcript.jsonl"), {}).value());
  EXPECT_EQ(left.retired.front().officers, (std::vector<std::string>{"Flo Ford", "Gil Gray"}));
  EXPECT_EQ(left.copies.front().set, left.retired.front().set);
}

TEST_F(Retirement, AShareIsOfTheDealingThatTheScriptSays) {
  // Nobody retires by naming the number of the dealing to come.
  expect_refused_before_anything(script_of("recover", "root", "root") + reshare +
                                     "retire:\n  - {form: share, dealing: 2, where: "
                                     "root/custody/root.1.share, holder: Flo Ford}\n  - {form: "
                                     "share, dealing: 2, where: root/custody/root.2.share, holder: Gil "
                                     "Gray}\n  - {form: share, dealing: 2, "
                                     "where: root/custody/root.3.share, holder: Hal Hill}\n",
                                 "leave the share of Flo Ford (dealing 1)");
  const PresentCopies both{.known = true,
                           .copies = {{"share", 1, "Flo Ford", 2, "aa", "", "it was far away"},
                                      {"share", 2, "Flo Ford", 2, "bb", "", ""}},
                           .retired = {}};
  const Script script = parse_script(destroy(), "d.yaml").value();
  EXPECT_EQ(dealing_fault(both, script.plan, "bb", {}), "");
  EXPECT_EQ(dealing_fault(both, script.plan, "aa", {}),
            "recovery/custody/root.1.share is of dealing 1, but the script says dealing 2");
  EXPECT_THAT(dealing_fault(both, script.plan, "cc", {}), HasSubstr("copies of it survived"));
}

TEST_F(Retirement, ARecoveryOfARealRootIsRehearsed) {
  const std::map<std::string, std::string> before = contents();
  rehearsal = true;
  clock.advance(Seconds(60));
  const Result<Outcome> played = hold(recover(), "played");
  ASSERT_TRUE(played) << played.error().message;
  EXPECT_TRUE(is_there("played/custody/REHEARSAL-root.3.share"));
  for (const auto& [file, octets] : before) EXPECT_EQ(contents()[file], octets) << file;
  rehearsal = false;
  people.answers["secret.issuer_key.1"] = "correct horse share 1";
  ASSERT_TRUE(held(recover(), "recovery"));
}

TEST_F(Retirement, ReplayMissesACopyThatIsNotRecorded) {
  ASSERT_TRUE(held(recover(true), "recovery"));
  testing::rechain(out("recovery/bundle"), other_key(), [](testing::Lines& lines) {
    testing::drop_of(lines, "key.copy", "officer", "Hal Hill");
    testing::first(lines, "key.copies").data["count"] = std::int64_t{2};
  });
  EXPECT_THAT(failures(out("recovery/bundle"), out("root/bundle")),
              Contains(AllOf(HasSubstr("copies of the key: transcript.jsonl, line "),
                             HasSubstr("the share of Hal Hill (dealing 1) is left, and not recorded"))));
  testing::rechain(out("recovery/bundle"), other_key(),
                   [](testing::Lines& lines) { testing::drop(lines, "key.copies"); });
  EXPECT_THAT(failures(out("recovery/bundle")), Contains(HasSubstr("0 key.copies are recorded")));
}

TEST_F(Retirement, ReplayMissesTheEndOfAnOldShare) {
  ASSERT_TRUE(held(recover(), "recovery"));
  testing::rechain(out("recovery/bundle"), other_key(), [](testing::Lines& lines) {
    testing::first(lines, "key.destroyed").data["officer"] = "Gil Gray";
  });
  EXPECT_THAT(failures(out("recovery/bundle")),
              Contains(AllOf(HasSubstr("destruction of the old shares: "),
                             HasSubstr("the script says that it is the share of Flo Ford"))));
  testing::rechain(out("recovery/bundle"), other_key(),
                   [](testing::Lines& lines) { testing::drop(lines, "key.destroyed"); });
  EXPECT_THAT(failures(out("recovery/bundle")), Contains(HasSubstr("is not recorded")));
}

TEST_F(Retirement, ARootInAFileLeavesThatFile) {
  ASSERT_TRUE(hold_root(testing::root_script, "filed"));
  EXPECT_THAT(failures(out("filed/bundle")), IsEmpty());
  testing::rechain(out("filed/bundle"), out("filed/custody/root.key.pem"),
                   [](testing::Lines& lines) { testing::first(lines, "key.copy").data["form"] = "token"; });
  EXPECT_THAT(failures(out("filed/bundle")),
              ElementsAre(HasSubstr("the file is left, and not recorded as it is")));
}

}  // namespace
}  // namespace chancery::ceremony
