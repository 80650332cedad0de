// A copy that its holder destroyed in an attempt which was aborted then is not asked for again, and not
// forgotten.
#include "ca/ceremony/run/earlier_ends.h"
#include "tests/unit/ca/ceremony/run/retirement_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using testing::failures;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::script_of;
using testing::with;

const std::string spare = "  - {form: backup, where: safe 2, holder: Dan Doe}\n";
const std::string elsewhere =
    with(script_of("destroy", "root", "root") + testing::ended + testing::shares_of("root", "copies"),
         "where: root/custody/root.3.share", "where: a bag") +
    spare;
// The third share and the backup, as what was done in the first attempt.
const std::string once_more =
    with(with(elsewhere, "holder: Hal Hill}", "holder: Hal Hill, destroyed_in: aborted-1}"),
         "holder: Dan Doe}", "holder: Dan Doe, destroyed_in: aborted-1}");

class EarlierEnds : public testing::Retirement {
 protected:
  void SetUp() override {
    testing::Retirement::SetUp();
    std::filesystem::remove(out("root/custody/root.3.share"));
  }
  // Both have destroyed their copies by hand when the medium turns out to be full of something else.
  void abort_after_the_holders(const std::string& yaml = elsewhere) {
    const std::string in_the_way = out("end.unfinished/bundle/script.yaml");
    people.heard = [in_the_way](const std::string& id) {
      if (id == "copy.destroyed.4") std::filesystem::create_directory(in_the_way);
    };
    clock.advance(Seconds(60));
    const Result<Outcome> outcome = hold(yaml, "end");
    people.heard = nullptr;
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().message, HasSubstr("Write the files"));
    std::filesystem::remove(in_the_way);
  }
  std::string refused_resumed(const std::string& yaml) {
    people.asked.clear();
    const Result<Outcome> outcome = hold(yaml, "end", true);
    EXPECT_FALSE(outcome);
    EXPECT_THAT(people.asked, IsEmpty());
    EXPECT_TRUE(is_there("end.unfinished/bundle/transcript.jsonl"));  // nothing was taken up
    return outcome ? "" : outcome.error().message;
  }
  // As `edit` would have it, in a bundle that is signed by another key.
  std::vector<std::string> changed(const std::string& file, const std::string& from, const std::string& to) {
    const std::string path = bundle("end", file), whole = read(path);
    testing::Bundles::put(path, with(whole, from, to));
    std::vector<std::string> found = failures(out("end/bundle"));
    testing::Bundles::put(path, whole);
    return found;
  }
};

TEST_F(EarlierEnds, AreNotAskedForAgain) {
  abort_after_the_holders();
  people.asked.clear();
  ASSERT_TRUE(held(once_more, "end", true));
  EXPECT_THAT(people.asked,
              AllOf(Contains("copy.present.1"), Not(Contains("copy.present.3")),
                    Not(Contains(HasSubstr("copy.destroyed."))), Contains("copy.destroyed_earlier.3"),
                    Contains("copy.destroyed_earlier.4")));
  EXPECT_THAT(left_after("end"), IsEmpty());
  EXPECT_THAT(read(bundle("end", "transcript.jsonl")),
              AllOf(HasSubstr("share a bag, in the attempt aborted-1"),
                    HasSubstr("backup safe 2, in the attempt aborted-1")));
  EXPECT_THAT(failures(out("end/bundle"), out("root/bundle")), IsEmpty());
  const Replay seen = replay({out("end/bundle"), out("root/bundle"), {}}).value();
  EXPECT_EQ(not_checked(seen, "destruction is not whole"), "");
  EXPECT_THAT(
      not_checked(seen, "destroyed in an aborted attempt"),
      HasSubstr("only an unsigned transcript and the internal witness say: share a bag, in the attempt"));
}

// That transcript has no signature.
TEST_F(EarlierEnds, TheInternalWitnessStandsForThem) {
  abort_after_the_holders();
  people.answers["copy.destroyed_earlier.4"] = "XX";
  clock.advance(Seconds(60));
  const Result<Outcome> resumed = hold(once_more, "end", true);
  ASSERT_FALSE(resumed);
  EXPECT_THAT(resumed.error().message, HasSubstr("not the initials of Bob Brown"));
  EXPECT_FALSE(is_there("end"));
  EXPECT_TRUE(is_there("root/custody/root.1.share"));
}

TEST_F(EarlierEnds, AreOfAnAttemptThatRecordsThem) {
  abort_after_the_holders();
  EXPECT_THAT(
      refused_resumed(with(once_more, "destroyed_in: aborted-1", "destroyed_in: aborted-2")),
      HasSubstr("share a bag was destroyed, in the attempt aborted-2, but 1 attempts were aborted here"));
  EXPECT_THAT(refused_resumed(with(once_more, "where: a bag", "where: a box")),
              HasSubstr("aborted-1.jsonl: it does not record that anybody destroyed share a box"));
  EXPECT_THAT(refused_resumed(with(once_more, "holder: Dan Doe", "holder: Eve Eden")),
              AllOf(HasSubstr("aborted-1.jsonl, line "),
                    HasSubstr("field holder: the script says that Eve Eden destroyed it")));
}

TEST_F(EarlierEnds, AreOfTheSameKeyAndPredecessor) {
  abort_after_the_holders();
  const Transcript attempt =
      read_unfinished_transcript(out("end.unfinished/bundle/transcript.jsonl")).value();
  const Script script = parse_script(once_more, "s.yaml").value();
  const KeyCopy& copy = copies_of(script.plan).copies.at(2);
  const auto fault = [&](const EarlierEnd& of) { return earlier_end_fault(attempt, "a.jsonl", copy, of); };
  EarlierEnd of{.kind = Kind::destroy,
                .previous = testing::field(attempt.lines.front(), "previous"),
                .key = {},
                .spki_sha256 = {},
                .dealing = 1};
  for (const TranscriptLine& line : attempt.lines) {
    if (line.event == "key.used") of.spki_sha256 = testing::field(line, "spki_sha256");
    if (line.event == "key.destroyed") of.key = testing::field(line, "key");
  }
  const EarlierEnd right = of;
  EXPECT_EQ(fault(right), "");
  of.kind = Kind::recover;
  EXPECT_EQ(fault(of), "a.jsonl, line 1, field kind: it is no attempt at a ceremony of kind recover");
  of = right;
  of.rehearsal = true;
  EXPECT_THAT(fault(of), HasSubstr("line 1, field rehearsal"));
  of = right;
  of.previous = "00";
  EXPECT_EQ(fault(of), "a.jsonl, line 1, field previous: it did not go on from the ceremony before this one");
  of = right;
  of.spki_sha256 = "00";
  EXPECT_THAT(fault(of), HasSubstr("field spki_sha256: it is another key"));
  of = right;
  of.key = "CN=Another";
  EXPECT_THAT(fault(of), HasSubstr("field key: it is not of CN=Another"));
  of = right;
  of.dealing = 2;
  EXPECT_THAT(fault(of), HasSubstr("field dealing: the script says dealing 2"));
}

// Somebody has written the line, and nobody has said so.
TEST_F(EarlierEnds, TheHolderSaidSo) {
  abort_after_the_holders();
  Transcript attempt = read_unfinished_transcript(out("end.unfinished/bundle/transcript.jsonl")).value();
  const Script script = parse_script(once_more, "s.yaml").value();
  const KeyCopy& copy = copies_of(script.plan).copies.at(3);
  EarlierEnd of{.kind = Kind::destroy,
                .previous = testing::field(attempt.lines.front(), "previous"),
                .key = testing::field(testing::first(attempt.lines, "key.destroyed"), "key"),
                .spki_sha256 = {}};
  EXPECT_EQ(earlier_end_fault(attempt, "a.jsonl", copy, of), "");
  testing::drop_of(attempt.lines, "answer", "id", "copy.destroyed.4");
  EXPECT_THAT(earlier_end_fault(attempt, "a.jsonl", copy, of),
              HasSubstr("Dan Doe did not say there that it is destroyed"));
}

TEST_F(EarlierEnds, OneThatLiesHereWasNotDestroyed) {
  abort_after_the_holders();
  const std::string path = write("out/safe 2", "a copy");
  EXPECT_THAT(refused_resumed(once_more),
              HasSubstr(path + " is there, but the script says that it was destroyed"));
}

TEST_F(EarlierEnds, WithoutAnAttemptThereAreNone) {
  expect_refused_before_anything(once_more, "but 0 attempts were aborted here");
}

TEST_F(EarlierEnds, ReplayLooksIntoTheAttempt) {
  abort_after_the_holders();
  ASSERT_TRUE(held(once_more, "end", true));
  EXPECT_THAT(changed("aborted-1.jsonl", "backup safe 2\"", "backup safe 3\""),
              Contains(HasSubstr("destruction: aborted-1.jsonl")));
  std::filesystem::rename(bundle("end", "aborted-1.jsonl"), folder + "/away");
  EXPECT_THAT(
      failures(out("end/bundle")),
      Contains(HasSubstr("destruction: aborted-1.jsonl: the file is missing; transcript.jsonl, line ")));
  std::filesystem::rename(folder + "/away", bundle("end", "aborted-1.jsonl"));
  testing::rechain(out("end/bundle"), other_key(), [](testing::Lines& lines) {
    for (TranscriptLine& line : lines) {
      if (line.event == "key.destroyed" && testing::field(line, "holder") == "Dan Doe")
        line.data["copy"] = std::string("backup safe 2");
    }
  });
  EXPECT_THAT(failures(out("end/bundle")),
              Contains(HasSubstr("field copy: it is not of backup safe 2, in the attempt aborted-1")));
}

}  // namespace
}  // namespace chancery::ceremony
